package defilter

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// random are bytes of which many are 0 or 255.
func random(r *rand.Rand, n int) []uint8 {
	b := make([]uint8, n)
	for i := range b {
		switch r.IntN(4) {
		case 0:
			b[i] = 255
		case 1, 2:
			b[i] = uint8(r.Uint32())
		}
	}
	return b
}

// within returns the middle of a copy of b, and all of it.
func within(b []uint8) (middle, all []uint8) {
	const guard = 64
	all = bytes.Repeat([]uint8{77}, len(b)+2*guard)
	copy(all[guard:], b)
	return all[guard:][:len(b):len(b)], all
}

func TestRowEveryLength(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := 0; n <= 300; n++ {
		for _, size := range []int{3, 4} {
			for filter := range byte(5) {
				row, above := random(r, size*n), random(r, 4*n)
				want, wantAll := within(make([]uint8, 4*n))
				slow(filter, want, row, above, size, 0)
				got, all := within(make([]uint8, 4*n))
				Row(filter, got, row, above, size)
				if !bytes.Equal(all, wantAll) {
					t.Errorf("%d pixels of %d bytes, filter %d: got others", n, size, filter)
				}
			}
		}
	}
}

// Every left, above and upper left there can be.
func TestPaethOfAll(t *testing.T) {
	const n = 16
	for a := range 256 {
		for b := range 256 {
			row, above := make([]uint8, 4*2*n), make([]uint8, 4*2*n)
			pix := make([]uint8, 4*2*n)
			for c := 0; c < 256; c += 4 * n {
				// Pairs of pixels: the first has c above it and becomes a, the second has b.
				for i := range 4 * n {
					first := i/4*8 + i%4
					above[first], above[first+4] = uint8(c+i), uint8(b)
				}
				unpredict(row, above, uint8(a))
				Row(4, pix, row, above, 4)
				for i := range 4 * n {
					second := i/4*8 + i%4 + 4
					if want := paeth(a, b, c+i); pix[second] != want {
						t.Fatalf("%d, %d, %d: got %d, want %d", a, b, c+i, pix[second], want)
					}
				}
			}
		}
	}
}

// unpredict sets the first pixel of each pair so that it becomes a, given that the second
// ones become what Paeth foretells.
func unpredict(row, above []uint8, a uint8) {
	for i := range row {
		if i%8 >= 4 {
			continue
		}
		var left, upperLeft int
		if i >= 8 {
			upperLeft = int(above[i-4])
			left = int(paeth(int(a), upperLeft, int(above[i-8])))
		}
		row[i] = a - paeth(left, int(above[i]), upperLeft)
	}
}

func BenchmarkRow(b *testing.B) {
	const n = 6000
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{3, 4} {
		row, above, pix := random(r, size*n), random(r, 4*n), make([]uint8, 4*n)
		for filter, name := range []string{"None", "Sub", "Up", "Average", "Paeth"} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				b.SetBytes(int64(len(row)))
				for b.Loop() {
					Row(byte(filter), pix, row, above, size)
				}
			})
		}
	}
}
