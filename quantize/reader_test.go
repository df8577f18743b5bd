package quantize

import (
	"bytes"
	"image"
	"slices"
	"testing"
)

// What is read in pieces, from anywhere, is what At says.
func TestPixelReader(t *testing.T) {
	m := image.NewNRGBA(image.Rect(-3, 5, 797, 305)) // several pieces
	for i := range m.Pix {
		m.Pix[i] = uint8(i * 7 >> (i % 5))
	}
	part := m.SubImage(image.Rect(-1, 7, 790, 300))
	var want []uint8
	for y := part.Bounds().Min.Y; y < part.Bounds().Max.Y; y++ {
		for x := part.Bounds().Min.X; x < part.Bounds().Max.X; x++ {
			c := m.NRGBAAt(x, y)
			want = append(want, c.R, c.G, c.B, c.A)
		}
	}
	for _, source := range []image.Image{part, slowImage{part}} {
		r := NewPixelReader(source)
		for _, first := range []int{0, 1, 790, 791, 100_000, len(want)/4 - 1} {
			got := make([]uint8, min(len(want)-4*first, 4*70_000))
			if r.Read(got, first); !slices.Equal(got, want[4*first:4*first+len(got)]) {
				t.Errorf("%T from pixel %d on: got other pixels", source, first)
			}
		}
		r.Read(nil, 0)
	}
}

// A slowImage has no type that is known.
type slowImage struct{ image.Image }

// What a window shows is what would be saved: pixels that were read and looked up
// are those that Map gives, whether the table is a dense one or a hash.
func TestLookup(t *testing.T) {
	for name, m := range samples(t) {
		s, err := NewSession(t.Context(), nil, m)
		if err != nil {
			t.Fatal(err)
		}
		q, err := s.Cluster(t.Context(), Options{Colors: 7})
		if err != nil {
			t.Fatal(err)
		}
		want, err := s.Map(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		r := NewPixelReader(m)
		read := make([]uint8, 4*len(want.Pix))
		r.Read(read, 0)
		for mapped, table := range map[string]*Table{
			"after Map": q.Table(),
			"alone":     {keys: q.Table().keys, index: q.Table().index},
		} {
			got := make([]uint8, len(want.Pix))
			table.Lookup(got, read, r.Premultiplied())
			if !bytes.Equal(got, want.Pix) {
				t.Errorf("%s, %s: got other indices than those of Map", name, mapped)
			}
		}
	}
}
