package ui

import (
	"image"
	"image/color"
	"math"
	"testing"

	"golang.org/x/image/font/gofont/goregular"
)

// newFont returns a Go font in an atlas that knows no fonts of the system.
func newFont(t testing.TB, pixels float64) (*Atlas, *Font) {
	t.Helper()
	a := NewAtlas()
	a.fallback = newFallback(func() []*systemFont { return nil })
	f, err := a.Font(goregular.TTF, pixels)
	if err != nil {
		t.Fatal(err)
	}
	return a, f
}

// paint draws a list in software, as a Renderer does on the GPU, on a background.
func paint(l *List, width, height int, on color.RGBA) *image.RGBA {
	screen := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		copy(screen.Pix[4*i:], []byte{on.R, on.G, on.B, on.A})
	}
	all := l.appendAll(nil)
	for i := 0; i < len(all); i += 6 {
		paintQuad(screen, l.atlas.pixels, all[i], all[i+5])
	}
	return screen
}

// paintQuad draws the rectangle from a corner to another: all pixels whose middle is
// in it.
func paintQuad(screen *image.RGBA, atlas *image.Alpha, from, to vertex) {
	for y := pixel(from.y); y < pixel(to.y); y++ {
		for x := pixel(from.x); x < pixel(to.x); x++ {
			if !image.Pt(x, y).In(screen.Rect) {
				continue
			}
			s := (float32(x) + 0.5 - from.x) / (to.x - from.x)
			t := (float32(y) + 0.5 - from.y) / (to.y - from.y)
			coverage := atlas.AlphaAt(int(from.u+s*(to.u-from.u)), int(from.v+t*(to.v-from.v))).A
			blend(screen, x, y, from.color, coverage)
		}
	}
}

// pixel returns the first pixel whose middle is not before an edge.
func pixel(edge float32) int { return int(math.Ceil(float64(edge) - 0.5)) }

func blend(screen *image.RGBA, x, y int, c [4]uint8, coverage uint8) {
	alpha := float64(c[3]) / 255 * float64(coverage) / 255
	at := screen.PixOffset(x, y)
	for i := range 3 {
		p := &screen.Pix[at+i]
		*p = uint8(math.Round(float64(*p)*(1-alpha) + float64(c[i])*alpha))
	}
}

var black = color.RGBA{A: 255}

// bounds returns the rectangle of pixels that are not black.
func bounds(screen *image.RGBA) image.Rectangle {
	var drawn image.Rectangle
	for y := range screen.Rect.Dy() {
		for x := range screen.Rect.Dx() {
			if screen.RGBAAt(x, y) != black {
				drawn = drawn.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return drawn
}

// covers tells whether r, rounded outwards, has all of a rectangle of pixels.
func (r Rect) covers(drawn image.Rectangle) bool {
	return drawn.In(image.Rect(int(math.Floor(float64(r.X))), int(math.Floor(float64(r.Y))),
		int(math.Ceil(float64(r.X+r.W))), int(math.Ceil(float64(r.Y+r.H)))))
}

// extent returns the rectangle around all that is in a list.
func extent(l *List) Rect {
	all := l.appendAll(nil)
	if len(all) == 0 {
		return Rect{}
	}
	left, top, right, bottom := all[0].x, all[0].y, all[0].x, all[0].y
	for _, v := range all {
		left, right = min(left, v.x), max(right, v.x)
		top, bottom = min(top, v.y), max(bottom, v.y)
	}
	return Rect{left, top, right - left, bottom - top}
}

// within tells whether all of r is in s. Nothing is in everything.
func (r Rect) within(s Rect) bool { return r == r.intersect(s) || r == Rect{} }
