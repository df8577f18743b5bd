package explore

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// convergenceChart has an axis that does not begin at 0: seeds are so good that all that
// follows would be one level line.
func (m *Image) convergenceChart() *chart {
	c := &chart{id: "convergence", title: fmt.Sprintf("Convergence for k = %d", m.Result.K), width: chartWidth, height: 250}
	c.caption = "Error of the seeds, which have been relocated already where that helps, after each mini-batch step and before each full pass"
	if m.ErrorUnit == "mse" {
		c.caption += fmt.Sprintf(", as MSE. With the centroids rounded to 8 bits, and each color given to the nearest of them, it is %s.", numberText(m.Result.MSE))
	} else {
		c.caption += ", relative to that of the seeds."
	}
	first, last := m.Convergence[0], m.lastStage()
	if change := 1 - last.Error/first.Error; change >= 0 {
		c.caption += " The axis does not begin at 0: from the seeds on the error falls by " + percentText(change) + "."
	} else {
		c.caption += " The axis does not begin at 0: from the seeds on the error rises by " + percentText(-change) + "."
	}
	c.alt = fmt.Sprintf("Line chart: the error goes from %s with the seeds to %s in %d mini-batch steps and %d full passes.",
		numberText(first.Error), numberText(last.Error), m.Result.Steps, m.Result.Passes)
	c.draw = func(dc draw.Canvas, t *theme) {
		p := newPlot(t, c.title+": error", "mini-batch steps, then full passes")
		steps, passes := m.stages(t)
		all := append(slices.Clone(steps.y), passes.y...)
		low, high := slices.Min(all), slices.Max(all)
		room := max(0.12*(high-low), 1e-9*high, 1e-12)
		p.Y.Min, p.Y.Max = max(0, low-room), high+2*room
		p.Y.Tick.Marker = niceAxis{5, plainNumber}
		const named = 0.32 // of the width, that the name of the passes takes
		p.X.Min, p.X.Max = -0.5, max(1, passes.x[len(passes.x)-1]+0.5, steps.x[len(steps.x)-1]/(1-named))
		p.X.Tick.Marker = niceAxis{8, wholeNumber}
		p.Add(grid{t.grid})
		if len(steps.x) > 1 {
			at := steps.x[len(steps.x)-1]
			p.Add(line{x: []float64{at, at}, y: []float64{p.Y.Min, p.Y.Max}, color: t.muted, width: 1, dashes: []vg.Length{4, 4}})
		}
		p.Add(steps, passes, phases{t, len(steps.x) > 1, steps.x[len(steps.x)-1]})
		p.Draw(dc)
	}
	return c
}

// lastStage returns the last of the clustering, before colours were rounded.
func (m *Image) lastStage() Convergence {
	last := m.Convergence[0]
	for _, s := range m.Convergence {
		if s.Kind != kindPalette {
			last = s
		}
	}
	return last
}

// wholeNumber leaves out what is between two steps.
func wholeNumber(v, step float64) string {
	if v != math.Trunc(v) {
		return ""
	}
	return plainNumber(v, 1)
}

// stages returns the two phases as lines that meet: the error that a pass finds is that
// of the centroids it was given.
func (m *Image) stages(t *theme) (steps, passes line) {
	steps = line{color: t.main, width: 2, dots: 2.5}
	passes = line{color: t.mark, width: 2, dots: 2.5}
	for _, s := range m.Convergence {
		switch s.Kind {
		case kindSeeds, kindBatch:
			steps.x, steps.y = append(steps.x, float64(s.Number)), append(steps.y, s.Error)
		case kindPass:
			passes.x, passes.y = append(passes.x, float64(m.Result.Steps+s.Number-1)), append(passes.y, s.Error)
		}
	}
	return steps, passes
}

// Phases writes their names to the top.
type phases struct {
	theme *theme
	steps bool
	at    float64
}

func (h phases) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	t := h.theme
	right := t.text(t.mark, draw.XLeft, draw.YTop)
	at := vg.Point{X: c.Max.X - right.Width("full passes"), Y: c.Max.Y}
	if !h.steps {
		c.FillText(right, at, "full passes")
		return
	}
	at.X = min(x(h.at)+6, at.X)
	c.FillText(right, at, "full passes")
	at.X = min(x(h.at), at.X) - 6
	if left := t.text(t.main, draw.XRight, draw.YTop); at.X-left.Width("mini-batch") > c.Min.X {
		c.FillText(left, at, "mini-batch")
	}
}
