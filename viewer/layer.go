package viewer

import (
	"image/color"
	"math"
	"time"

	"kompress/quantize"
)

// A layer is the picture as it is painted for the screen: all of it at once with few
// samples a pixel, so that it follows the keys, and then, while nothing changes, row
// by row with all.
type layer struct {
	view    view
	of      appearance
	coarse  int // samples of the first painting, to a side
	fine    int // rows from the top that have all samples
	height  int
	painter painter
}

// A painter paints rows of a view where the window draws them from.
type painter interface {
	paint(v *view, from, to, samples int) error

	// budget is how many samples can be painted without anyone waiting.
	budget() int
}

// An appearance is all that makes a difference to what is painted.
type appearance struct {
	picture       *picture
	table         *quantize.Table
	drawing       *Drawing
	place         placement
	width, height int
	split, lit    int
	palette       [256]color.NRGBA
}

// refineTime is for how long rows are refined at a time, between looks at what the
// user does.
const refineTime = 10 * time.Millisecond

// show paints what looks other than before, and says whether it did.
func (l *layer) show(of appearance, p painter) (painted bool, err error) {
	if of == l.of && p == l.painter {
		return false, nil
	}
	if of.picture == nil { // and what was painted may be gone
		*l = layer{of: of}
		return false, nil
	}
	v := &l.view
	if of.place != l.of.place || of.width != l.of.width || of.height != l.of.height || of.picture != l.of.picture {
		v.columns = spans(v.columns, of.place.x, of.place.step, of.width, of.picture.size.X)
		v.rows = spans(v.rows, of.place.y, of.place.step, of.height, of.picture.size.Y)
	}
	l.of, l.painter, l.height = of, p, of.height
	v.picture, v.table, v.drawing, v.palette = of.picture, of.table, of.drawing, of.palette
	v.split, v.lit = of.split, of.lit
	shown := v.pixels()
	l.coarse = max(1, int(math.Sqrt(float64(p.budget())/float64(max(1, shown)))))
	l.fine = 0
	if l.coarse >= v.depth() {
		l.fine = l.height
	}
	return true, p.paint(v, 0, l.height, min(l.coarse, maxSamples))
}

// refine paints some rows with all samples, and says whether some are left.
func (l *layer) refine() (left bool, err error) {
	if l.fine >= l.height {
		return false, nil
	}
	began := time.Now()
	for l.fine < l.height && time.Since(began) < refineTime {
		to := min(l.height, l.fine+l.share())
		if err := l.painter.paint(&l.view, l.fine, to, maxSamples); err != nil {
			return false, err
		}
		l.fine = to
	}
	return l.fine < l.height, nil
}

// share is how many rows are refined at a time: an eighth of what can be painted
// without anyone waiting.
func (l *layer) share() int {
	depth := l.view.depth()
	return max(1, l.painter.budget()/8/max(1, len(l.view.columns)*depth*depth))
}

// pixels returns how many pixels of the screen the picture covers.
func (v *view) pixels() int {
	left, right := extent(v.columns)
	top, bottom := extent(v.rows)
	return (right - left) * (bottom - top)
}

// extent returns the first column or row of the screen that shows something, and that
// after the last.
func extent(spans []span) (first, end int) {
	for first < len(spans) && spans[first].first == spans[first].end {
		first++
	}
	for end = len(spans); end > first && spans[end-1].first == spans[end-1].end; end-- {
	}
	return first, end
}

// depth returns how many pixels of the picture, to a side, a pixel of the screen
// shows at most.
func (v *view) depth() (most int) {
	for _, list := range [][]span{v.columns, v.rows} {
		for _, s := range list {
			most = max(most, int(s.end-s.first))
		}
	}
	return most
}

// appearance returns what is to be painted of the picture now.
func (a *app) appearance() appearance {
	l := &a.layout
	p := a.picture()
	of := appearance{picture: p, width: int(l.width), height: int(l.height)}
	if p == nil {
		return of
	}
	of.place = a.camera.place(p.size, l.image)
	of.split, of.lit = of.width, -1
	r := a.result
	if r == nil {
		return of
	}
	of.drawing = r.drawing
	if a.original {
		return of
	}
	of.table, of.split, of.lit = r.found.Table(), a.splitAt(), a.hovered
	for i, c := range r.found.Palette {
		of.palette[i] = c.(color.NRGBA)
	}
	return of
}
