package enginetest

import (
	"context"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"

	"kompress/kmeans"
	"kompress/quantize"
)

// A broken engine is the CPU's with something wrong.
type broken struct {
	*quantize.CPU
	count func(e *quantize.CPU, m image.Image) (*quantize.Counts, error)
	edit  func(index []uint8, m image.Image) // what Map wrote
	mix   func(index []uint8, m image.Image) // what Dither wrote
	see   func(m image.Image) image.Image    // for what is looked at
	deaf  bool                               // to the context
	hears bool                               // it no more once it dithers
	open  bool                               // even when closed
	bands func(brokenBands) quantize.BandPixels
}

func (b broken) OpenBands(size image.Point, kept bool) (quantize.BandPixels, error) {
	p, err := b.CPU.OpenBands(size, kept)
	if err != nil || b.bands == nil {
		return p, err
	}
	return b.bands(brokenBands{p, size}), nil
}

// brokenBands are right, but for what is added to them.
type brokenBands struct {
	quantize.BandPixels
	size image.Point
}

func (b broken) Open(m image.Image) (quantize.Pixels, error) {
	if b.see != nil && m != nil {
		m = b.see(m)
	}
	p, err := b.CPU.Open(m)
	return brokenPixels{p, b, m}, err
}

type brokenPixels struct {
	quantize.Pixels
	broken broken
	image  image.Image
}

func (p brokenPixels) Count(ctx context.Context) (*quantize.Counts, error) {
	if p.broken.deaf {
		ctx = context.Background()
	}
	c, err := p.Pixels.Count(ctx)
	if err != nil || p.broken.count == nil {
		return c, err
	}
	return p.broken.count(p.broken.CPU, p.image)
}

func (p brokenPixels) Map(ctx context.Context, index []uint8, t *quantize.Table) error {
	if p.broken.deaf {
		ctx = context.Background()
	}
	err := p.Pixels.Map(ctx, index, t)
	if err == nil && p.broken.edit != nil && len(index) > 0 {
		p.broken.edit(index, p.image)
	}
	return err
}

func (p brokenPixels) Dither(ctx context.Context, index []uint8, t *quantize.DitherTable) error {
	if p.broken.hears {
		ctx = context.Background()
	}
	err := p.Pixels.Dither(ctx, index, t)
	if err == nil && p.broken.mix != nil && len(index) > 0 {
		p.broken.mix(index, p.image)
	}
	return err
}

func (p brokenPixels) Close() error {
	if p.broken.open {
		return nil
	}
	return p.Pixels.Close()
}

// countPart counts a part of each image that is not empty.
func countPart(part func(r image.Rectangle) image.Rectangle) func(*quantize.CPU, image.Image) (*quantize.Counts, error) {
	return func(e *quantize.CPU, m image.Image) (*quantize.Counts, error) {
		if r := m.Bounds(); !r.Empty() {
			m = subImage(m, part(r))
		}
		return countWith(context.Background(), e, m)
	}
}

// countAs counts f(n) for n pixels of a colour.
func countAs(f func(c color.NRGBA, n uint32) uint32) func(*quantize.CPU, image.Image) (*quantize.Counts, error) {
	return func(e *quantize.CPU, m image.Image) (*quantize.Counts, error) {
		right, err := countWith(context.Background(), e, m)
		if err != nil {
			return nil, err
		}
		var pix []uint8
		for k, n := range right.All() {
			c := k.NRGBA()
			for range f(c, n) {
				pix = append(pix, c.R, c.G, c.B, c.A)
			}
		}
		n := len(pix) / 4
		return countWith(context.Background(), e, &image.NRGBA{Pix: pix, Stride: 4 * n, Rect: image.Rect(0, 0, n, 1)})
	}
}

// A recolored image shows other colours.
type recolored struct {
	image.Image
	f func(color.Color) color.Color
}

func (r recolored) At(x, y int) color.Color { return r.f(r.Image.At(x, y)) }

