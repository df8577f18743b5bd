package imagefile

import "kompress/imagefile/squeeze"

// piece is how much of a row tells which filter suits it.
const piece = 1 << 11

// A lineMaker makes scanlines of the rows in a ring, for one worker, which keeps its
// buffers.
type lineMaker struct {
	*rowRing
	out []byte // a piece of a row, filtered
}

func newLineMaker(r *rowRing) *lineMaker { return &lineMaker{rowRing: r} }

// fill makes the bytes that start at offset off. Their rows have to be in the ring, and
// the one above the first.
func (l *lineMaker) fill(dst []byte, off int64) {
	y, at := int(off/l.rowLen), int(off%l.rowLen)
	for len(dst) > 0 {
		n := int(min(int64(len(dst)), l.rowLen-int64(at)))
		l.fillRow(dst[:n], y, at)
		dst, y, at = dst[n:], y+1, 0
	}
}

// fillRow makes bytes of row y; at counts from its filter byte.
func (l *lineMaker) fillRow(dst []byte, y, at int) {
	row := l.row(y)
	if l.filter == filterNone {
		if at == 0 {
			dst[0] = byte(filterNone)
			dst, at = dst[1:], 1
		}
		copy(dst, row[at-1:])
		return
	}
	above := l.above(y)
	f := l.filter
	if f == filterChosen {
		f = l.choose(row, above)
	}
	if at == 0 {
		dst[0] = byte(f)
		dst, at = dst[1:], 1
	}
	f.applyAt(dst, row, above, at-1)
}

// choose returns the filter that leaves the least entropy of a row, or of the middle of
// a long one.
func (l *lineMaker) choose(row, above []byte) filter {
	n := min(piece, len(row))
	if l.out == nil {
		l.out = make([]byte, n)
	}
	first := (len(row) - n) / 2
	least, best := int64(-1), filterNone
	for _, f := range []filter{filterNone, filterSub, filterUp, filterPaeth} {
		f.applyAt(l.out, row, above, first)
		if e := entropy(l.out); least < 0 || e < least {
			least, best = e, f
		}
	}
	return best
}

// entropy returns the bits, in 1/65536, that the bytes take if each is coded for
// itself. There are at most piece of them. There are four tables for a byte is often
// like the one before, whose count would have to be awaited: it takes a third of the time.
func entropy(b []byte) int64 {
	sum := squeeze.NLog2N(uint32(len(b)))
	var c0, c1, c2, c3 [256]uint16
	for ; len(b) >= 4; b = b[4:] {
		c0[b[0]]++
		c1[b[1]]++
		c2[b[2]]++
		c3[b[3]]++
	}
	for _, v := range b {
		c0[v]++
	}
	for i, n := range c0 {
		sum -= squeeze.NLog2N(uint32(n + c1[i] + c2[i] + c3[i]))
	}
	return sum
}
