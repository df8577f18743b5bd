package explore

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"kompress/cmd/kompress/words"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Figures are what is shown of an image beside its numbers.
type figures struct {
	*pictures
	previews    [][]byte
	coverage    []Coverage
	green, blue *plane
	points      []point3
}

// charts returns an image's, in the order of the report. Some have nothing to show for
// images that are kept as they are.
func (m *Image) charts() []*chart {
	list := []*chart{}
	if points := curve(m.Sweep); len(points) > 1 {
		list = append(list, m.errorChart(points), m.psnrChart(points), m.sizeChart(points), m.rateChart(points))
	}
	if len(m.Convergence) > 1 {
		list = append(list, m.convergenceChart())
	}
	list = append(list, m.planeCharts()...)
	list = append(list, m.cubeChart("cube-before", false), m.cubeChart("cube-after", true))
	list = append(list, m.histogramChart())
	if m.Distinct > 1 {
		list = append(list, m.coverageChart())
	}
	if m.Error.Max > 0 {
		list = append(list, m.levelsChart())
	}
	return list
}

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
	c.caption += " It jumps where pixels take more bits: above k = 2, 4 and 16."
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

// convergenceChart has an axis that does not begin at 0: seeds are so good that all that
// follows would be one level line.
func (m *Image) convergenceChart() *chart {
	c := &chart{id: "convergence", title: fmt.Sprintf("Convergence for k = %d", m.Result.K), width: chartWidth, height: 250}
	c.caption = "Error of the seeds, after each mini-batch step and before each full pass"
	if m.ErrorUnit == "mse" {
		c.caption += fmt.Sprintf(", as MSE. As a palette of 8-bit colors it is %s.", numberText(m.Result.MSE))
	} else {
		c.caption += ", relative to that of the seeds."
	}
	first, last := m.Convergence[0], m.Convergence[len(m.Convergence)-1]
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

// histogramChart has a panel for each channel: they need no colours to be told apart, and
// none hides another.
func (m *Image) histogramChart() *chart {
	c := &chart{id: "histogram", title: "Channel histograms", width: chartWidth, height: 400}
	c.caption = "Pixels of each value; heights are square roots, to show what is rare. Circles above: the palette, area by share."
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
		for i, ch := range channels {
			title := "Channel histograms in square roots, palette above"
			if i > 0 {
				title = ""
			}
			p := newPlot(t, title, "")
			p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 255, 0, 1.35
			p.X.Tick.Marker = levelAxis{}
			p.Y.Tick.Marker = plot.ConstantTicks{{Value: 0.5, Label: ch.name}}
			p.Y.Tick.Label.Color = ch.color
			p.Y.Tick.Length, p.Y.Width = 0, 0
			if i == len(channels)-1 {
				p.X.Label.Text = "8-bit value"
			}
			p.Add(bins{ch.bins, ch.color}, rug{m.Palette, ch.of, t.muted})
			rows[i] = []*plot.Plot{p}
		}
		tiles := draw.Tiles{Rows: len(rows), Cols: 1, PadY: 6, PadRight: 12}
		for i, row := range plot.Align(rows, tiles, dc) {
			rows[i][0].Draw(row[0])
		}
	}
	return c
}

// A levelAxis has ticks at quarters of 0 to 255.
type levelAxis struct{}

func (levelAxis) Ticks(low, high float64) (ticks []plot.Tick) {
	for _, v := range []float64{0, 64, 128, 192, 255} {
		ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprint(v)})
	}
	return ticks
}

// bins are a histogram's, in square roots.
type bins struct {
	values *[256]uint64
	color  color.Color
}

func (b bins) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	most := math.Sqrt(float64(max(1, slices.Max(b.values[:]))))
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

// bySize returns the largest first, so that the small are drawn over them.
func bySize(palette []Entry) []Entry {
	list := slices.Clone(palette)
	slices.SortStableFunc(list, func(a, b Entry) int { return int(int64(b.Pixels) - int64(a.Pixels)) })
	return list
}

// entryRadius has areas by share, but for the smallest.
func entryRadius(e Entry, most vg.Length) vg.Length {
	return max(1.5, most*vg.Length(math.Sqrt(e.Share)))
}

func drawEntry(c draw.Canvas, at vg.Point, radius vg.Length, fill color.NRGBA, edge color.Color) {
	fillCircle(c, at, radius, opaque(fill))
	c.SetColor(edge)
	c.SetLineWidth(1)
	c.SetLineDash(nil, 0)
	c.Stroke(circle(at, radius))
}

// opaque returns the colour without its alpha. It avoids the placeholders of themes,
// none of which an eye could tell from its neighbour.
func opaque(c color.NRGBA) color.NRGBA {
	c.A = 255
	for i := range roles {
		if c == placeholder(i) {
			c.B++
		}
	}
	return c
}

// A corner is a name at the upper end of the vertical axis.
type corner struct {
	theme *theme
	name  string
}

func (n corner) Plot(c draw.Canvas, p *plot.Plot) {
	c.FillText(n.theme.text(n.theme.muted, draw.XLeft, draw.YTop), vg.Point{X: c.Min.X + 8, Y: c.Max.Y - 3}, n.name)
}

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
		for _, v := range m.figures.coverage {
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
				x, y := float64(v.Colors), coverageAt(m.figures.coverage, v.Colors)
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
	c.alt = fmt.Sprintf("Line chart: half of the pixels are off by more than %.1f levels, one in a hundred by more than %.1f, none by more than %.1f.", m.Error.Median, m.Error.P99, m.Error.Max)
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

// planeCharts are those of the notebook, before and after side by side.
func (m *Image) planeCharts() []*chart {
	var list []*chart
	for _, after := range []bool{false, true} {
		for _, v := range []struct {
			name  string
			plane *plane
			of    func(color.NRGBA) uint8
		}{
			{"green", m.figures.green, func(c color.NRGBA) uint8 { return c.G }},
			{"blue", m.figures.blue, func(c color.NRGBA) uint8 { return c.B }},
		} {
			list = append(list, m.planeChart(v.name, v.plane, v.of, after))
		}
	}
	return list
}

// planeChart draws the points as one picture: a few hundred thousand would be too much
// for a browser.
func (m *Image) planeChart(name string, pl *plane, of func(color.NRGBA) uint8, after bool) *chart {
	when, what := "before", "each point in its own color"
	if after {
		when, what = "after", "each in the color of its cluster; circles are the palette, area by share"
	}
	c := &chart{id: "red-" + name + "-" + when, width: chartWidth, height: 366}
	c.title = fmt.Sprintf("Red and %s, %s", name, when)
	c.caption = plural(m.Distinct, "color") + ", " + what + "."
	c.alt = fmt.Sprintf("Scatter plot of the image's colors %s: red to the right, %s up, %s.", when, name, what)
	raster := pl.image(after)
	c.draw = func(dc draw.Canvas, t *theme) {
		p := newPlot(t, c.title, "red")
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -2, 257, -2, 257
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
	for _, v := range bySize(e.palette) {
		if v.color.A > 0 {
			at := vg.Point{X: x(float64(v.color.R)), Y: y(float64(e.up(v.color)))}
			drawEntry(c, at, max(3, entryRadius(v, 30)), v.color, e.edge)
		}
	}
}
