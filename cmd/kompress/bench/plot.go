package bench

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"kompress/cmd/kompress/words"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Sizes of a drawing that fills the width of a page of A4.
const (
	pageWidth   = 17 * vg.Centimeter
	panelHeight = 6.2 * vg.Centimeter
	legendWidth = 2.4 * vg.Centimeter
	footHeight  = 0.6 * vg.Centimeter
	perRow      = 3
	textSize    = 8
	dotsPerInch = 300
)

// stageColors tell stages apart in print, and to those who see few colours: they
// differ in lightness, and neighbours much (after Okabe and Ito 2008).
var stageColors = map[string]color.Color{
	Decode:   color.Gray{0xc8},
	Upload:   color.RGBA{0xf0, 0xe4, 0x42, 0xff},
	Count:    color.RGBA{0x00, 0x72, 0xb2, 0xff},
	Cluster:  color.RGBA{0xe6, 0x9f, 0x00, 0xff},
	Map:      color.RGBA{0x00, 0x9e, 0x73, 0xff},
	ReadBack: color.RGBA{0xcc, 0x79, 0xa7, 0xff},
	Encode:   color.Gray{0x70},
}

// lineColors, with a dash and a mark each, are those of a drawing's lines.
var lineColors = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, color.RGBA{0xd5, 0x5e, 0x00, 0xff}, color.RGBA{0x00, 0x9e, 0x73, 0xff},
	color.Black, color.RGBA{0xcc, 0x79, 0xa7, 0xff}, color.RGBA{0xe6, 0x9f, 0x00, 0xff},
}

var lineDashes = [][]vg.Length{nil, {4, 2}, {1, 1.5}, {6, 2, 1, 2}}

var lineMarks = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.SquareGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}, draw.RingGlyph{}, draw.TriangleGlyph{}}

// Plot draws a report's comparison: for each image the times by stage, stacked, and
// how many times as fast an engine is, by size and by k. The format is svg or png.
func Plot(w io.Writer, r *Report, format string) error {
	panels, err := r.panels()
	if err != nil {
		return err
	}
	if len(panels) == 0 {
		return fmt.Errorf("bench: got a report without times, want some to draw")
	}
	rows := (len(panels) + perRow - 1) / perRow
	height := vg.Length(rows)*panelHeight + footHeight
	switch format {
	case "svg":
		c := vgsvg.NewWith(vgsvg.UseWH(pageWidth, height), vgsvg.EmbedFonts(true))
		r.draw(draw.New(c), panels)
		_, err = c.WriteTo(w)
	case "png":
		c := vgimg.NewWith(vgimg.UseWH(pageWidth, height), vgimg.UseDPI(dotsPerInch))
		r.draw(draw.New(c), panels)
		_, err = vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	default:
		return fmt.Errorf("bench: got format %q, want svg or png", format)
	}
	return err
}

// draw puts the panels on a page, and what they were measured on below.
func (r *Report) draw(page draw.Canvas, panels []*plot.Plot) {
	page.SetColor(color.White)
	page.Fill(page.Rectangle.Path())
	foot := newPanel("").Legend.TextStyle
	foot.Font.Size = textSize - 1
	page.FillText(foot, vg.Point{X: 4, Y: 5}, r.foot())
	columns := min(perRow, len(panels))
	width := (pageWidth - legendWidth) / vg.Length(columns)
	for i, p := range panels {
		x, y := vg.Length(i%columns), vg.Length(i/columns)
		height := page.Max.Y - page.Min.Y
		p.Draw(draw.Crop(page, x*width+2, (x+1)*width-pageWidth-4, height-(y+1)*panelHeight+4, -y*panelHeight-4))
	}
	r.stageLegend().Draw(draw.Crop(page, pageWidth-legendWidth, 0, 0, -24))
}

// foot names the machine.
func (r *Report) foot() string {
	text := fmt.Sprintf("%s, %d cores", orUnknown(r.Machine.Processor), r.Machine.Cores)
	for _, e := range r.Engines {
		if e.Engine != "cpu" {
			text += "; " + e.Name
		}
	}
	note := "Medians of each stage. "
	if len(r.others()) > 0 {
		note = "Times as fast: upload to read back. "
	}
	return note + shortened(text+"; kompress "+r.Program, 110)
}

// panels are the parts of the drawing.
func (r *Report) panels() (panels []*plot.Plot, err error) {
	for _, m := range r.Images {
		if m.runs() == 0 {
			continue
		}
		p, err := r.barPanel(m)
		if err != nil {
			return nil, err
		}
		panels = append(panels, p)
	}
	for _, e := range r.others() {
		for _, byK := range []bool{false, true} {
			p, err := r.ratioPanel(e.Engine, byK)
			if err != nil {
				return nil, err
			}
			if p != nil {
				panels = append(panels, p)
			}
		}
	}
	return panels, nil
}

