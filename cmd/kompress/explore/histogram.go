package explore

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// histogramChart has a panel for each channel: they need no colours to be told apart, and
// none hides another.
func (m *Image) histogramChart() *chart {
	c := &chart{id: "histogram", title: "Channel histograms", width: chartWidth, height: 400}
	scale := m.Histogram.most()
	visible := m.Histogram.visible()
	highest := percentText(float64(scale) / float64(max(1, visible)))
	c.caption = "Pixels of each value; heights are square roots, to show what is rare, on one scale: the highest bin has " + highest + " of the pixels." +
		m.clippedText(visible) + " Circles above: the palette, area by share but for the smallest."
	c.alt = "Histograms of the red, the green and the blue channel, with the palette's values above each."
	c.draw = func(dc draw.Canvas, t *theme) {
		channels := []struct {
			name  string
			bins  *[256]uint64
			color color.Color
			of    func(color.NRGBA) uint8
		}{
			{"red", &m.Histogram.Red, t.red, func(c color.NRGBA) uint8 { return c.R }},
			{"green", &m.Histogram.Green, t.green, func(c color.NRGBA) uint8 { return c.G }},
			{"blue", &m.Histogram.Blue, t.blue, func(c color.NRGBA) uint8 { return c.B }},
		}
		rows := make([][]*plot.Plot, len(channels))
		named := false // the highest bin
		for i, ch := range channels {
			title := "Channel histograms in square roots, palette above"
			if i > 0 {
				title = ""
			}
			p := newPlot(t, title, "")
			p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 255, 0, 1.35
			p.X.Tick.Marker = levelAxis{}
			ticks := plot.ConstantTicks{{Value: 0.5, Label: ch.name}}
			if !named && scale > 0 && slices.Contains(ch.bins[:], scale) {
				ticks, named = append(ticks, plot.Tick{Value: 1, Label: highest}), true
			}
			p.Y.Tick.Marker = ticks
			p.Y.Tick.Label.Color = ch.color
			p.Y.Tick.Length, p.Y.Width = 0, 0
			if i == len(channels)-1 {
				p.X.Label.Text = "8-bit value"
			}
			p.Add(bins{ch.bins, scale, ch.color}, rug{m.Palette, ch.of, t.muted})
			rows[i] = []*plot.Plot{p}
		}
		tiles := draw.Tiles{Rows: len(rows), Cols: 1, PadY: 6, PadRight: 12}
		for i, row := range plot.Align(rows, tiles, dc) {
			rows[i][0].Draw(row[0])
		}
	}
	return c
}

// bins are a histogram's, in square roots.
type bins struct {
	values *[256]uint64
	most   uint64 // what is as high as the scale
	color  color.Color
}

func (b bins) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	most := math.Sqrt(float64(max(1, b.most)))
	wide := (x(255) - x(0)) / 255
	var path vg.Path
	path.Move(vg.Point{X: x(0) - wide/2, Y: y(0)})
	for v, n := range b.values {
		top := y(math.Sqrt(float64(n)) / most)
		path.Line(vg.Point{X: x(float64(v)) - wide/2, Y: top})
		path.Line(vg.Point{X: x(float64(v)) + wide/2, Y: top})
	}
	path.Line(vg.Point{X: x(255) + wide/2, Y: y(0)})
	path.Close()
	c.SetColor(b.color)
	c.Fill(path)
}

// most returns the pixels of the highest bin.
func (h *Histogram) most() uint64 {
	return max(slices.Max(h.Red[:]), slices.Max(h.Green[:]), slices.Max(h.Blue[:]))
}

// visible returns the pixels that are counted.
func (h *Histogram) visible() (n uint64) {
	for _, v := range h.Red {
		n += v
	}
	return n
}

// clippedShare is the least share of the pixels at an end of a channel that is told.
const clippedShare = 0.01

// clippedText names the shares at the ends of the channels, where they tell of clipping.
func (m *Image) clippedText(visible uint64) string {
	var list []string
	for _, ch := range []struct {
		name string
		bins *[256]uint64
	}{{"red", &m.Histogram.Red}, {"green", &m.Histogram.Green}, {"blue", &m.Histogram.Blue}} {
		for _, v := range []int{0, 255} {
			if share := float64(ch.bins[v]) / float64(max(1, visible)); share >= clippedShare {
				list = append(list, fmt.Sprintf("%s %d %s", ch.name, v, percentText(share)))
			}
		}
	}
	if len(list) == 0 {
		return ""
	}
	return " At the ends: " + strings.Join(list, ", ") + "."
}

// A rug is the palette's values of a channel, above the axis.
type rug struct {
	palette []Entry
	of      func(color.NRGBA) uint8
	edge    color.Color
}

func (r rug) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	for _, e := range bySize(r.palette) {
		if e.color.A > 0 {
			drawEntry(c, vg.Point{X: x(float64(r.of(e.color))), Y: c.Max.Y - 12}, max(2, entryRadius(e, 11)), e.color, r.edge)
		}
	}
}