func recolor(f func(color.Color) color.Color) func(image.Image) image.Image {
	return func(m image.Image) image.Image { return recolored{m, f} }
}

// A fault is an engine that Check has to refuse.
type fault struct {
	name   string
	broken broken
	want   string // in the error
	large  bool   // only a large image shows it
}

func countFaults() []fault {
	return []fault{
		{"drops the last row", broken{count: countPart(func(r image.Rectangle) image.Rectangle {
			r.Max.Y--
			return r
		})}, "count:", false},
		{"drops the last column", broken{count: countPart(func(r image.Rectangle) image.Rectangle {
			r.Max.X--
			return r
		})}, "count:", false},
		{"takes the image to begin at 0, 0", broken{see: func(m image.Image) image.Image {
			if n, ok := m.(*image.NRGBA); ok && n.Rect.Min != (image.Point{}) {
				shifted := *n
				shifted.Rect = n.Rect.Sub(n.Rect.Min)
				size := n.Rect.Size()
				return shifted.SubImage(image.Rectangle{image.Pt(1, 0), size})
			}
			return m
		}}, "count:", false},
		{"does not see alpha", broken{see: recolor(func(c color.Color) color.Color {
			n := to8(c)
			n.A = 255
			return n
		})}, "count:", false},
		{"keeps the colours of transparent pixels apart", broken{count: func(e *quantize.CPU, m image.Image) (*quantize.Counts, error) {
			return countWith(context.Background(), e, recolored{m, func(c color.Color) color.Color {
				if n, ok := c.(color.NRGBA); ok && n.A == 0 && n.R != 0 {
					n.A = 1
					return n
				}
				return to8(c)
			}})
		}}, "count:", false},
		{"counts with 16 bits", broken{count: countAs(func(_ color.NRGBA, n uint32) uint32 { return n & 0xffff })}, "count:", true},
		{"stops counting at 65535", broken{count: countAs(func(_ color.NRGBA, n uint32) uint32 { return min(n, 0xffff) })}, "count: got 65535 pixels", true},
	}
}

func colorFaults() []fault {
	return []fault{
		{"loses a carry of 1<<16", broken{count: countAs(func(_ color.NRGBA, n uint32) uint32 {
			if n >= 3<<16 {
				n -= 1 << 16
			}
			return n
		})}, "count: got 131072 pixels", true},
		{"leaves white out", broken{count: countAs(func(c color.NRGBA, n uint32) uint32 {
			if c == (color.NRGBA{255, 255, 255, 255}) {
				return 0
			}
			return n
		})}, "count: got no pixel of {255 255 255 255}", false},
		{"truncates 16 bits", broken{see: recolor(func(c color.Color) color.Color {
			switch c := c.(type) {
			case color.Gray16:
				return color.Gray{uint8(c.Y >> 8)}
			case color.NRGBA64:
				return color.NRGBA{uint8(c.R >> 8), uint8(c.G >> 8), uint8(c.B >> 8), uint8(c.A >> 8)}
			}
			return to8(c)
		})}, "64", false},
		{"truncates Gray16", broken{see: recolor(func(c color.Color) color.Color {
			if c, ok := c.(color.Gray16); ok {
				return color.Gray{uint8(c.Y >> 8)}
			}
			return to8(c)
		})}, "Gray16", false},
		{"takes premultiplied colours as they are", broken{see: recolor(func(c color.Color) color.Color {
			if c, ok := c.(color.RGBA); ok {
				return color.NRGBA(c)
			}
			return to8(c)
		})}, "RGBA", false},
		{"truncates what it unmultiplies", broken{see: recolor(func(c color.Color) color.Color {
			if c, ok := c.(color.RGBA); ok {
				return color.NRGBAModel.Convert(c)
			}
			return to8(c)
		})}, "RGBA", false},
		{"converts YCbCr through 16 bits, rounded", broken{see: recolor(func(c color.Color) color.Color {
			if c, ok := c.(color.YCbCr); ok {
				r, g, b, _ := c.RGBA()
				return color.NRGBA64{uint16(r), uint16(g), uint16(b), 65535}
			}
			return to8(c)
		})}, "YCbCr", false},
	}
}

