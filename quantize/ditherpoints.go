package quantize

import "image"

// A pointRow is a row of an image.
type pointRow struct {
	pix   []uint8    // 4 bytes a pixel, as a rowReader reads them
	at    [][4]int32 // the points
	index []uint8    // the nearest entries
}

func newPointRow(width int) *pointRow {
	return &pointRow{make([]uint8, 4*width), make([][4]int32, width), make([]uint8, width)}
}

// A pointReader reads rows. It belongs to one goroutine.
type pointReader struct {
	rows   *rowReader
	bounds image.Rectangle
	space  Space
	table  *Table
	recent []recentPoint // by a hash of the pixel
}

// A recentPoint is a pixel that was converted not long ago.
type recentPoint struct {
	pixel uint32
	known bool
	at    [4]int32
}

const recentBits = 12

func newPointReader(m image.Image, space Space, t *Table) *pointReader {
	return &pointReader{newRowReader(m), m.Bounds(), space, t, make([]recentPoint, 1<<recentBits)}
}

// read reads row y of the image, the first one being 0.
func (r *pointReader) read(row *pointRow, y int) {
	for x := 0; x < len(row.at); x += pieceWidth {
		n := min(pieceWidth, len(row.at)-x)
		copy(row.pix[4*x:], r.rows.piece(r.bounds.Min.X+x, r.bounds.Min.Y+y, n))
	}
	r.table.mapRow(row.index, row.pix, r.rows.premultiplied)
	for x := range row.at {
		row.at[x] = r.point(row.pix[4*x : 4*x+4 : 4*x+4])
	}
}

func (r *pointReader) point(p []uint8) [4]int32 {
	if r.space == SRGB && p[3] == 255 {
		return [4]int32{int32(p[0]) << srgbShift, int32(p[1]) << srgbShift, int32(p[2]) << srgbShift}
	}
	v := uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16 | uint32(p[3])<<24
	recent := &r.recent[v*0x9e3779b1>>(32-recentBits)]
	if !recent.known || recent.pixel != v {
		k := opaqueKey(p[0], p[1], p[2])
		if p[3] != 255 {
			k = translucentKey(p, r.rows.premultiplied)
		}
		*recent = recentPoint{v, true, wide(r.space.point(k))}
	}
	return recent.at
}
