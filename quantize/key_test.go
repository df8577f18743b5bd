package quantize

import (
	"image/color"
	"math/bits"
	"runtime"
	"testing"
)

// eachOpaque calls f for all opaque colours, one red value a goroutine; for a
// sixteenth of them under the race detector.
func eachOpaque(f func(r, g, b uint8)) {
	step := 1
	if raceEnabled {
		step = 15
	}
	parallel(256/step+1, runtime.GOMAXPROCS(0), func(i int) {
		r := i * step
		for g := 0; g < 256 && r < 256; g += step {
			for b := range 256 {
				f(uint8(r), uint8(g), uint8(b))
			}
		}
	})
}

func TestOpaqueKeys(t *testing.T) {
	eachOpaque(func(r, g, b uint8) {
		k := MakeKey(r, g, b, 255)
		if k >= OpaqueKeys || k != opaqueKey(r, g, b) {
			t.Errorf("got key %#x for %d, %d, %d, want %#x", k, r, g, b, opaqueKey(r, g, b))
		}
		if r2, g2, b2, a2 := k.rgba(); r2 != r || g2 != g || b2 != b || a2 != 255 {
			t.Errorf("%d, %d, %d, 255 came back as %d, %d, %d, %d", r, g, b, r2, g2, b2, a2)
		}
	})
}

func TestTranslucentKeys(t *testing.T) {
	seen := map[Key]bool{}
	for a := 1; a < 256; a++ {
		for i := range 4096 {
			c := color.NRGBA{uint8(i * 17), uint8(i >> 4 * 17), uint8(i >> 8 * 17), uint8(a)}
			k := MakeKey(c.R, c.G, c.B, c.A)
			if k.NRGBA() != c {
				t.Fatalf("%v came back as %v", c, k.NRGBA())
			}
			if (k < OpaqueKeys) != (a == 255) {
				t.Fatalf("got key %#x for %v", k, c)
			}
			if i < 16 && seen[k] {
				t.Fatalf("got key %#x twice", k)
			}
			if i < 16 {
				seen[k] = true
			}
		}
	}
}

func TestTransparentKey(t *testing.T) {
	for _, k := range []Key{MakeKey(0, 0, 0, 0), MakeKey(255, 1, 2, 0), transparent} {
		if k != transparent || k.NRGBA() != (color.NRGBA{}) {
			t.Errorf("got key %#x, %v, want %#x", k, k.NRGBA(), transparent)
		}
	}
	if MakeKey(0, 0, 0, 1) >= transparent || MakeKey(255, 255, 255, 1) >= transparent {
		t.Error("a visible colour has a key that is not below that of transparent")
	}
}

// In Morton order the key of a cell's first colour, plus 0 to 8ⁿ-1, are the
// colours of the cell of 2ⁿ values a side.
func TestKeysAreInMortonOrder(t *testing.T) {
	for n := range 8 {
		for _, first := range [][3]uint8{{0, 0, 0}, {128, 0, 128}, {0, 128, 255 << n}, {255 << n, 255 << n, 255 << n}} {
			low := MakeKey(first[0], first[1], first[2], 255)
			side := uint8(1<<n - 1)
			high := MakeKey(first[0]|side, first[1]|side, first[2]|side, 255)
			if bits.TrailingZeros32(uint32(low)|1<<24) < 3*n || high-low != 1<<(3*n)-1 {
				t.Errorf("cell of %d at %v: got keys %#x to %#x", side, first, low, high)
			}
		}
	}
	if r, g, b := opaqueKey(1, 0, 0), opaqueKey(0, 1, 0), opaqueKey(0, 0, 1); r != 4 || g != 2 || b != 1 {
		t.Errorf("got %d, %d, %d for the lowest bits, want 4, 2, 1", r, g, b)
	}
}
