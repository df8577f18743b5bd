package quantize

import (
	"image"
	"image/color"
	"image/draw"

	"kompress/quantize/ycbcr"
)

// A rowReader gives pieces of the rows of an image as 8-bit R, G, B, A. It
// converts piece by piece, so that no converted copy of the image is ever held;
// rows that are in that form already are not copied. It belongs to one goroutine.
type rowReader struct {
	premultiplied bool // what is read is; opaque pixels are the same either way
	read          func(x, y, n int) []uint8
	line          []uint8 // a converted piece; nil if none has to be
}

// pieceWidth is the largest number of pixels in a piece of a row.
const pieceWidth = 1 << 14

func newRowReader(m image.Image) *rowReader {
	r := new(rowReader)
	switch m := m.(type) {
	case *image.NRGBA:
		r.read = func(x, y, n int) []uint8 { return m.Pix[m.PixOffset(x, y):][:4*n] }
		return r
	case *image.RGBA:
		r.premultiplied = true
		r.read = func(x, y, n int) []uint8 { return m.Pix[m.PixOffset(x, y):][:4*n] }
		return r
	}
	r.line = make([]uint8, 4*min(pieceWidth, max(0, m.Bounds().Dx())))
	switch m := m.(type) {
	case *image.YCbCr:
		r.read = r.yCbCr(m)
	case *image.CMYK:
		r.read = r.drawer(m)
	case *image.NYCbCrA:
		r.read = r.withAlpha(m)
	case *image.Gray:
		r.read = func(x, y, n int) []uint8 { return r.gray(m.Pix[m.PixOffset(x, y):][:n]) }
	case *image.Gray16:
		r.read = func(x, y, n int) []uint8 { return r.gray16(m.Pix[m.PixOffset(x, y):][:2*n]) }
	case *image.Paletted:
		r.read = r.palette(m)
	case *image.NRGBA64:
		r.read = func(x, y, n int) []uint8 { return r.narrow(m.Pix[m.PixOffset(x, y):][:8*n]) }
	case *image.RGBA64:
		r.read = func(x, y, n int) []uint8 { return r.divide(m.Pix[m.PixOffset(x, y):][:8*n]) }
	default:
		r.read = r.any(m)
	}
	return r
}

// piece returns n pixels, at most pieceWidth, of row y from x on, 4 bytes each,
// valid until the next call.
func (r *rowReader) piece(x, y, n int) []uint8 { return r.read(x, y, n) }

// drawer lets image/draw convert opaque kinds, for which it has fast code.
func (r *rowReader) drawer(m image.Image) func(x, y, n int) []uint8 {
	line := &image.RGBA{Pix: r.line, Stride: len(r.line), Rect: image.Rect(0, 0, len(r.line)/4, 1)}
	return func(x, y, n int) []uint8 {
		draw.Draw(line, image.Rect(0, 0, n, 1), m, image.Pt(x, y), draw.Src)
		return r.line[:4*n]
	}
}

// yCbCr gives what image/draw makes of it, where each pixel has a color of its own in
// less time.
func (r *rowReader) yCbCr(m *image.YCbCr) func(x, y, n int) []uint8 {
	if m.SubsampleRatio != image.YCbCrSubsampleRatio444 {
		return r.drawer(m)
	}
	return func(x, y, n int) []uint8 {
		luma, colors := m.YOffset(x, y), m.COffset(x, y)
		ycbcr.RGBA(r.line[:4*n], m.Y[luma:][:n], m.Cb[colors:][:n], m.Cr[colors:][:n])
		return r.line[:4*n]
	}
}

// withAlpha gives the colours as if they were opaque, then their alpha: to
// multiply them by it and divide again would change them.
func (r *rowReader) withAlpha(m *image.NYCbCrA) func(x, y, n int) []uint8 {
	opaque := r.drawer(&m.YCbCr)
	return func(x, y, n int) []uint8 {
		line := opaque(x, y, n)
		for i, a := range m.A[m.AOffset(x, y):][:n] {
			line[4*i+3] = a
		}
		return line
	}
}

func (r *rowReader) gray(row []uint8) []uint8 {
	for i, v := range row {
		r.set(i, v, v, v, 255)
	}
	return r.line[:4*len(row)]
}

// gray16 rounds big-endian 16-bit greys to 8.
func (r *rowReader) gray16(row []uint8) []uint8 {
	for i := range len(row) / 2 {
		v := narrow16(at16(row, i))
		r.set(i, v, v, v, 255)
	}
	return r.line[:2*len(row)]
}

func (r *rowReader) set(i int, red, green, blue, alpha uint8) {
	p := r.line[4*i : 4*i+4 : 4*i+4]
	p[0], p[1], p[2], p[3] = red, green, blue, alpha
}

func (r *rowReader) palette(m *image.Paletted) func(x, y, n int) []uint8 {
	var colors [256][4]uint8
	for i, c := range m.Palette[:min(len(m.Palette), len(colors))] {
		colors[i] = round8(c)
	}
	return func(x, y, n int) []uint8 {
		for i, v := range m.Pix[m.PixOffset(x, y):][:n] {
			copy(r.line[4*i:4*i+4], colors[v][:])
		}
		return r.line[:4*n]
	}
}

// narrow rounds 16-bit components to 8.
func (r *rowReader) narrow(row []uint8) []uint8 {
	line := r.line[:len(row)/2]
	for i := range line {
		line[i] = narrow16(at16(row, i))
	}
	return line
}

// divide does the same to premultiplied components, after dividing by alpha as
// color.NRGBA64Model does.
func (r *rowReader) divide(row []uint8) []uint8 {
	for i := range len(row) / 8 {
		alpha := at16(row, 4*i+3)
		under := func(component int) uint8 {
			v := at16(row, 4*i+component)
			if alpha != 0xffff && alpha != 0 {
				v = uint16(uint32(v) * 0xffff / uint32(alpha))
			}
			return narrow16(v)
		}
		r.set(i, under(0), under(1), under(2), narrow16(alpha))
	}
	return r.line[:len(row)/2]
}

// at16 returns the i-th big-endian number.
func at16(row []uint8, i int) uint16 { return uint16(row[2*i])<<8 | uint16(row[2*i+1]) }

func (r *rowReader) any(m image.Image) func(x, y, n int) []uint8 {
	return func(x, y, n int) []uint8 {
		for i := range n {
			c := round8(m.At(x+i, y))
			copy(r.line[4*i:4*i+4], c[:])
		}
		return r.line[:4*n]
	}
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
