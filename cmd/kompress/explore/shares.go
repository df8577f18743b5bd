package explore

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// coverageChart shows how far the image is from having few colours already.
func (m *Image) coverageChart() *chart {
	c := &chart{id: "colors", title: "Distinct colors", width: chartWidth, height: 250}
	c.caption = "Share of the pixels that the n commonest colors have."
	c.alt = "Line chart of the share of the pixels against the number of the commonest colors."
	for _, v := range m.Coverage {
		c.alt += fmt.Sprintf(" %.0f %% take %s.", 100*v.Share, groupedInt(int64(v.Colors)))
	}
	c.draw = func(dc draw.Canvas, t *theme) {
		p := newPlot(t, "Share of the pixels that the n commonest colors have", "n, colors")
		l := line{color: t.main, width: 2}
		for _, v := range m.CoverageCurve {
			l.x, l.y = append(l.x, float64(v.Colors)), append(l.y, v.Share)
		}
		p.X.Scale = plot.LogScale{}
		p.X.Min, p.X.Max = 1, float64(m.Distinct)
		p.X.Tick.Marker = powerAxis{10, shortCount}
		if m.Distinct < 100 {
			p.X.Tick.Marker = powerAxis{2, shortCount}
		}
		p.Y.Min, p.Y.Max = 0, 1.09
		p.Y.Tick.Marker = niceAxis{5, percents}
		n := notes{theme: t, clear: []line{l}}
		for i, v := range m.Coverage {
			if i+1 < len(m.Coverage) && m.Coverage[i+1].Colors == v.Colors {
				continue // one mark for both
			}
			if v.Colors > 1 {
				x, y := float64(v.Colors), coverageAt(m.CoverageCurve, v.Colors)
				p.Add(line{x: []float64{1, x, x}, y: []float64{y, y, 0}, color: t.mark, width: 1, dashes: []vg.Length{3, 3}})
				n.list = append(n.list, note{x: x, y: y, color: t.mark, edge: true, text: fmt.Sprintf("%.0f %%: %s", 100*v.Share, groupedInt(int64(v.Colors)))})
			}
		}
		p.Add(l, n)
		p.Draw(dc)
	}
	return c
}

// coverageAt returns the height of the curve.
func coverageAt(curve []Coverage, colors int) float64 {
	i, _ := slices.BinarySearchFunc(curve, colors, func(c Coverage, n int) int { return c.Colors - n })
	i = min(i, len(curve)-1)
	if i == 0 || curve[i].Colors == colors {
		return curve[i].Share
	}
	a, b := curve[i-1], curve[i]
	f := math.Log(float64(colors)/float64(a.Colors)) / math.Log(float64(b.Colors)/float64(a.Colors))
	return a.Share + f*(b.Share-a.Share)
}

// shortCount has room under an axis.
func shortCount(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.0fM", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%.0fk", v/1e3)
	}
	return fmt.Sprintf("%.0f", v)
}

// levelsChart shows whether an error is spread thin or hurts a few pixels much, which the
// MSE cannot tell.
func (m *Image) levelsChart() *chart {
	c := &chart{id: "levels", title: "How large the errors are", width: chartWidth, height: 250}
	c.caption = "Share of the pixels whose error is above a level. A pixel's error is the root of its mean squared error over the channels, in 8-bit levels."
	c.alt = "Line chart: " + m.Error.Spread() + "."
	c.draw = func(dc draw.Canvas, t *theme) {
		p := newPlot(t, "Share of the pixels whose error is above a level", "error, 8-bit levels")
		l := line{color: t.main, width: 2}
		end := max(2, math.Ceil(1.25*m.Error.P999))
		for _, v := range m.Error.Levels {
			if float64(v.Level) <= end {
				l.x, l.y = append(l.x, float64(v.Level)), append(l.y, v.Above)
			}
		}
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, end, 0, 1
		p.X.Tick.Marker = niceAxis{7, plainNumber}
		p.Y.Tick.Marker = niceAxis{5, percents}
		n := notes{theme: t, clear: []line{l}}
		if visibleLevel <= end && visibleLevel < len(m.Error.Levels) {
			n.list = append(n.list, note{x: visibleLevel, y: m.Error.Above, color: t.mark, text: fmt.Sprintf("%s above %d", percentText(m.Error.Above), visibleLevel)})
		}
		p.Add(grid{t.grid}, l, n)
		p.Draw(dc)
	}
	return c
}
