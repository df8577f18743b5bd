package imagefile

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// unfilterSlowly is the definition of the filters.
func unfilterSlowly(filter byte, row, above []uint8, bpp int) {
	at := func(row []uint8, i int) int {
		if i < 0 {
			return 0
		}
		return int(row[i])
	}
	for i := range row {
		a, b, c := at(row, i-bpp), at(above, i), at(above, i-bpp)
		row[i] += uint8([]int{0, a, b, (a + b) / 2, slowPaeth(a, b, c)}[filter])
	}
}

func slowPaeth(a, b, c int) int {
	pa, pb, pc := magnitude(b-c), magnitude(a-c), magnitude(a+b-2*c)
	if pa <= pb && pa <= pc {
		return a
	}
	if pb <= pc {
		return b
	}
	return c
}

func TestUnfilterEveryLength(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for filter := range byte(5) {
		for _, bpp := range []int{1, 2, 3, 4, 6, 8} {
			for n := bpp; n <= 300; n += bpp {
				row, above := make([]uint8, n), make([]uint8, n)
				for i := range row {
					row[i], above[i] = uint8(r.Uint32()), uint8(r.Uint32())
				}
				want := bytes.Clone(row)
				unfilterSlowly(filter, want, above, bpp)
				if !unfilter(filter, row, above, bpp) || !bytes.Equal(row, want) {
					t.Errorf("filter %d, %d bytes a pixel, %d bytes: got others", filter, bpp, n)
				}
			}
		}
	}
	if unfilter(5, nil, nil, 1) {
		t.Error("there is a filter 5")
	}
}

func TestPaeth(t *testing.T) {
	for a := 0; a < 256; a += 3 {
		for b := 0; b < 256; b += 5 {
			for c := range 256 {
				if got, want := paeth(a, b, c), slowPaeth(a, b, c); got != want {
					t.Fatalf("paeth(%d, %d, %d): got %d, want %d", a, b, c, got, want)
				}
			}
		}
	}
}
