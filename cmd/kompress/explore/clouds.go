package explore

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A corner is a name at the upper end of the vertical axis.
type corner struct {
	theme *theme
	name  string
}

func (n corner) Plot(c draw.Canvas, p *plot.Plot) {
	c.FillText(n.theme.text(n.theme.muted, draw.XLeft, draw.YTop), vg.Point{X: c.Min.X + 8, Y: c.Max.Y - 3}, n.name)
}

// planeCharts are those of the notebook, before and after side by side.
func (m *Image) planeCharts() []*chart {
	var list []*chart
	for _, after := range []bool{false, true} {
		for _, v := range []struct {
			name string
			view planeView
			of   func(color.NRGBA) uint8
		}{{"green", m.figures.green, green}, {"blue", m.figures.blue, blue}} {
			list = append(list, m.planeChart(v.name, v.view, v.of, after))
		}
	}
	return list
}

// planeMargin is room for circles at the edges, in levels, so that they are whole and
// cover no numbers.
const planeMargin = 14

// planeChart draws the points as one picture: a few hundred thousand would be too much
// for a browser.
func (m *Image) planeChart(name string, v planeView, of func(color.NRGBA) uint8, after bool) *chart {
	when, what, raster := "before", "each point in its own color", v.before
	if after {
		when, what, raster = "after", "each in the color of its cluster; circles are the palette, area by share but for the smallest and the largest", v.after
	}
	c := &chart{id: "red-" + name + "-" + when, width: chartWidth, height: 366}
	c.title = fmt.Sprintf("Red and %s, %s", name, when)
	c.caption = plural(m.Distinct, "color") + ", " + what + "."
	c.alt = fmt.Sprintf("Scatter plot of the image's colors %s: red to the right, %s up, %s.", when, name, what)
	c.draw = func(dc draw.Canvas, t *theme) {
		p := newPlot(t, c.title, "red")
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -planeMargin, 255+planeMargin, -planeMargin, 255+planeMargin
		p.X.Tick.Marker, p.Y.Tick.Marker = levelAxis{}, levelAxis{}
		p.Add(ground{t.ground}, plotter.NewImage(raster, -0.5, -0.5, 255.5, 255.5))
		if after {
			p.Add(entries{m.Palette, of, t.ink})
		}
		p.Add(corner{t, name})
		p.Draw(draw.Crop(dc, 0, -6, 0, -6))
	}
	return c
}

// entries are the palette on a plane.
type entries struct {
	palette []Entry
	up      func(color.NRGBA) uint8
	edge    color.Color
}

func (e entries) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	least := vg.Length(3)
	if len(e.palette) > 64 { // else they hide each other, and the points
		least = 2
	}
	for _, v := range bySize(e.palette) {
		if v.color.A > 0 {
			at := vg.Point{X: x(float64(v.color.R)), Y: y(float64(e.up(v.color)))}
			drawEntry(c, at, min(max(least, entryRadius(v, 30)), planeMargin), v.color, e.edge)
		}
	}
}
