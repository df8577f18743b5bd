package quantize

import (
	"image"

	"kompress/kmeans"
)

// A pointRow is a row of an image.
type pointRow struct {
	at    []kmeans.Point
	alpha []uint8
	index []uint8 // the nearest entries
}

func newPointRow(width int) *pointRow {
	return &pointRow{make([]kmeans.Point, width), make([]uint8, width), make([]uint8, width)}
}

// A pointReader reads rows. It belongs to one goroutine.
type pointReader struct {
	piece         func(x, y, n int) []uint8 // as a rowReader's, the first pixel being at 0, 0
	premultiplied bool
	space         Space
	table         *Table
	recent        []recentPoint // by a hash of the pixel
}

// A recentPoint is a pixel that was converted not long ago.
type recentPoint struct {
	pixel uint32
	known bool
	at    kmeans.Point
}

const recentBits = 12

// newPointReader reads an image.
func newPointReader(m image.Image, space Space, t *Table) *pointReader {
	rows, from := newRowReader(m), m.Bounds().Min
	return &pointReader{
		piece:         func(x, y, n int) []uint8 { return rows.piece(from.X+x, from.Y+y, n) },
		premultiplied: rows.premultiplied,
		space:         space, table: t, recent: make([]recentPoint, 1<<recentBits),
	}
}

// read reads row y of the image, the first one being 0.
func (r *pointReader) read(row *pointRow, y int) {
	for x := 0; x < len(row.at); x += pieceWidth {
		n := min(pieceWidth, len(row.at)-x)
		pix := r.piece(x, y, n)
		r.table.mapRow(row.index[x:x+n], pix, r.premultiplied)
		at, alpha := row.at[x:x+n], row.alpha[x:x+n]
		for i := range at {
			p := pix[4*i : 4*i+4 : 4*i+4]
			at[i], alpha[i] = r.point(p), p[3]
		}
	}
}

func (r *pointReader) point(p []uint8) kmeans.Point {
	if r.space == SRGB && p[3] == 255 {
		return kmeans.Point{uint16(p[0]) << srgbShift, uint16(p[1]) << srgbShift, uint16(p[2]) << srgbShift}
	}
	v := uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16 | uint32(p[3])<<24
	recent := &r.recent[v*0x9e3779b1>>(32-recentBits)]
	if !recent.known || recent.pixel != v {
		*recent = recentPoint{v, true, r.space.point(keyAt(p, r.premultiplied))}
	}
	return recent.at
}
