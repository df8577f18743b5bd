package explore

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"math"
	"runtime"
	"sync"

	"kompress/imagefile"
	"kompress/quantize"
)

const (
	exactSide    = 1600 // images up to this, on the longer side, are shown as they are
	overviewSide = 800  // that of reductions of larger ones
	previewSide  = 800
	cropSide     = 320 // shown pixel by pixel on any screen
	maxCrops     = 2
)

// A picture is one of the report's, as a file.
type picture struct {
	png           []byte
	width, height int
}

// Pictures are those of an image before and after, and of the error.
type pictures struct {
	exact                bool // else they are reduced
	before, after, error picture
	top                  float64 // level that the error picture's lightest colour stands for
	crops                []crop
}

// A crop is a part of a large image, pixel by pixel.
type crop struct {
	at                   image.Point
	before, after, error picture
	rms, top             float64 // as that of the pictures
}

// subsampled returns every n-th pixel of every n-th row: what is left has the colours
// of the palette only.
func subsampled(m *image.Paletted, n int) *image.Paletted {
	size := m.Rect.Size()
	if n == 1 {
		return m
	}
	s := image.NewPaletted(image.Rectangle{Max: subsampledSize(size, n)}, m.Palette)
	for y := range s.Rect.Dy() {
		row := m.Pix[min(y*n+n/2, size.Y-1)*m.Stride:]
		for x := range s.Rect.Dx() {
			s.Pix[y*s.Stride+x] = row[min(x*n+n/2, size.X-1)]
		}
	}
	return s
}

func subsampledSize(size image.Point, n int) image.Point {
	return image.Pt((size.X+n-1)/n, (size.Y+n-1)/n)
}

// previewStep returns which pixels a preview has.
func previewStep(size image.Point) int {
	return max(1, (max(size.X, size.Y)+previewSide-1)/previewSide)
}

// fitted returns the size of an image reduced to a longer side of at most so much.
func fitted(size image.Point, side int) (w, h int) {
	longer := max(size.X, size.Y)
	if longer <= side {
		return size.X, size.Y
	}
	scaled := func(v int) int { return max(1, (v*side+longer/2)/longer) }
	return scaled(size.X), scaled(size.Y)
}

// A reduction is an image before and after, block by block: the means of colours, in
// linear light, and of squared errors.
type reduction struct {
	size          image.Point
	before, after *image.NRGBA
	squares       []float64 // mean of each block, in levels² summed over the channels
}

// reduce makes blocks of whole pixels. At the image's own size they are single ones,
// whose colours are exact.
func reduce(ctx context.Context, m image.Image, mapped *image.Paletted, side int) (*reduction, error) {
	size := mapped.Rect.Size()
	w, h := fitted(size, side)
	r := &reduction{
		size:    image.Pt(w, h),
		before:  image.NewNRGBA(image.Rect(0, 0, w, h)),
		after:   image.NewNRGBA(image.Rect(0, 0, w, h)),
		squares: make([]float64, w*h),
	}
	palette := nrgbaPalette(mapped.Palette)
	rows := make(chan int, h)
	for y := range h {
		rows <- y
	}
	close(rows)
	var working sync.WaitGroup
	for range min(h, runtime.GOMAXPROCS(0)) {
		working.Go(func() {
			worker := &reducer{reduction: r, source: newSource(m), mapped: mapped, palette: palette, blocks: make([]block, w)}
			for y := range rows {
				if ctx.Err() == nil {
					worker.row(y)
				}
			}
		})
	}
	working.Wait()
	return r, ctx.Err()
}

// A source reads the pixels of an image as they are counted.
type source struct {
	reader *quantize.PixelReader
	line   []uint8
}

func newSource(m image.Image) *source { return &source{reader: quantize.NewPixelReader(m)} }

// read returns the pixels from one on.
func (s *source) read(first, n int) []uint8 {
	if cap(s.line) < 4*n {
		s.line = make([]uint8, 4*n)
	}
	s.line = s.line[:4*n]
	s.reader.Read(s.line, first)
	return s.line
}

// color returns one of those that were read.
func (s *source) color(i int) color.NRGBA {
	p := s.line[4*i : 4*i+4 : 4*i+4]
	switch {
	case p[3] == 255:
		return color.NRGBA{p[0], p[1], p[2], 255}
	case s.reader.Premultiplied():
		return quantize.PremultipliedKey(p[0], p[1], p[2], p[3]).NRGBA()
	case p[3] == 0:
		return color.NRGBA{}
	}
	return color.NRGBA{p[0], p[1], p[2], p[3]}
}

