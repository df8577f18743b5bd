package explore

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A niceAxis has about count ticks at round values.
type niceAxis struct {
	count float64
	text  func(v, step float64) string
}

func (n niceAxis) Ticks(low, high float64) (ticks []plot.Tick) {
	step := niceStep((high - low) / n.count)
	for v := math.Ceil(low/step-1e-9) * step; v <= high+step*1e-9; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: n.text(v, step)})
	}
	return ticks
}

// niceStep returns the least of 1, 2 and 5 times a power of ten that is not below.
func niceStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= least*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

func plainNumber(v, step float64) string {
	digits := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	return strconv.FormatFloat(v+0, 'f', digits, 64) // 0 is added to lose the sign of -0
}

// grouped is for axes whose values may be large.
func grouped(v, step float64) string {
	if step < 1 {
		return plainNumber(v, step)
	}
	return groupedInt(int64(math.Round(v)))
}

// percents is for axes of shares.
func percents(v, step float64) string { return plainNumber(100*v, 100*step) + " %" }

// byteTicks has as many digits as it takes to tell neighbouring ticks apart.
func byteTicks(v, step float64) string {
	switch {
	case v == 0:
		return "0"
	case step >= 1e6 || v >= 1e6:
		return plainNumber(v/1e6, min(1e6, step)/1e6) + " MB"
	case step >= 1e3 || v >= 1e3:
		return plainNumber(v/1e3, min(1e3, step)/1e3) + " kB"
	}
	return plainNumber(v, step) + " B"
}

// A powerAxis has ticks at powers of a number.
type powerAxis struct {
	base int
	text func(v float64) string
}

// mostPowers bounds their labels, which stand side by side.
const mostPowers = 8

func (a powerAxis) Ticks(low, high float64) (ticks []plot.Tick) {
	base := float64(a.base)
	from, to := math.Ceil(math.Log(low)/math.Log(base)-1e-9), math.Floor(math.Log(high)/math.Log(base)+1e-9)
	stride := math.Ceil((to - from + 1) / mostPowers)
	for e := from; e <= to; e++ {
		t := plot.Tick{Value: math.Pow(base, e)}
		if math.Mod(e-from, stride) == 0 {
			t.Label = a.text(t.Value)
		}
		ticks = append(ticks, t)
	}
	return ticks
}

// kAxis makes the horizontal axis that of k.
func kAxis(p *plot.Plot, low, high int) {
	p.X.Scale = plot.LogScale{}
	p.X.Tick.Marker = powerAxis{2, func(v float64) string { return fmt.Sprint(v) }}
	p.X.Min, p.X.Max = float64(low), float64(max(high, low+1))
}

// A grid draws a line at each labelled tick of the vertical axis.
type grid struct{ color color.Color }

func (g grid) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if t.Label != "" {
			c.StrokeLine2(draw.LineStyle{Color: g.color, Width: 1}, c.Min.X, y(t.Value), c.Max.X, y(t.Value))
		}
	}
}

// A ground fills the plot's area, so that neither the darkest nor the lightest points
// are lost on the page.
type ground struct{ color color.Color }

func (g ground) Plot(c draw.Canvas, p *plot.Plot) {
	c.SetColor(g.color)
	c.Fill(c.Rectangle.Path())
}

// A line joins points, with a dot at each where dots are wanted.
type line struct {
	x, y   []float64
	color  color.Color
	width  vg.Length
	dashes []vg.Length
	dots   vg.Length // radius; 0 for none
}

func (l line) Plot(c draw.Canvas, p *plot.Plot) {
	at := l.places(c, p)
	if l.width > 0 {
		c.StrokeLines(draw.LineStyle{Color: l.color, Width: l.width, Dashes: l.dashes}, at)
	}
	if l.dots > 0 {
		for _, v := range at {
			fillCircle(c, v, l.dots, l.color)
		}
	}
}

func (l line) places(c draw.Canvas, p *plot.Plot) []vg.Point {
	x, y := p.Transforms(&c)
	at := make([]vg.Point, len(l.x))
	for i := range at {
		at[i] = vg.Point{X: x(l.x[i]), Y: y(l.y[i])}
	}
	return at
}

// fillCircle draws a dot.
func fillCircle(c draw.Canvas, at vg.Point, radius vg.Length, fill color.Color) {
	c.SetColor(fill)
	c.Fill(circle(at, radius))
}

func circle(at vg.Point, radius vg.Length) vg.Path {
	var path vg.Path
	path.Move(vg.Point{X: at.X + radius, Y: at.Y})
	path.Arc(at, radius, 0, 2*math.Pi)
	path.Close()
	return path
}

// A levelAxis has ticks at quarters of 0 to 255.
type levelAxis struct{}

func (levelAxis) Ticks(low, high float64) (ticks []plot.Tick) {
	for _, v := range []float64{0, 64, 128, 192, 255} {
		ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprint(v)})
	}
	return ticks
}

// A sizeAxis has ticks at 1, 2 and 5 times powers of ten.
type sizeAxis struct{}

func (sizeAxis) Ticks(low, high float64) (ticks []plot.Tick) {
	for power := math.Pow(10, math.Floor(math.Log10(low))); power <= high; power *= 10 {
		for _, m := range []float64{1, 2, 5} {
			v := m * power
			if v < low || v > high {
				continue
			}
			t := plot.Tick{Value: v, Label: byteTicks(v, power)}
			if m != 1 && high/low > 30 {
				t.Label = ""
			}
			ticks = append(ticks, t)
		}
	}
	return ticks
}
