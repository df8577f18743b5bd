package quantize

import (
	"image"
	"runtime"
)

// A PixelReader gives engines the pixels of an image, of any type, in one form. It
// is not safe for concurrent use, but takes several threads itself.
type PixelReader struct {
	image image.Image
	rows  []*rowReader // one a thread; at least one
}

// NewPixelReader returns a reader of an image's pixels.
func NewPixelReader(m image.Image) *PixelReader {
	return &PixelReader{m, []*rowReader{newRowReader(m)}}
}

// Premultiplied says whether the components of what is not opaque have been
// multiplied by alpha. If so, their key is PremultipliedKey, else MakeKey.
func (r *PixelReader) Premultiplied() bool { return r.rows[0].premultiplied }

// Read fills dst with pixels of 4 bytes, red, green, blue and alpha, of 8 bits
// each, row by row from pixel first on. The image has that many.
func (r *PixelReader) Read(dst []uint8, first int) {
	const piece = 4 << 16 // bytes
	pieces := (len(dst) + piece - 1) / piece
	workers := min(pieces, runtime.GOMAXPROCS(0))
	for len(r.rows) < workers {
		r.rows = append(r.rows, newRowReader(r.image))
	}
	parallelWorkers(pieces, workers, func(worker, i int) {
		part := dst[i*piece : min((i+1)*piece, len(dst))]
		readPixels(r.rows[worker], r.image.Bounds(), part, first+i*piece/4)
	})
}

func readPixels(rows *rowReader, b image.Rectangle, dst []uint8, first int) {
	for len(dst) > 0 {
		x, y := first%b.Dx(), first/b.Dx()
		n := min(pieceWidth, b.Dx()-x, len(dst)/4)
		copy(dst, rows.piece(b.Min.X+x, b.Min.Y+y, n))
		dst, first = dst[4*n:], first+n
	}
}

// PremultipliedKey is MakeKey for components that were multiplied by alpha. They
// are divided by it as color.NRGBA64Model does, in 16 bits.
func PremultipliedKey(r, g, b, a uint8) Key {
	under := func(v uint8) uint8 { return narrow16(uint16(uint32(v) * 0xffff / max(1, uint32(a)))) }
	return MakeKey(under(r), under(g), under(b), a)
}

// translucentKey returns the key of a pixel that was read and is not opaque.
func translucentKey(p []uint8, premultiplied bool) Key {
	if premultiplied {
		return PremultipliedKey(p[0], p[1], p[2], p[3])
	}
	return MakeKey(p[0], p[1], p[2], p[3])
}
