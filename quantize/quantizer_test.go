package quantize

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"slices"
	"testing"
)

var _ draw.Quantizer = Quantizer{}

func TestQuantizerRoom(t *testing.T) {
	leaveOutWithRace(t)
	m := gradient(8)
	red, blue := color.RGBA{255, 0, 0, 255}, color.NRGBA{0, 0, 255, 9}
	for _, test := range []struct {
		have, room, colors int
		want               int // colors added
	}{
		{0, 16, 0, 16}, {0, 256, 0, 256}, {2, 16, 0, 16}, {2, 254, 0, 254},
		{2, 16, 5, 5}, {2, 5, 16, 5}, {0, 1, 0, 1}, {2, 0, 0, 0}, {0, 0, 0, 0},
		{0, 300, 0, 256}, {2, 1000, 256, 256},
		{2, 16, -1, 0}, {2, 16, 257, 16}, {2, 400, 257, 256},
	} {
		p := make(color.Palette, test.have, test.have+test.room)
		if test.have > 0 {
			p[0], p[1] = red, blue
		}
		got := Quantizer{Options{Colors: test.colors}}.Quantize(p, m)
		if len(got) != test.have+test.want || cap(got) != cap(p) {
			t.Errorf("%+v: got %d colors of %d, want %d of %d", test, len(got), cap(got), test.have+test.want, cap(p))
		}
		if !slices.Equal(got[:test.have], p) {
			t.Errorf("%+v: got %v for the first entries, want %v", test, got[:test.have], p)
		}
		if test.want == 0 {
			continue
		}
		q, err := sessionOf(t, m).Cluster(context.Background(), Options{Colors: test.want})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got[test.have:], q.Palette) {
			t.Errorf("%+v: got other colors than those of a session", test)
		}
	}
}

func sessionOf(t *testing.T, m image.Image) *Session {
	s, err := NewSession(context.Background(), nil, m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestQuantizerWithWrongOptions(t *testing.T) {
	for _, o := range []Options{{Space: 9}, {Effort: 9}} {
		p := make(color.Palette, 1, 17)
		p[0] = color.White
		if got := (Quantizer{o}).Quantize(p, gradient(4)); len(got) != 1 || got[0] != color.White {
			t.Errorf("%+v: got %v, want what there was", o, got)
		}
	}
}

func TestQuantizerHandsOptionsOn(t *testing.T) {
	m := gradient(8)
	got := Quantizer{Options{Space: Oklab}}.Quantize(make(color.Palette, 0, 12), m)
	q, err := sessionOf(t, m).Cluster(context.Background(), Options{Colors: 12, Space: Oklab})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, q.Palette) {
		t.Error("the space has no effect")
	}
}

func TestQuantizerOfGIF(t *testing.T) {
	leaveOutWithRace(t)
	m := crop(load(t, "kodim23.png"), image.Rect(300, 60, 500, 180))
	for _, n := range []int{2, 16, 256} {
		var b bytes.Buffer
		if err := gif.Encode(&b, m, &gif.Options{NumColors: n, Quantizer: Quantizer{}, Drawer: draw.Src}); err != nil {
			t.Fatal(err)
		}
		got, err := gif.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		p, q := try(t, m, Options{Colors: n})
		for i, c := range pixels(got) {
			entry := p.Palette[p.Pix[i]].(color.NRGBA)
			if c != entry && sampleError(m, i, c) != sampleError(m, i, entry) { // draw.Src may choose another one as near
				t.Fatalf("%d colors, pixel %d: got %v, want %v", n, i, c, entry)
			}
		}
		if len(q.Palette) != n {
			t.Errorf("got %d colors, want %d", len(q.Palette), n)
		}
	}
}

func sampleError(m image.Image, i int, c color.NRGBA) float64 {
	b := m.Bounds()
	was := color.NRGBAModel.Convert(m.At(b.Min.X+i%b.Dx(), b.Min.Y+i/b.Dx())).(color.NRGBA)
	return slowError([]color.NRGBA{was}, []uint8{0}, []color.NRGBA{c})
}