// A reducer is what one goroutine works with.
type reducer struct {
	*reduction
	source  *source
	mapped  *image.Paletted
	palette []color.NRGBA
	blocks  []block
}

// A block sums the light of pixels, and their squared errors.
type block struct {
	before, after light
	squares       uint64
	n             uint64
}

// A light is linear light times alpha, and alpha.
type light [4]uint64

func (l *light) add(c color.NRGBA) {
	a := uint64(c.A)
	l[0] += linear[c.R] * a
	l[1] += linear[c.G] * a
	l[2] += linear[c.B] * a
	l[3] += a
}

func (l *light) mean(n uint64) color.NRGBA {
	if l[3] == 0 {
		return color.NRGBA{}
	}
	return color.NRGBA{encoded(l[0] / l[3]), encoded(l[1] / l[3]), encoded(l[2] / l[3]), uint8((l[3] + n/2) / n)}
}

// row makes a row of blocks. Sums are whole numbers, so that it does not matter how rows
// are shared out.
func (r *reducer) row(y int) {
	size := r.mapped.Rect.Size()
	clear(r.blocks)
	for v := y * size.Y / r.size.Y; v < (y+1)*size.Y/r.size.Y; v++ {
		r.source.read(v*size.X, size.X)
		index := r.mapped.Pix[v*r.mapped.Stride:]
		for x := range r.blocks {
			b := &r.blocks[x]
			for u := x * size.X / r.size.X; u < (x+1)*size.X/r.size.X; u++ {
				c, entry := r.source.color(u), r.palette[index[u]]
				b.before.add(c)
				b.after.add(entry)
				b.squares += square(c, entry)
				b.n++
			}
		}
	}
	for x := range r.blocks {
		b := &r.blocks[x]
		r.before.SetNRGBA(x, y, b.before.mean(b.n))
		r.after.SetNRGBA(x, y, b.after.mean(b.n))
		r.squares[y*r.size.X+x] = float64(b.squares) / (squareUnit * float64(b.n))
	}
}

// linear has the linear light, 0 to 65535, of an 8-bit sRGB value.
var linear = func() (table [256]uint64) {
	for v := range table {
		table[v] = uint64(math.Round(quantize.LinearLight(uint8(v)) * 65535))
	}
	return table
}()

// encoded returns the 8-bit sRGB value nearest a linear light of 0 to 65535.
func encoded(light uint64) uint8 { return encodings()[min(light, 65535)] }

var encodings = sync.OnceValue(func() *[65536]uint8 {
	table, v := new([65536]uint8), 0
	for light := range table {
		for v < 255 && 2*uint64(light) > linear[v]+linear[v+1] {
			v++
		}
		table[light] = uint8(v)
	}
	return table
})

// errorImage colours levels, up to top.
func errorImage(squares []float64, width int, top float64) *image.Paletted {
	m := image.NewPaletted(image.Rect(0, 0, width, len(squares)/width), heat())
	for i, s := range squares {
		m.Pix[i] = uint8(min(255, 255*level(s)/top+0.5))
	}
	return m
}

// encodePNG encodes a picture that has more colours than a palette holds.
func encodePNG(m image.Image) (picture, error) {
	var b bytes.Buffer
	size := m.Bounds().Size()
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if size.X*size.Y > 1<<20 { // that level would take seconds
		e.CompressionLevel = png.DefaultCompression
	}
	err := e.Encode(&b, plainest(m))
	return picture{b.Bytes(), size.X, size.Y}, err
}

// encodeIndexed encodes a picture as compress would.
func encodeIndexed(ctx context.Context, m *image.Paletted) (picture, error) {
	var b bytes.Buffer
	err := imagefile.EncodePNG(ctx, &b, m)
	return picture{b.Bytes(), m.Rect.Dx(), m.Rect.Dy()}, err
}

// plainest returns a grey image for one that is grey: a third of the bytes.
func plainest(m image.Image) image.Image {
	n, ok := m.(*image.NRGBA)
	if !ok {
		return m
	}
	gray := image.NewGray(n.Rect)
	for i := range gray.Pix {
		p := n.Pix[4*i : 4*i+4 : 4*i+4]
		if p[0] != p[1] || p[1] != p[2] || p[3] != 255 {
			return m
		}
		gray.Pix[i] = p[0]
	}
	return gray
}
