package viewer

import (
	"image"
	"math"

	"kompress/viewer/ui"
)

// A camera says which part of the picture is seen, and how large.
type camera struct {
	fit  bool    // the whole picture is, as large as it fits
	zoom float64 // pixels of the screen for one of the picture; of no meaning if fit
	x, y float64 // what point of the picture is in the middle of the area; likewise
}

// A placement is where a picture lies on the screen: its point at the upper left
// corner of the window, and how much of it a pixel of the screen has.
type placement struct {
	x, y float64
	step float64 // 1 / zoom
}

const (
	maxZoom  = 64
	zoomStep = 1.1892071150027210667 // a quarter of a doubling
)

// minZoom lets a picture shrink to a few pixels, or to the size that fits.
func minZoom(size image.Point, area ui.Rect) float64 {
	return min(16/float64(max(size.X, size.Y, 1)), fitZoom(size, area), 1)
}

// fitZoom enlarges no picture beyond whole pixels that fit, for those of a small one
// are to be seen as squares.
func fitZoom(size image.Point, area ui.Rect) float64 {
	zoom := min(float64(area.W)/float64(max(size.X, 1)), float64(area.H)/float64(max(size.Y, 1)))
	zoom = max(zoom, 1/65536.0)
	if zoom > 1 {
		zoom = min(math.Floor(zoom), maxZoom)
	}
	return zoom
}

// zoomIn returns the zoom that is in effect in an area of the screen.
func (c *camera) zoomIn(size image.Point, area ui.Rect) float64 {
	if c.fit {
		return fitZoom(size, area)
	}
	return c.zoom
}

// place returns where the picture lies. At whole numbers of pixels a pixel, the
// picture's are those of the screen.
func (c *camera) place(size image.Point, area ui.Rect) placement {
	zoom := c.zoomIn(size, area)
	x, y := c.x, c.y
	if c.fit {
		x, y = float64(size.X)/2, float64(size.Y)/2
	}
	left := snap(float64(area.X)+float64(area.W)/2-x*zoom, zoom)
	top := snap(float64(area.Y)+float64(area.H)/2-y*zoom, zoom)
	return placement{-left / zoom, -top / zoom, 1 / zoom}
}

// snap puts an edge of the picture on a pixel of the screen.
func snap(edge, zoom float64) float64 {
	if zoom >= 1 {
		return math.Round(edge)
	}
	return edge
}

// at returns the point of the picture that is under one of the screen.
func (p placement) at(x, y float64) (float64, float64) { return p.x + x*p.step, p.y + y*p.step }

// zoomAbout changes the zoom so that what is under a point of the screen stays there.
func (c *camera) zoomAbout(zoom, screenX, screenY float64, size image.Point, area ui.Rect) {
	x, y := c.place(size, area).at(screenX, screenY)
	zoom = max(minZoom(size, area), min(maxZoom, zoom))
	c.fit, c.zoom = false, zoom
	c.x = x - (screenX-float64(area.X)-float64(area.W)/2)/zoom
	c.y = y - (screenY-float64(area.Y)-float64(area.H)/2)/zoom
	c.clamp(size)
}

// wheel zooms in or out by clicks of the wheel, and stops at 1:1 on its way.
func (c *camera) wheel(clicks, screenX, screenY float64, size image.Point, area ui.Rect) {
	old := c.zoomIn(size, area)
	zoom := old * math.Pow(zoomStep, clicks)
	if math.Abs(zoom-1) < 1e-6 || old != 1 && (old < 1) != (zoom < 1) {
		zoom = 1
	}
	c.zoomAbout(zoom, screenX, screenY, size, area)
}

// actualSize shows a pixel of the picture as one of the screen.
func (c *camera) actualSize(size image.Point) {
	if c.fit || c.zoom == 1 { // a second time it brings the middle back
		c.x, c.y = float64(size.X)/2, float64(size.Y)/2
	}
	c.fit, c.zoom = false, 1
}

// pan moves the picture by pixels of the screen.
func (c *camera) pan(dx, dy float64, size image.Point, area ui.Rect) {
	if c.fit {
		c.zoomAbout(fitZoom(size, area), 0, 0, size, area)
	}
	c.x -= dx / c.zoom
	c.y -= dy / c.zoom
	c.clamp(size)
}

// clamp keeps some of the picture in the middle of the area.
func (c *camera) clamp(size image.Point) {
	c.x = max(0, min(float64(size.X), c.x))
	c.y = max(0, min(float64(size.Y), c.y))
}

// A span is the columns, or rows, of the picture that a column or row of the screen
// shows: from first up to, and without, end. An empty one shows nothing.
type span struct{ first, end int32 }

// spans returns those of n columns or rows of the screen, of which the first begins
// at a point of the picture. Where the picture is enlarged each shows one.
func spans(dst []span, origin, step float64, n, size int) []span {
	dst = dst[:0]
	for i := range n {
		first := math.Floor(origin + float64(i)*step)
		end := math.Floor(origin + float64(i+1)*step)
		if step <= 1 {
			first = math.Floor(origin + (float64(i)+0.5)*step)
			end = first + 1
		}
		first, end = max(0, first), min(float64(size), max(first+1, end))
		if first >= end {
			first, end = 0, 0
		}
		dst = append(dst, span{int32(first), int32(end)})
	}
	return dst
}

// sample returns the j-th of n places, spread evenly over a span that has at least
// as many.
func (s span) sample(j, n int) int {
	return int(s.first) + (2*j+1)*int(s.end-s.first)/(2*n)
}
