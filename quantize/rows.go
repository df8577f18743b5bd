package quantize

import (
	"image"
	"image/color"
	"image/draw"
)

// A rowReader gives the rows of an image as 8-bit R, G, B, A. It converts row by
// row, so that no converted copy of the image is ever held; rows that are in
// that form already are not copied. It belongs to one goroutine.
type rowReader struct {
	image         image.Image
	width         int
	premultiplied bool // the rows are; opaque pixels are the same either way
	read          func(y int) []uint8
	line          []uint8 // the converted row
}

func newRowReader(m image.Image) *rowReader {
	r := &rowReader{image: m, width: m.Bounds().Dx()}
	switch m := m.(type) {
	case *image.NRGBA:
		r.read = func(y int) []uint8 { return m.Pix[m.PixOffset(m.Rect.Min.X, y):][:4*r.width] }
	case *image.RGBA:
		r.premultiplied = true
		r.read = func(y int) []uint8 { return m.Pix[m.PixOffset(m.Rect.Min.X, y):][:4*r.width] }
	case *image.YCbCr, *image.CMYK:
		r.read = r.drawer(m)
	case *image.NYCbCrA:
		r.read = r.withAlpha(m)
	case *image.Gray:
		r.read = func(y int) []uint8 { return r.gray(m.Pix[m.PixOffset(m.Rect.Min.X, y):][:r.width]) }
	case *image.Paletted:
		r.read = r.palette(m)
	case *image.NRGBA64:
		r.read = func(y int) []uint8 { return r.narrow(m.Pix[m.PixOffset(m.Rect.Min.X, y):][:8*r.width]) }
	default:
		r.read = r.any
	}
	return r
}

// row returns row y of the image, 4 bytes a pixel, valid until the next call.
func (r *rowReader) row(y int) []uint8 { return r.read(y) }

func (r *rowReader) buffer() []uint8 {
	if r.line == nil {
		r.line = make([]uint8, 4*r.width)
	}
	return r.line
}

// drawer lets image/draw convert opaque kinds, for which it has fast code.
func (r *rowReader) drawer(m image.Image) func(y int) []uint8 {
	b := m.Bounds()
	line := &image.RGBA{Pix: r.buffer(), Stride: 4 * r.width, Rect: image.Rect(0, 0, r.width, 1)}
	return func(y int) []uint8 {
		draw.Draw(line, line.Rect, m, image.Pt(b.Min.X, y), draw.Src)
		return line.Pix
	}
}

// withAlpha gives the colours as if they were opaque, then their alpha: to
// multiply them by it and divide again would change them.
func (r *rowReader) withAlpha(m *image.NYCbCrA) func(y int) []uint8 {
	opaque := r.drawer(&m.YCbCr)
	return func(y int) []uint8 {
		line := opaque(y)
		for i, a := range m.A[m.AOffset(m.Rect.Min.X, y):][:r.width] {
			line[4*i+3] = a
		}
		return line
	}
}

// color returns the key of a pixel that is not opaque.
func (r *rowReader) color(p []uint8) Key {
	if !r.premultiplied {
		return MakeKey(p[0], p[1], p[2], p[3])
	}
	a := max(1, uint32(p[3]))
	under := func(v uint8) uint8 {
		return narrow16(uint16(uint32(v) * 0xffff / a)) // in 16 bits, as color.NRGBA64Model
	}
	return MakeKey(under(p[0]), under(p[1]), under(p[2]), p[3])
}

func (r *rowReader) gray(row []uint8) []uint8 {
	line := r.buffer()
	for i, v := range row {
		line[4*i], line[4*i+1], line[4*i+2], line[4*i+3] = v, v, v, 255
	}
	return line
}

func (r *rowReader) palette(m *image.Paletted) func(y int) []uint8 {
	var colors [256][4]uint8
	for i, c := range m.Palette[:min(len(m.Palette), len(colors))] {
		colors[i] = round8(c)
	}
	line := r.buffer()
	return func(y int) []uint8 {
		for i, v := range m.Pix[m.PixOffset(m.Rect.Min.X, y):][:r.width] {
			copy(line[4*i:4*i+4], colors[v][:])
		}
		return line
	}
}

// narrow rounds big-endian 16-bit components to 8.
func (r *rowReader) narrow(row []uint8) []uint8 {
	line := r.buffer()
	for i := range line {
		line[i] = narrow16(uint16(row[2*i])<<8 | uint16(row[2*i+1]))
	}
	return line
}

func (r *rowReader) any(y int) []uint8 {
	line := r.buffer()
	left := r.image.Bounds().Min.X
	for i := range r.width {
		c := round8(r.image.At(left+i, y))
		copy(line[4*i:4*i+4], c[:])
	}
	return line
}

// round8 returns the colour's components, not premultiplied. It does not go
// through premultiplied ones where there are others: that would change colours.
func round8(c color.Color) [4]uint8 {
	if n, ok := c.(color.NRGBA); ok {
		return [4]uint8{n.R, n.G, n.B, n.A}
	}
	n := color.NRGBA64Model.Convert(c).(color.NRGBA64)
	return [4]uint8{narrow16(n.R), narrow16(n.G), narrow16(n.B), narrow16(n.A)}
}

// narrow16 returns v·255/65535, rounded.
func narrow16(v uint16) uint8 { return uint8((uint32(v) + 128) / 257) }
