package imagefile

import (
	"image"
	"image/color"
)

// scanlines is a paletted image as the bytes that a PNG compresses: for each
// row a filter byte and the indices packed to depth bits. Any range of them
// can be made on its own, so that blocks can be worked on at the same time
// and the whole never needs to be in memory.
type scanlines struct {
	m       *image.Paletted
	depth   int
	rowLen  int64 // bytes, with the filter byte
	size    int64 // bytes in all
	place   *[maxPaletteLen]uint8
	filters []filter // of the rows; nil if all have none
}

// newScanlines leaves the palette's order as it is and filters nothing.
func newScanlines(m *image.Paletted) *scanlines {
	depth := depthFor(len(m.Palette))
	rowLen := ceilDiv(int64(m.Rect.Dx())*int64(depth), 8) + 1
	return &scanlines{m: m, depth: depth, rowLen: rowLen, size: rowLen * int64(m.Rect.Dy())}
}

// depthFor returns the fewest bits PNG has for an index below n.
func depthFor(n int) int {
	for _, depth := range []int{1, 2, 4} {
		if n <= 1<<depth {
			return depth
		}
	}
	return 8
}

// palette returns the palette in the order that the scanlines' indices mean.
func (s *scanlines) palette() color.Palette {
	if s.place == nil {
		return s.m.Palette
	}
	p := make(color.Palette, len(s.m.Palette))
	for i, c := range s.m.Palette {
		p[s.place[i]] = c
	}
	return p
}

// A lineMaker makes scanlines for one worker, which keeps its buffers.
type lineMaker struct {
	*scanlines
	above, row []byte
}

// fill makes the bytes that start at offset off.
func (s *lineMaker) fill(dst []byte, off int64) error {
	y, at := int(off/s.rowLen), off%s.rowLen
	for len(dst) > 0 {
		n := int(min(int64(len(dst)), s.rowLen-at))
		if err := s.fillRow(dst[:n], y, int(at)); err != nil {
			return err
		}
		dst, y, at = dst[n:], y+1, 0
	}
	return nil
}

// fillRow makes bytes of row y; at counts from its filter byte.
func (s *lineMaker) fillRow(dst []byte, y, at int) error {
	f := filterNone
	if s.filters != nil {
		f = s.filters[y]
	}
	if at == 0 {
		dst[0] = byte(f)
		dst, at = dst[1:], 1
	}
	if f == filterNone || len(dst) == 0 {
		return s.packed(dst, y, at-1)
	}
	return s.filtered(dst, y, at-1, f)
}

// filtered makes bytes of row y from byte first on, by filter f.
func (s *lineMaker) filtered(dst []byte, y, first int, f filter) error {
	s.row, s.above = resized(s.row, len(dst)+1), resized(s.above, len(dst)+1)
	if err := s.around(s.row, y, first); err != nil {
		return err
	}
	if err := s.around(s.above, y-1, first); err != nil {
		return err
	}
	f.apply(dst, s.row, s.above)
	return nil
}

// around makes bytes of row y, with the one before them or zero. Above the image
// there are zeros.
func (s *lineMaker) around(dst []byte, y, first int) error {
	if y < 0 {
		clear(dst)
		return nil
	}
	if first == 0 {
		dst[0] = 0
		return s.packed(dst[1:], y, 0)
	}
	return s.packed(dst, y, first-1)
}

// packed makes unfiltered bytes of row y from byte first on.
func (s *scanlines) packed(dst []byte, y, first int) error {
	perByte := 8 / s.depth
	from := first * perByte
	to := min(from+len(dst)*perByte, s.m.Rect.Dx())
	indices := s.m.Pix[y*s.m.Stride:][from:to]
	if x := indexNotBelow(indices, len(s.m.Palette)); x >= 0 {
		return badIndex(s.m, from+x, y)
	}
	if s.place == nil {
		pack(dst, indices, s.depth)
		return nil
	}
	if s.depth == 8 {
		for i, v := range indices {
			dst[i] = s.place[v]
		}
		return nil
	}
	packPlaced(dst, indices, s.depth, s.place)
	return nil
}

func resized(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// pack puts the indices into dst, depth bits for each, the first in the high
// bits. The bits after the last are zero.
func pack(dst, indices []uint8, depth int) {
	if depth == 8 {
		copy(dst, indices)
		return
	}
	perByte := 8 / depth
	for i := range dst {
		var b uint8
		group := indices[:min(perByte, len(indices))]
		for _, v := range group {
			b = b<<depth | v
		}
		dst[i] = b << (depth * (perByte - len(group)))
		indices = indices[len(group):]
	}
}

// packPlaced packs what place gives for the indices.
func packPlaced(dst, indices []uint8, depth int, place *[maxPaletteLen]uint8) {
	perByte := 8 / depth
	for i := range dst {
		var b uint8
		group := indices[:min(perByte, len(indices))]
		for _, v := range group {
			b = b<<depth | place[v]
		}
		dst[i] = b << (depth * (perByte - len(group)))
		indices = indices[len(group):]
	}
}
