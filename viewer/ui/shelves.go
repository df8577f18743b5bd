package ui

import "image"

// gap is how many pixels are left free between glyphs, so that none is seen at the
// edge of another.
const gap = 2

// Shelves pack rectangles into an area row by row: a shelf is as high as the first
// on it, and later ones stand on the lowest shelf that holds them.
type shelves struct {
	size image.Point // of the area
	used []shelf
	top  int // of the free part below all shelves
}

type shelf struct{ y, height, x int }

// place returns where a rectangle of this size goes, and whether there is room.
func (s *shelves) place(size image.Point) (at image.Point, ok bool) {
	w, h := size.X+gap, size.Y+gap
	if w > s.size.X {
		return image.Point{}, false
	}
	row := s.row(w, h)
	if row == nil {
		if s.top+h > s.size.Y {
			return image.Point{}, false
		}
		s.used = append(s.used, shelf{y: s.top, height: h})
		s.top += h
		row = &s.used[len(s.used)-1]
	}
	at = image.Pt(row.x, row.y)
	row.x += w
	return at, true
}

// row returns the lowest shelf with room, or nil. One more than half as high again
// would be a waste.
func (s *shelves) row(w, h int) *shelf {
	var best *shelf
	for i := range s.used {
		row := &s.used[i]
		fits := row.x+w <= s.size.X && row.height >= h && row.height <= h+h/2
		if fits && (best == nil || row.height < best.height) {
			best = row
		}
	}
	return best
}
