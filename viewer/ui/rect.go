package ui

// A Rect is a rectangle in pixels of the framebuffer, from its top left.
type Rect struct{ X, Y, W, H float32 }

// Contains tells whether a point is in r. The right and lower edges are not.
func (r Rect) Contains(x, y float32) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}

// Inset returns r with its edges moved in by d pixels, out where d is negative. It is
// empty, not turned inside out, where r is too small for that.
func (r Rect) Inset(d float32) Rect {
	return r.inset(d, d)
}

// inset moves the left and right edges in by dx and the others by dy.
func (r Rect) inset(dx, dy float32) Rect {
	return Rect{r.X + dx, r.Y + dy, max(0, r.W-2*dx), max(0, r.H-2*dy)}
}

// intersect returns what r and s share. Its size is 0 where that is nothing.
func (r Rect) intersect(s Rect) Rect {
	left, top := max(r.X, s.X), max(r.Y, s.Y)
	right, bottom := min(r.X+r.W, s.X+s.W), min(r.Y+r.H, s.Y+s.H)
	return Rect{left, top, max(0, right-left), max(0, bottom-top)}
}

// empty tells whether r has no pixels.
func (r Rect) empty() bool { return !(r.W > 0 && r.H > 0) } // also for a NaN
