package chroma

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func random(r *rand.Rand, n int) []uint8 {
	b := make([]uint8, n)
	for i := range b {
		switch r.IntN(4) {
		case 0:
			b[i] = 255
		case 1:
			b[i] = uint8(r.Uint32())
		}
	}
	return b
}

// at is the color of pixel x by the definition.
func at(near, far []uint8, x int) uint8 {
	side := max(0, min(x/2-1+x%2*2, len(near)-1))
	nearest, next := 3*int(near[x/2])+int(far[x/2]), 3*int(near[side])+int(far[side])
	return uint8((3*nearest + next + 8 - x%2) / 16)
}

func TestRow420(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for width := 1; width <= 300; width++ {
		n := (width + 1) / 2
		near, far := random(r, n), random(r, n)
		to := bytes.Repeat([]uint8{7}, width+40)
		Row420(to[:width], near, far)
		for x := range to {
			want := uint8(7) // behind the row
			if x < width {
				want = at(near, far, x)
			}
			if to[x] != want {
				t.Fatalf("width %d: pixel %d is %d, want %d", width, x, to[x], want)
			}
		}
		// In two goes, as beside the vector code.
		slow := bytes.Repeat([]uint8{7}, width+40)
		cut := r.IntN(n + 1)
		slow420(slow[:width], near, far, 0, cut)
		slow420(slow[:width], near, far, cut, n)
		if !bytes.Equal(slow, to) {
			t.Fatalf("width %d: in plain Go %v, want %v", width, slow, to)
		}
	}
}

func TestRow422(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for width := 1; width <= 300; width++ {
		near := random(r, (width+1)/2)
		to := bytes.Repeat([]uint8{7}, width+40)
		Row422(to[:width], near)
		for x := range to {
			want := uint8(7)
			if x < width {
				side := max(0, min(x/2-1+x%2*2, len(near)-1))
				want = uint8((3*int(near[x/2]) + int(near[side]) + 1 + x%2) / 4)
			}
			if to[x] != want {
				t.Fatalf("width %d: pixel %d is %d, want %d", width, x, to[x], want)
			}
		}
		slow := bytes.Repeat([]uint8{7}, width+40)
		cut := r.IntN(len(near) + 1)
		slow422(slow[:width], near, 0, cut)
		slow422(slow[:width], near, cut, len(near))
		if !bytes.Equal(slow, to) {
			t.Fatalf("width %d: in plain Go %v, want %v", width, slow, to)
		}
	}
}

func TestRow440(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	near, far, to := random(r, 60), random(r, 60), make([]uint8, 60)
	for lower := range 2 {
		Row440(to, near, far, lower)
		for x := range to {
			if want := uint8((3*int(near[x]) + int(far[x]) + 1 + lower) / 4); to[x] != want {
				t.Fatalf("pixel %d is %d, want %d", x, to[x], want)
			}
		}
	}
}

func TestNear(t *testing.T) {
	for y, want := range [][2]int{{0, 0}, {0, 1}, {1, 0}, {1, 2}, {2, 1}, {2, 2}} {
		if near, far := Near(y, 3); near != want[0] || far != want[1] {
			t.Errorf("row %d is near %d and %d, want %v", y, near, far, want)
		}
	}
}

func BenchmarkRow420(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 3))
	near, far, to := random(r, 3000), random(r, 3000), make([]uint8, 6000)
	b.SetBytes(6000)
	b.Run("fast", func(b *testing.B) {
		for b.Loop() {
			Row420(to, near, far)
		}
	})
	b.Run("go", func(b *testing.B) {
		for b.Loop() {
			slow420(to, near, far, 0, len(near))
		}
	})
}
