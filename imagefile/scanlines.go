package imagefile

import (
	"fmt"
	"image"
)

// scanlines is a paletted image as the bytes that a PNG compresses: for each
// row a filter byte and the indices packed to depth bits. Any range of them
// can be made on its own, so that blocks can be worked on at the same time
// and the whole never needs to be in memory.
//
// All rows have filter 0, none: neighboring indices are not near in color,
// so differences between them compress worse than they do.
type scanlines struct {
	m      *image.Paletted
	depth  int
	rowLen int64 // bytes, with the filter byte
	size   int64 // bytes in all
}

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

// fill makes the bytes that start at offset off.
func (s *scanlines) fill(dst []byte, off int64) error {
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
func (s *scanlines) fillRow(dst []byte, y, at int) error {
	if at == 0 {
		dst[0] = 0
		dst, at = dst[1:], 1
	}
	perByte := 8 / s.depth
	first := (at - 1) * perByte
	last := min(first+len(dst)*perByte, s.m.Rect.Dx())
	row := s.m.Pix[y*s.m.Stride:]
	indices := row[first:last]
	if x := indexNotBelow(indices, len(s.m.Palette)); x >= 0 {
		return fmt.Errorf("%w: index %d at (%d, %d), there are %d colors", ErrPalette,
			indices[x], s.m.Rect.Min.X+first+x, s.m.Rect.Min.Y+y, len(s.m.Palette))
	}
	pack(dst, indices, s.depth)
	return nil
}

// indexNotBelow returns where the first index is that is not below n, or -1.
func indexNotBelow(indices []uint8, n int) int {
	if n >= maxPaletteLen {
		return -1
	}
	for x, v := range indices {
		if int(v) >= n {
			return x
		}
	}
	return -1
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
