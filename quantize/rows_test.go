package quantize

import (
	"context"
	"image"
	"image/color"
	"image/color/palette"
	"math"
	"testing"
)

func TestNarrow16(t *testing.T) {
	for v := range 1 << 16 {
		if got, want := narrow16(uint16(v)), uint8(math.Round(float64(v)*255/65535)); got != want {
			t.Fatalf("narrow16(%d): got %d, want %d", v, got, want)
		}
	}
}

// What is not premultiplied any more is the nearest 8-bit value. Alpha, and what
// it divides without a rest, come back as they were.
func TestPremultipliedColors(t *testing.T) {
	for a := 1; a < 256; a++ {
		for v := 0; v <= a; v++ {
			got := translucentKey([]uint8{uint8(v), 0, uint8(a), uint8(a)}, true).NRGBA()
			want := float64(v) * 255 / float64(a)
			if math.Abs(float64(got.R)-want) > 0.5 || got.G != 0 || got.B != 255 || got.A != uint8(a) {
				t.Fatalf("%d of %d: got %v, want %.2f", v, a, got, want)
			}
		}
	}
	if got := translucentKey([]uint8{0, 0, 0, 0}, true); got != transparent {
		t.Errorf("got key %#x, want %#x", got, transparent)
	}
}

// What lossless means for an image with a palette: its very colours.
func TestPaletteColorsAreKept(t *testing.T) {
	p := color.Palette{
		color.NRGBA{200, 100, 50, 1}, color.NRGBA{201, 101, 51, 2}, color.NRGBA{255, 254, 253, 3},
		color.RGBA{0, 0, 0, 255}, color.Gray{7},
	}
	m := image.NewPaletted(image.Rect(0, 0, 5, 1), p)
	copy(m.Pix, []uint8{0, 1, 2, 3, 4})
	got, _, err := Quantize(context.Background(), m, Options{Colors: 5})
	if err != nil {
		t.Fatal(err)
	}
	for x := range 5 {
		want := p[x]
		if x > 2 {
			want = color.NRGBAModel.Convert(want)
		}
		if c := got.At(x, 0); c != want {
			t.Errorf("got %v, want %v", c, want)
		}
	}
}

// No index reaches beyond 256 entries: there may be more.
func TestLongPalette(t *testing.T) {
	p := append(append(color.Palette{}, palette.Plan9...), palette.WebSafe...)
	m := image.NewPaletted(image.Rect(0, 0, 256, 1), p)
	for x := range 256 {
		m.Pix[x] = uint8(x)
	}
	_, q, err := Quantize(context.Background(), m, Options{Colors: 256})
	if err != nil || len(q.Palette) != 256 {
		t.Errorf("got %v and error %v, want 256 colors", q, err)
	}
}

func TestMapWantsAnIndexForEachPixel(t *testing.T) {
	pixels, err := new(CPU).Open(gradient(3))
	if err != nil {
		t.Fatal(err)
	}
	c, err := pixels.Count(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	table, err := NewTable(c, make([]uint8, c.Distinct()))
	if err != nil {
		t.Fatal(err)
	}
	err = pixels.Map(context.Background(), make([]uint8, 7), table)
	if want := "quantize: got 7 indices for 256 × 3 pixels, want as many"; err == nil || err.Error() != want {
		t.Errorf("got error %v, want %q", err, want)
	}
}

// Counts stop at the largest of 32 bits.
func TestHashStops(t *testing.T) {
	var h hash
	h.add(5, 0)
	if h.used != 0 || h.get(5) != 0 {
		t.Error("got a key with a value of 0")
	}
	h.add(5, math.MaxUint32-1)
	h.add(5, 1)
	h.add(5, 1)
	if got := h.get(5); got != math.MaxUint32 {
		t.Errorf("got %d, want %d", got, uint32(math.MaxUint32))
	}
	if got := h.get(6); got != 0 {
		t.Errorf("got %d for a key that is not there", got)
	}
}
