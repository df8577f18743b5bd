package imagefile

// A rowRing holds the packed rows of scanlines that were put last, at most so many.
type rowRing struct {
	*scanlines
	bytes []byte
	rows  int
	zeros []byte // what is above the first row
}

func newRowRing(s *scanlines, rows int) *rowRing {
	r := &rowRing{scanlines: s, bytes: make([]byte, int64(rows)*(s.rowLen-1)), rows: rows}
	if s.filter != filterNone {
		r.zeros = make([]byte, s.rowLen-1)
	}
	return r
}

// put packs the indices of row y, which takes the place of row y-rows.
func (r *rowRing) put(y int, indices []uint8) error { return r.packRow(r.row(y), indices, y) }

// row returns what was packed for row y.
func (r *rowRing) row(y int) []byte {
	n := int(r.rowLen - 1)
	return r.bytes[y%r.rows*n:][:n:n]
}

// above returns the row above row y; above the image there are zeros.
func (r *rowRing) above(y int) []byte {
	if y == 0 {
		return r.zeros
	}
	return r.row(y - 1)
}
