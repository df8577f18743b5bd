package imagefile

import (
	"fmt"
	"image"
	"image/color"
)

// scanlines says how a paletted image becomes the bytes that a PNG compresses: for each
// row a filter byte and the indices packed to depth bits, filtered. Any range of them
// can be made on its own, so that blocks can be worked on at the same time and the
// whole never needs to be in memory.
type scanlines struct {
	size    image.Point
	palette color.Palette
	depth   int
	rowLen  int64 // bytes, with the filter byte
	length  int64 // bytes in all
	place   *[maxPaletteLen]uint8
	filter  filter // of all rows, or filterChosen
}

// newScanlines leaves the palette's order as it is and filters nothing.
func newScanlines(size image.Point, p color.Palette) *scanlines {
	s := layScanlines(size, depthFor(len(p)))
	s.palette = p
	return s
}

func layScanlines(size image.Point, depth int) *scanlines {
	rowLen := ceilDiv(mul(int64(size.X), int64(depth)), 8) + 1
	return &scanlines{size: size, depth: depth, rowLen: rowLen, length: mul(rowLen, int64(size.Y))}
}

// depthFor returns the fewest bits PNG has for an index below n.
func depthFor(n int) int {
	for _, depth := range depths[:3] {
		if n <= 1<<depth {
			return depth
		}
	}
	return 8
}

var depths = [...]int{1, 2, 4, 8}

// inOrder returns the palette in the order that the scanlines' indices mean.
func (s *scanlines) inOrder() color.Palette {
	if s.place == nil {
		return s.palette
	}
	p := make(color.Palette, len(s.palette))
	for i, c := range s.palette {
		p[s.place[i]] = c
	}
	return p
}

// rows returns the first and the last row of which there are bytes among those from
// from up to to.
func (s *scanlines) rows(from, to int64) (first, last int) {
	return int(from / s.rowLen), int((to - 1) / s.rowLen)
}

// packRow packs the indices of row y.
func (s *scanlines) packRow(dst, indices []uint8, y int) error {
	if x := indexNotBelow(indices, len(s.palette)); x >= 0 {
		return badIndex(indices[x], x, y, len(s.palette))
	}
	switch {
	case s.place == nil:
		pack(dst, indices, s.depth)
	case s.depth == 8:
		for i, v := range indices[:len(dst)] {
			dst[i] = s.place[v]
		}
	default:
		packPlaced(dst, indices, s.depth, s.place)
	}
	return nil
}

func badIndex(index uint8, x, y, colors int) error {
	return fmt.Errorf("%w: index %d at (%d, %d), there are %d colors", ErrPalette, index, x, y, colors)
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