func newPanel(title string) *plot.Plot {
	p := plot.New()
	p.Title.Text = title
	p.Title.TextStyle.Font.Size = textSize + 1
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.TextStyle.Font.Size = textSize
		axis.Tick.Label.Font.Size = textSize
	}
	sans(p)
	p.Legend.TextStyle.Font.Size = textSize
	return p
}

// sans sets every text of a drawing without serifs.
func sans(p *plot.Plot) {
	for _, f := range []*font.Font{
		&p.Title.TextStyle.Font, &p.Legend.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.X.Tick.Label.Font,
		&p.Y.Label.TextStyle.Font, &p.Y.Tick.Label.Font,
	} {
		f.Variant = "Sans"
	}
}

// barPanel stacks the stages' medians, a bar for each k and engine.
func (r *Report) barPanel(m *Image) (*plot.Plot, error) {
	p := newPanel(shortened(words.Printable(filepath.Base(m.Name)), 22) + ", " + megapixels(m.Pixels()))
	var labels []string
	heights := map[string]plotter.Values{}
	unit, scale := "s", 1.0
	if r.tallest(m) < 1 {
		unit, scale = "ms", 1e3
	}
	for _, c := range m.Cases {
		for _, e := range r.Engines {
			labels = append(labels, fmt.Sprintf("%s\n%d", e.Engine, c.K))
			for _, stage := range allStages {
				height := 0.0
				if s := m.stage(c, stage, e.Engine); s != nil && len(s.Seconds) > 0 {
					height = scale * median(s.Seconds)
				}
				heights[stage] = append(heights[stage], height)
			}
		}
	}
	var below *plotter.BarChart
	width := min(16, (pageWidth-legendWidth)/perRow*0.6/vg.Length(len(labels)))
	for _, stage := range allStages {
		bar, err := plotter.NewBarChart(heights[stage], width)
		if err != nil {
			return nil, err
		}
		bar.Color = stageColors[stage]
		bar.LineStyle.Width = 0.3
		if below != nil {
			bar.StackOn(below)
		}
		below = bar
		p.Add(bar)
	}
	p.NominalX(thinned(labels)...)
	p.Y.Label.Text = unit
	p.Y.Min = 0
	p.Y.Tick.Marker = plot.TickerFunc(func(low, high float64) []plot.Tick {
		ticks := plot.DefaultTicks{}.Ticks(low, high)
		for i := range ticks {
			ticks[i].Label = trimZeros(ticks[i].Label)
		}
		return ticks
	})
	p.X.Label.Text = "engine and k"
	p.Y.Max *= 1.05 // lest the tallest touches the title
	return p, nil
}

// tallest returns the height of the highest bar of an image, in seconds.
func (r *Report) tallest(m *Image) (most float64) {
	for _, c := range m.Cases {
		for _, e := range r.Engines {
			if s := m.whole(c, e.Engine); s != nil {
				most = max(most, median(s.Seconds))
			}
		}
	}
	return most
}

// thinned leaves labels out where they would run into each other.
func thinned(labels []string) []string {
	const most = 9
	step := (len(labels) + most - 1) / most
	for i := range labels {
		if i%step != 0 {
			labels[i] = ""
		}
	}
	return labels
}

func shortened(text string, length int) string {
	letters := []rune(text)
	if len(letters) <= length {
		return text
	}
	return "…" + string(letters[len(letters)-length+1:])
}

// stageLegend says which colour is which stage, the uppermost first.
func (r *Report) stageLegend() *plot.Legend {
	l := plot.NewLegend()
	l.Top, l.Left = true, true
	l.TextStyle.Font.Size = textSize
	l.TextStyle.Font.Variant = "Sans"
	for _, stage := range slices.Backward(allStages) {
		if len(r.others()) == 0 && r.Engines[0].Engine == "cpu" && (stage == Upload || stage == ReadBack) {
			continue // it has none
		}
		bar := &plotter.BarChart{Color: stageColors[stage], LineStyle: draw.LineStyle{Color: color.Black, Width: 0.3}}
		l.Add(stage, bar)
	}
	return &l
}

// A point is a ratio in a drawing.
type point struct {
	x float64
	Ratio
}

