package explore

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A note is a mark at a point of a chart, and a text beside it.
type note struct {
	x, y  float64
	text  string
	color color.Color // of both
	ring  bool        // the mark is a ring, else a dot
	edge  bool        // the text may be at the left edge, at the height of the point
}

// Notes places texts where they cover neither each other nor, if it can be helped, the
// curve.
type notes struct {
	theme *theme
	list  []note
	clear []line // where no text is, if it can be helped
}

func (n notes) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var taken []vg.Rectangle
	marks := make([]vg.Point, len(n.list))
	for i, note := range n.list {
		marks[i] = vg.Point{X: x(note.x), Y: y(note.y)}
		taken = append(taken, around(marks[i], markRadius))
	}
	var clear []vg.Point
	for _, l := range n.clear {
		clear = append(clear, alongCurve(l.places(c, p))...)
	}
	for i, note := range n.list {
		drawMark(c, marks[i], note)
		size := sizeOfText(n.theme.text(note.color, draw.XLeft, draw.YBottom), note.text)
		box, align := place(c.Rectangle, marks[i], size, taken, clear, note.edge)
		taken = append(taken, box)
		at := vg.Point{X: box.Min.X - vg.Length(align)*size.X, Y: box.Min.Y}
		c.FillText(n.theme.text(note.color, align, draw.YBottom), at, note.text)
	}
}

const markRadius = 4.5

// drawMark draws a dot, or a ring where the point below it is to be seen.
func drawMark(c draw.Canvas, at vg.Point, n note) {
	if !n.ring {
		fillCircle(c, at, markRadius, n.color)
		return
	}
	c.SetColor(n.color)
	c.SetLineWidth(2)
	c.SetLineDash(nil, 0)
	c.Stroke(circle(at, markRadius+1.5))
}

// around returns the room that a mark takes.
func around(at vg.Point, radius vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: at.X - radius, Y: at.Y - radius}, Max: vg.Point{X: at.X + radius, Y: at.Y + radius}}
}

func sizeOfText(s text.Style, t string) vg.Point { return vg.Point{X: s.Width(t), Y: s.Height(t)} }

// alongCurve returns points of a curve close to each other.
func alongCurve(corners []vg.Point) (points []vg.Point) {
	const steps = 12
	for i := range max(0, len(corners)-1) {
		a, b := corners[i], corners[i+1]
		for s := range steps {
			f := vg.Length(s) / steps
			points = append(points, vg.Point{X: a.X + f*(b.X-a.X), Y: a.Y + f*(b.Y-a.Y)})
		}
	}
	return points
}

// place returns where a text of a size goes, near a mark and inside the bounds, and
// how it is aligned there.
func place(bounds vg.Rectangle, mark, size vg.Point, taken []vg.Rectangle, clear []vg.Point, edge bool) (best vg.Rectangle, align text.XAlignment) {
	least := math.Inf(1)
	try := func(min vg.Point, cost float64, side vg.Length) {
		box := vg.Rectangle{Min: min, Max: min.Add(size)}
		if cost += crowded(box, bounds, taken, clear); cost < least {
			best, align, least = box, text.XAlignment(side-1)/2, cost
		}
	}
	if edge {
		try(vg.Point{X: bounds.Min.X + 4, Y: mark.Y + 1}, 0, 1)
	}
	for ring := 1; ring <= 14; ring++ {
		away := vg.Length(ring) * 7
		for i, side := range sides {
			try(vg.Point{
				X: mark.X + side.X*away + (side.X-1)/2*size.X,
				Y: mark.Y + side.Y*away + (side.Y-1)/2*size.Y,
			}, 20*float64(ring)+float64(i), side.X)
		}
	}
	return best, align
}

// sides are where a text may be, as seen from its mark; the first are the best.
var sides = []vg.Point{{X: 1, Y: 1}, {X: 1, Y: 0}, {X: -1, Y: 1}, {X: 0, Y: 1}, {X: -1, Y: 0}, {X: 1, Y: -1}, {X: -1, Y: -1}, {X: 0, Y: -1}}

// crowded says how bad a place is.
func crowded(box, bounds vg.Rectangle, taken []vg.Rectangle, clear []vg.Point) float64 {
	cost := 0.0
	if box.Min.X < bounds.Min.X || box.Max.X > bounds.Max.X || box.Min.Y < bounds.Min.Y || box.Max.Y > bounds.Max.Y {
		cost += 1e6
	}
	for _, t := range taken {
		if box.Min.X < t.Max.X && t.Min.X < box.Max.X && box.Min.Y < t.Max.Y && t.Min.Y < box.Max.Y {
			cost += 1e4
		}
	}
	for _, p := range clear {
		if box.Min.X < p.X && p.X < box.Max.X && box.Min.Y < p.Y && p.Y < box.Max.Y {
			cost += 40
		}
	}
	return cost
}
