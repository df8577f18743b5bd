package baseline

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// randomBlock has few or many coefficients, small or as large as can be.
func randomBlock(r *rand.Rand) (b block, dc int32, by factors) {
	limit := 1 << r.IntN(16)
	most := 1 << r.IntN(17)
	share := r.Float64()
	for i := range b {
		if i > 0 && r.Float64() < share {
			b[i] = int16(r.IntN(2*limit) - limit)
		}
		by[i] = int32(r.IntN(most))
	}
	return b, int32(r.Uint32()) >> r.IntN(32), by
}

// TestInverse compares the fast transforms with the plain one, where numbers wrap around
// as well.
func TestInverse(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		b, dc, by := randomBlock(r)
		stride := 8 + r.IntN(20)
		got, want := bytes.Repeat([]byte{99}, 8*stride), bytes.Repeat([]byte{99}, 8*stride)
		inverse(got, stride, &b, dc, &by)
		inverseGo(want, stride, &b, dc, &by)
		if at := mismatch(got, want); at >= 0 {
			t.Fatalf("block %v, %d by %v: sample %d is %d, want %d", b, dc, by, at, got[at], want[at])
		}
		inverseFlat(got, stride, dc, &by)
		inverseGo(want, stride, new(block), dc, &by)
		if at := mismatch(got, want); at >= 0 {
			t.Fatalf("flat block of %d by %d: sample %d is %d, want %d", dc, by[0], at, got[at], want[at])
		}
	}
}

func BenchmarkInverse(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	block, dc, by := randomBlock(r)
	to := make([]uint8, 64)
	b.Run("fast", func(b *testing.B) {
		for b.Loop() {
			inverse(to, 8, &block, dc, &by)
		}
	})
	b.Run("go", func(b *testing.B) {
		for b.Loop() {
			inverseGo(to, 8, &block, dc, &by)
		}
	})
}
