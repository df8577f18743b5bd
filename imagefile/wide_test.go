package imagefile

import (
	"math/rand/v2"
	"testing"
)

// All bytes a, b and c, eight at a time.
func TestPaeth8IsPaeth(t *testing.T) {
	for a := range 256 {
		for b := range 256 {
			for c := 0; c < 256; c += 8 {
				var want uint64
				for i := range 8 {
					want |= uint64(paeth(a, b, c+i)) << (8 * i)
				}
				got := paeth8(uint64(a)*ones, uint64(b)*ones, uint64(c)*ones+0x0706050403020100)
				if got != want {
					t.Fatalf("a %d, b %d, c from %d: got %016x, want %016x", a, b, c, got, want)
				}
			}
		}
	}
}

// Neighbors in a word do not matter to each other.
func TestSub8(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		x, y := rng.Uint64(), rng.Uint64()
		var sub, less uint64
		for i := 0; i < 64; i += 8 {
			a, b := uint8(x>>i), uint8(y>>i)
			sub |= uint64(a-b) << i
			if a < b {
				less |= 0xff << i
			}
		}
		if got := sub8(x, y); got != sub {
			t.Fatalf("%016x - %016x: got %016x, want %016x", x, y, got, sub)
		}
		if got := less8(x, y, sub); got != less {
			t.Fatalf("%016x < %016x: got %016x, want %016x", x, y, got, less)
		}
	}
}
