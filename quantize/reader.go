package quantize

import "image"

// A PixelReader gives engines the pixels of an image, of any type, in one form.
// It belongs to one goroutine.
type PixelReader struct {
	rows   *rowReader
	bounds image.Rectangle
}

// NewPixelReader returns a reader of the image's pixels.
func NewPixelReader(m image.Image) *PixelReader {
	return &PixelReader{newRowReader(m), m.Bounds()}
}

// Premultiplied says whether the components of what is not opaque have been
// multiplied by alpha. If so, their key is PremultipliedKey, else MakeKey.
func (r *PixelReader) Premultiplied() bool { return r.rows.premultiplied }

// Read fills dst with pixels of 4 bytes, red, green, blue and alpha, of 8 bits
// each, row by row from pixel first on. The image has that many.
func (r *PixelReader) Read(dst []uint8, first int) {
	width := r.bounds.Dx()
	for len(dst) > 0 {
		x, y := first%width, first/width
		n := min(pieceWidth, width-x, len(dst)/4)
		copy(dst, r.rows.piece(r.bounds.Min.X+x, r.bounds.Min.Y+y, n))
		dst, first = dst[4*n:], first+n
	}
}

// PremultipliedKey is MakeKey for components that were multiplied by alpha. They
// are divided by it as color.NRGBA64Model does, in 16 bits.
func PremultipliedKey(r, g, b, a uint8) Key {
	under := func(v uint8) uint8 { return narrow16(uint16(uint32(v) * 0xffff / max(1, uint32(a)))) }
	return MakeKey(under(r), under(g), under(b), a)
}