func mapFaults() []fault {
	return []fault{
		{"maps no last row", broken{edit: func(index []uint8, m image.Image) {
			clear(index[len(index)-m.Bounds().Dx():])
		}}, "map: got index 0", false},
		{"maps no last column", broken{edit: func(index []uint8, m image.Image) {
			w := m.Bounds().Dx()
			for i := w - 1; i < len(index); i += w {
				index[i] = 0
			}
		}}, "map: got index 0", false},
		{"maps the first row of the second band like the row before", broken{edit: func(index []uint8, m image.Image) {
			w := m.Bounds().Dx()
			if rows := (1<<18 + w - 1) / w; rows < m.Bounds().Dy() {
				copy(index[rows*w:][:w], index[(rows-1)*w:])
			}
		}}, "map:", true},
		{"maps one pixel of large images to another index", broken{edit: func(index []uint8, _ image.Image) {
			if len(index) > 1<<20 {
				index[1<<20]++
			}
		}}, "map:", true},
		{"does not listen to the context", broken{deaf: true}, "cancelled: count", false},
		{"stays open", broken{open: true}, "count after close", false},
	}
}

// mixAs dithers with the levels of other places for pixel i.
func mixAs(place func(i, width int) (x, y int)) func([]uint8, image.Image) {
	return func(index []uint8, m image.Image) {
		b := m.Bounds()
		for i := range index {
			x, y := place(i, b.Dx())
			index[i] = mixedAt(to8(m.At(b.Min.X+i%b.Dx(), b.Min.Y+i/b.Dx())), x, y)
		}
	}
}

func ditherFaults() []fault {
	return []fault{
		{"has the mask's rows for its columns", broken{mix: mixAs(func(i, w int) (x, y int) { return i / w, i % w })}, "dither: got index", false},
		{"repeats the mask after 32 columns", broken{mix: mixAs(func(i, w int) (x, y int) { return i % w % 32, i / w })}, "dither: got index", false},
		{"repeats the mask after 32 rows", broken{mix: mixAs(func(i, w int) (x, y int) { return i % w, i / w % 32 })}, "dither: got index", false},
		{"begins the mask anew after 2¹⁸ pixels", broken{mix: mixAs(func(i, w int) (x, y int) {
			i %= 1 << 18
			return i % w, i / w
		})}, "dither: got index", true},
		{"maps where it is to dither", broken{mix: mixAs(func(int, int) (x, y int) { return 0, 0 })}, "dither: got index", false},
		{"dithers on when it is cancelled", broken{hears: true}, "cancelled: dither", false},
	}
}

func TestBrokenEnginesAreRefused(t *testing.T) {
	leaveOutWithRace(t)
	for _, test := range slices.Concat(countFaults(), colorFaults(), mapFaults(), ditherFaults(), bandFaults()) {
		t.Run(test.name, func(t *testing.T) {
			e := test.broken
			e.CPU = &quantize.CPU{CPU: kmeans.CPU{Workers: 2}}
			err := Check(e)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got error %v, want one with %q", err, test.want)
			}
			t.Log(err)
		})
	}
}

// leaveOutWithRace skips what has no more threads than TestCPUEngine of quantize,
// which runs with the race detector.
func leaveOutWithRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("left out with the race detector")
	}
}

// What the broken engines are made of is not what they are refused for.
func TestUnbrokenEngineIsNot(t *testing.T) {
	leaveOutWithRace(t)
	e := broken{
		CPU:   new(quantize.CPU),
		count: countAs(func(_ color.NRGBA, n uint32) uint32 { return n }),
		see:   recolor(func(c color.Color) color.Color { return to8(c) }),
		edit:  func([]uint8, image.Image) {},
		mix:   mixAs(func(i, w int) (x, y int) { return i % w, i / w }),
	}
	for _, c := range smallCases() {
		if err := check(e, c, bandHeights[2]); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
	}
}
