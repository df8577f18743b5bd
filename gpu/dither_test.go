//go:build linux && cgo

package gpu

import (
	"image"
	"slices"
	"testing"

	"kompress/quantize"
)

// dithered dithers by a table whose mixes depend on the keys, and a mask.
func dithered(t *testing.T, e quantize.Engine, m image.Image) (index []uint8, table *quantize.DitherTable) {
	t.Helper()
	p, err := e.Open(m)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	c, err := p.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var mixes []quantize.Mix
	for k := range c.All() {
		v := uint32(k) * 2654435761
		mixes = append(mixes, quantize.MakeMix(uint8(v>>24), uint8(v>>16), uint8(v>>8)))
	}
	mask := new(quantize.Mask)
	for i := range mask {
		mask[i] = uint8(uint32(i) * 2654435761 >> 22)
	}
	if table, err = quantize.NewDitherTable(c, mixes, mask); err != nil {
		t.Fatal(err)
	}
	index = make([]uint8, m.Bounds().Dx()*m.Bounds().Dy())
	if err := p.Dither(t.Context(), index, table); err != nil {
		t.Fatal(err)
	}
	return index, table
}

// dark has 2¹⁶ opaque colours or more, with keys below 2¹⁸, but for some rows that are
// translucent.
func dark(width, height int) *image.NRGBA {
	m := translucent(width, height)
	for i := range width * height {
		if i < width*(height-40) {
			p := m.Pix[4*i : 4*i+4]
			p[0], p[1], p[2], p[3] = p[0]>>2, p[1]>>2, p[2]>>2, 255
		}
	}
	return m
}

// Where no table is large enough there are many looks, and bands begin anywhere in a
// row of the mask.
func TestDitherInParts(t *testing.T) {
	e := openForTest(t, Options{Debug: true, limits: Limits{BlockBytes: 1 << 16}})
	m := dark(301, 333)
	got, table := dithered(t, e, m)
	want, _ := dithered(t, new(quantize.CPU), m)
	if !slices.Equal(got, want) {
		t.Error("got other indices than the CPU's")
	}
	dense, hashed := 0, 0
	for part := range e.mixParts(table, 301*333) {
		if part.slots > 0 {
			hashed++
		} else {
			dense++
		}
	}
	if dense < 16 || hashed < 2 {
		t.Errorf("got %d parts without and %d with a hash, want 16 or more and 2 or more", dense, hashed)
	}
	if e.sizes.pixels >= 301*333 {
		t.Errorf("got bands of %d pixels, want several", e.sizes.pixels)
	}
}

// One table of words serves a photograph.
func TestDitherInOnePart(t *testing.T) {
	e := openForTest(t, Options{Debug: true})
	m := dark(300, 340).SubImage(image.Rect(0, 0, 300, 300))
	got, table := dithered(t, e, m)
	want, _ := dithered(t, new(quantize.CPU), m)
	if n := length(e.mixParts(table, 300*300)); n != 1 || !slices.Equal(got, want) {
		t.Errorf("got %d parts, want 1, or other indices than the CPU's", n)
	}
}