// ratioPanel draws how many times as fast the engine is as the first, at all that
// engines do: by the size of images, a line for each k, or by k, a line for each
// image. It is nil if there is no ratio.
func (r *Report) ratioPanel(engine string, byK bool) (*plot.Plot, error) {
	lines, names := r.ratioPoints(engine, byK)
	if len(names) == 0 || !byK && !r.oneName() {
		return nil, nil // sizes of different images make no line
	}
	const legible = 8
	if len(names) > legible {
		names = names[:legible]
	}
	p := newPanel(fmt.Sprintf("%s against %s, by size", engine, r.Engines[0].Engine))
	p.Y.Label.Text = "times as fast"
	p.X.Label.Text = "megapixels"
	if byK {
		p.Title.Text = fmt.Sprintf("%s against %s, by k", engine, r.Engines[0].Engine)
		p.X.Label.Text = "k"
	}
	logarithmic(&p.X, lines, func(t point) []float64 { return []float64{t.x} }, true)
	logarithmic(&p.Y, lines, func(t point) []float64 { return []float64{t.Min, t.Max, 1} }, false)
	p.Y.Max *= math.Pow(p.Y.Max/p.Y.Min, min(0.8, 0.1*float64(len(names)))) // room for the legend
	grid := plotter.NewGrid()
	grid.Vertical.Width, grid.Horizontal.Color = 0, color.Gray{0xd8}
	p.Add(grid)
	for i, name := range names {
		if err := addLine(p, i, name, lines[name]); err != nil {
			return nil, err
		}
	}
	even := plotter.NewFunction(func(float64) float64 { return 1 })
	even.Width = 0.8
	p.Add(even)
	p.Legend.Top = true
	return p, nil
}

func (r *Report) ratioPoints(engine string, byK bool) (lines map[string][]point, names []string) {
	lines = map[string][]point{}
	for _, m := range r.Images {
		for _, c := range m.Cases {
			ratio, ok := r.ratio(m, c, compareEngines, engine)
			if !ok {
				continue
			}
			name, x := fmt.Sprintf("k = %d", c.K), float64(m.Pixels())/1e6
			if byK {
				name, x = megapixels(m.Pixels()), float64(c.K)
				if !r.oneName() {
					name = shortened(words.Printable(filepath.Base(m.Name)), 16)
				}
			}
			if lines[name] == nil {
				names = append(names, name)
			}
			lines[name] = append(lines[name], point{x, ratio})
		}
	}
	for _, line := range lines {
		slices.SortStableFunc(line, func(a, b point) int { return int(math.Copysign(1, a.x-b.x)) })
	}
	return lines, names
}

// oneName says whether all images are sizes of one.
func (r *Report) oneName() bool {
	return !slices.ContainsFunc(r.Images, func(m *Image) bool { return m.Name != r.Images[0].Name })
}

// logarithmic makes an axis so, with marks at the data's own values where they are few
// or else at powers of two.
func logarithmic(axis *plot.Axis, lines map[string][]point, values func(point) []float64, own bool) {
	least, most := math.Inf(1), math.Inf(-1)
	var marks []float64
	for _, line := range lines {
		for _, t := range line {
			for _, v := range values(t) {
				least, most = min(least, v), max(most, v)
				marks = append(marks, v)
			}
		}
	}
	axis.Scale = plot.LogScale{}
	axis.Min, axis.Max = least/1.15, most*1.15
	slices.Sort(marks)
	marks = slices.Compact(marks)
	const fits = 7
	if !own || len(marks) > fits {
		marks = nil
		for e := math.Ceil(math.Log2(axis.Min)); e <= math.Log2(axis.Max); e++ {
			marks = append(marks, math.Exp2(e))
		}
	}
	digits := 3
	if own {
		digits = 2 // sizes are not exact
	}
	var ticks plot.ConstantTicks
	for i, v := range marks {
		tick := plot.Tick{Value: v}
		if len(marks) <= fits || i%2 == 0 {
			tick.Label = trimZeros(significant(v, digits))
		}
		ticks = append(ticks, tick)
	}
	axis.Tick.Marker = ticks
}

// trimZeros makes 0.500 of it 0.5.
func trimZeros(number string) string {
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number
}

// addLine draws medians, and how far the ratios reach.
func addLine(p *plot.Plot, i int, name string, points []point) error {
	xys := make(plotter.XYs, len(points))
	for j, t := range points {
		xys[j] = plotter.XY{X: t.x, Y: t.Median}
	}
	line, marks, err := plotter.NewLinePoints(xys)
	if err != nil {
		return err
	}
	c := lineColors[i%len(lineColors)]
	line.Color, line.Width, line.Dashes = c, 1, lineDashes[i%len(lineDashes)]
	marks.Color, marks.Shape, marks.Radius = c, lineMarks[i%len(lineMarks)], 2
	bars, err := plotter.NewYErrorBars(struct {
		plotter.XYer
		plotter.YErrorer
	}{xys, reaches(points)})
	if err != nil {
		return err
	}
	bars.Color, bars.CapWidth = c, 3
	p.Add(bars, line, marks)
	p.Legend.Add(name, line, marks)
	return nil
}

// reaches returns how far ratios are below and above their median.
func reaches(points []point) plotter.YErrors {
	reach := make(plotter.YErrors, len(points))
	for i, t := range points {
		reach[i].Low, reach[i].High = t.Median-t.Min, t.Max-t.Median
	}
	return reach
}
