package explore

import (
	"fmt"
	"math"
	"slices"

	"kompress/cmd/kompress/words"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// errorChart shows the error on the axes on which the elbow is defined, with the chord
// that it is farthest from, so that a reader can check it.
func (m *Image) errorChart(points []curvePoint) *chart {
	c := &chart{id: "error", title: "Error against k", width: chartWidth, height: 250}
	c.caption = "Mean squared error (MSE), summed over red, green and blue, in 8-bit levels²."
	c.alt = fmt.Sprintf("Line chart: the mean squared error falls from %s with %d colors to %s with %d.",
		numberText(points[0].mse), points[0].k, numberText(points[len(points)-1].mse), points[len(points)-1].k)
	if m.Elbow.K != nil {
		c.caption += " Elbow (Kneedle, without smoothing): the point farthest below the dashed chord on these axes."
		c.alt += fmt.Sprintf(" The elbow is at %d.", *m.Elbow.K)
	} else {
		c.caption += " No elbow: " + m.Elbow.Reason + "."
	}
	c.draw = func(dc draw.Canvas, t *theme) {
		p := newPlot(t, "Mean squared error against k", "k, colors")
		l := line{color: t.main, width: 2, dots: 2.5}
		for _, v := range points {
			l.x, l.y = append(l.x, float64(v.k)), append(l.y, v.mse)
		}
		kAxis(p, points[0].k, points[len(points)-1].k)
		p.Y.Tick.Marker = niceAxis{5, grouped}
		p.Y.Min, p.Y.Max = 0, 1.05*slices.Max(l.y)
		p.Add(grid{t.grid})
		n := notes{theme: t, clear: []line{l}}
		if i := m.elbowPoint(points); i >= 0 {
			last := len(points) - 1
			chord := line{x: []float64{l.x[0], l.x[last]}, y: []float64{l.y[0], l.y[last]}, color: t.muted, width: 1, dashes: []vg.Length{4, 4}}
			p.Add(chord)
			n.clear = append(n.clear, chord)
			n.list = append(n.list, note{x: l.x[i], y: l.y[i], text: fmt.Sprintf("elbow: k = %d", points[i].k), color: t.mark, ring: true})
		}
		p.Add(l, n)
		p.Draw(dc)
	}
	return c
}

// elbowPoint returns the number of the elbow among the points, -1 for none.
func (m *Image) elbowPoint(points []curvePoint) int {
	if m.Elbow.K == nil {
		return -1
	}
	return slices.IndexFunc(points, func(p curvePoint) bool { return p.k == *m.Elbow.K })
}

// withTargets returns the points and those of the targets, by k, but none of no error:
// its PSNR is infinite.
func (m *Image) withTargets(points []curvePoint) []curvePoint {
	all := slices.Clone(points)
	for _, t := range m.Targets {
		if t.K != nil && !slices.ContainsFunc(all, func(p curvePoint) bool { return p.k == *t.K }) {
			all = append(all, curvePoint{*t.K, *t.MSE, *t.Bytes})
		}
	}
	all = slices.DeleteFunc(all, func(p curvePoint) bool { return p.mse == 0 })
	slices.SortFunc(all, func(a, b curvePoint) int { return a.k - b.k })
	return all
}

// psnrChart shows quality in the unit in which targets are given. A lossless end is not
// on it, for its PSNR is infinite: the caption tells.
func (m *Image) psnrChart(points []curvePoint) *chart {
	last := points[len(points)-1]
	c := &chart{id: "psnr", title: "PSNR against k", width: chartWidth, height: 250}
	c.caption = "Peak signal-to-noise ratio in dB; higher is better."
	if last.mse == 0 {
		c.caption += fmt.Sprintf(" It is infinite, without error, from k = %d on.", last.k)
	}
	for _, t := range m.Targets {
		if t.K == nil {
			c.caption += fmt.Sprintf(" %.0f dB: %s.", t.Want, t.Reason)
		}
	}
	points = m.withTargets(points)
	c.alt = "Line chart of the PSNR against k. " + m.targetsText()
	c.draw = func(dc draw.Canvas, t *theme) {
		p := newPlot(t, "PSNR in dB against k", "k, colors")
		l := line{color: t.main, width: 2, dots: 2.5}
		for _, v := range points {
			l.x, l.y = append(l.x, float64(v.k)), append(l.y, *psnr(v.mse))
		}
		kAxis(p, points[0].k, last.k)
		p.Y.Tick.Marker = niceAxis{5, plainNumber}
		p.Y.Min, p.Y.Max = psnrRange(l.y, m.Targets)
		n := notes{theme: t, clear: []line{l}}
		p.Add(grid{t.grid})
		for _, g := range m.Targets {
			if g.K == nil || g.PSNR == nil {
				continue
			}
			x, y := float64(*g.K), *g.PSNR
			p.Add(line{x: []float64{p.X.Min, x, x}, y: []float64{g.Want, g.Want, p.Y.Min}, color: t.mark, width: 1, dashes: []vg.Length{3, 3}})
			n.list = append(n.list, note{x: x, y: y, text: fmt.Sprintf("%.0f dB: k = %d", g.Want, *g.K), color: t.mark})
		}
		p.Add(l, n)
		p.Draw(dc)
	}
	return c
}

// psnrRange has room for the targets.
func psnrRange(values []float64, targets []Target) (low, high float64) {
	low, high = slices.Min(values), slices.Max(values)
	for _, t := range targets {
		if t.K != nil && t.PSNR != nil {
			low = min(low, t.Want)
		}
	}
	room := 0.12 * (high - low) // for what is written above the last point
	return math.Floor(low/5-0.2) * 5, math.Ceil((high+room)/5+0.2) * 5
}

// targetsText says in words what the chart marks, for those who cannot see it.
func (m *Image) targetsText() string {
	text := ""
	for _, t := range m.Targets {
		if t.K == nil {
			text += fmt.Sprintf("%.0f dB are %s. ", t.Want, t.Reason)
		} else {
			text += fmt.Sprintf("%.0f dB take k = %d. ", t.Want, *t.K)
		}
	}
	return text
}

// marked returns notes of the elbow and the targets, one for each k.
func (m *Image) marked(points []curvePoint, t *theme, at func(curvePoint) (x, y float64)) []note {
	var list []note
	names := map[int]string{}
	var ks []int
	add := func(k int, name string) {
		if names[k] == "" {
			names[k] = name
			ks = append(ks, k)
		} else {
			names[k] += ", " + name
		}
	}
	if m.Elbow.K != nil {
		add(*m.Elbow.K, "elbow")
	}
	for _, g := range m.Targets {
		if g.K != nil {
			add(*g.K, fmt.Sprintf("%.0f dB", g.Want))
		}
	}
	for _, k := range ks {
		i := slices.IndexFunc(points, func(p curvePoint) bool { return p.k == k })
		if i < 0 {
			continue
		}
		x, y := at(points[i])
		list = append(list, note{x: x, y: y, text: fmt.Sprintf("k = %d: %s", k, names[k]), color: t.mark})
	}
	return list
}

// sizeChart shows the cost: files as compress writes them. The axis begins at 0, so that
// twice as high is twice as large.
func (m *Image) sizeChart(points []curvePoint) *chart {
	c := &chart{id: "size", title: "File size against k", width: chartWidth, height: 250}
	c.caption = "Size of the PNG that kompress compress -k writes."
	c.alt = fmt.Sprintf("Line chart: the file grows from %s with %d colors to %s with %d.",
		words.Bytes(points[0].bytes), points[0].k, words.Bytes(points[len(points)-1].bytes), points[len(points)-1].k)
	// The steps in it are where pixels take another bit depth.
	c.caption += " Pixels take 1, 2, 4 or 8 bits: above k = 2, 4 and 16 it may jump."
	c.draw = func(dc draw.Canvas, t *theme) {
		p := newPlot(t, "File size against k", "k, colors")
		all := m.sized(points)
		l := line{color: t.main, width: 2, dots: 2.5}
		for _, v := range all {
			l.x, l.y = append(l.x, float64(v.k)), append(l.y, float64(v.bytes))
		}
		kAxis(p, all[0].k, all[len(all)-1].k)
		p.Y.Tick.Marker = niceAxis{5, byteTicks}
		p.Y.Min, p.Y.Max = 0, 1.05*slices.Max(l.y)
		p.Add(grid{t.grid}, l, notes{theme: t, clear: []line{l}, list: m.marked(all, t, func(v curvePoint) (x, y float64) { return float64(v.k), float64(v.bytes) })})
		p.Draw(dc)
	}
	return c
}

// sized returns the points and the targets', with the lossless end.
func (m *Image) sized(points []curvePoint) []curvePoint {
	all := m.withTargets(points)
	if last := points[len(points)-1]; last.mse == 0 {
		all = append(all, last)
	}
	return all
}

// rateChart leaves k out of the way: quality for size, as encoders are compared.
func (m *Image) rateChart(points []curvePoint) *chart {
	all := m.withTargets(points)
	c := &chart{id: "rate", title: "PSNR against file size", width: chartWidth, height: 250}
	c.caption = "What a byte buys. The numbers are k."
	c.alt = "Line chart of the PSNR against the file size, a dot for each k."
	c.draw = func(dc draw.Canvas, t *theme) {
		p := newPlot(t, "PSNR in dB against file size", "file size, logarithmic")
		l := line{color: t.main, width: 2, dots: 2.5}
		for _, v := range all {
			l.x, l.y = append(l.x, float64(v.bytes)), append(l.y, *psnr(v.mse))
		}
		p.X.Scale = plot.LogScale{}
		low, high := slices.Min(l.x), slices.Max(l.x)
		p.X.Min, p.X.Max = low/2, high*1.3
		p.X.Tick.Marker = sizeAxis{}
		p.Y.Tick.Marker = niceAxis{5, plainNumber}
		p.Y.Min, p.Y.Max = psnrRange(l.y, m.Targets)
		n := notes{theme: t, clear: []line{l}}
		for _, v := range all {
			if text := fmt.Sprint(v.k); v.k&(v.k-1) == 0 {
				if len(n.list) == 0 {
					text = "k = " + text
				}
				n.list = append(n.list, note{x: float64(v.bytes), y: *psnr(v.mse), text: text, color: t.ink})
			}
		}
		p.Add(grid{t.grid}, l, n)
		p.Draw(dc)
	}
	return c
}
