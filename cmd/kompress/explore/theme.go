package explore

import (
	"bytes"
	"fmt"
	"image/color"
	"regexp"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"gonum.org/v1/plot"
)

// A theme has the colours of a chart's parts.
type theme struct {
	ink, muted, grid, ground, main, mark, red, green, blue color.Color
	titled                                                 bool // the title is drawn, for there is no page around the chart
	handler                                                text.Handler
}

// roles are the colours of a theme, by their names in the page's style sheet, and what
// they are on white.
var roles = []struct {
	name  string
	of    func(t *theme) *color.Color
	light color.NRGBA
}{
	{"--ink", func(t *theme) *color.Color { return &t.ink }, color.NRGBA{0x1b, 0x1f, 0x24, 255}},
	{"--muted", func(t *theme) *color.Color { return &t.muted }, color.NRGBA{0x57, 0x60, 0x6a, 255}},
	{"--grid", func(t *theme) *color.Color { return &t.grid }, color.NRGBA{0xdd, 0xe1, 0xe6, 255}},
	{"--ground", func(t *theme) *color.Color { return &t.ground }, color.NRGBA{0xdf, 0xe2, 0xe6, 255}},
	{"--main", func(t *theme) *color.Color { return &t.main }, color.NRGBA{0x00, 0x5f, 0xa3, 255}},
	{"--mark", func(t *theme) *color.Color { return &t.mark }, color.NRGBA{0xb3, 0x4a, 0x00, 255}},
	{"--red", func(t *theme) *color.Color { return &t.red }, color.NRGBA{0xb4, 0x2b, 0x2b, 255}},
	{"--green", func(t *theme) *color.Color { return &t.green }, color.NRGBA{0x1a, 0x7f, 0x37, 255}},
	{"--blue", func(t *theme) *color.Color { return &t.blue }, color.NRGBA{0x2b, 0x5f, 0xd9, 255}},
}

// onWhite is the theme of charts in files of their own.
func onWhite() *theme {
	t := &theme{titled: true, handler: plot.DefaultTextHandler}
	for _, r := range roles {
		*r.of(t) = r.light
	}
	return t
}

// inPage is the theme of charts in the page. Its colours are placeholders, which are
// replaced by the names in the style sheet: a chart is in the page once, for light and
// dark.
func inPage() *theme {
	t := &theme{handler: anchored{plot.DefaultTextHandler}}
	for i, r := range roles {
		*r.of(t) = placeholder(i)
	}
	return t
}

// placeholder is a colour that no palette entry is drawn with, see opaque.
func placeholder(i int) color.Color { return color.NRGBA{0xfe, 0x01, uint8(0x80 + 8*i), 255} }

// svgColor is what the SVG canvas writes for a colour.
func svgColor(c color.Color) string {
	r, g, b, a := c.RGBA()
	scale := 255 / float64(a)
	return fmt.Sprintf("#%02X%02X%02X", int(float64(r)*scale), int(float64(g)*scale), int(float64(b)*scale))
}

// A chart is a plot, drawn the same way for the page and for a file.
type chart struct {
	id      string // in names of files, too
	title   string
	caption string
	alt     string
	width   float64 // in CSS pixels where the page has room, and points in a file
	height  float64
	draw    func(c draw.Canvas, t *theme)
}

// The sizes of text let it be read when a chart is scaled down to a phone's 336 pixels.
const (
	chartWidth = 384
	textSize   = 13
)

const margin = 5

// svg returns the chart for the page.
func (c *chart) svg() (string, error) {
	canvas := vgsvg.NewWith(vgsvg.UseWH(vg.Length(c.width), vg.Length(c.height)))
	c.draw(draw.Crop(draw.New(canvas), margin, -margin, margin, -margin), inPage())
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", fmt.Errorf("chart %s: %w", c.id, err)
	}
	return pageSVG(b.String(), c), nil
}

// pageSVG makes an SVG file a part of the page.
func pageSVG(text string, c *chart) string {
	_, text, _ = strings.Cut(text, "<svg ")
	_, text, _ = strings.Cut(text, ">")
	var swaps []string
	for i, r := range roles {
		swaps = append(swaps, svgColor(placeholder(i)), "var("+r.name+")")
	}
	swaps = append(swaps,
		"font-family:Liberation Sans;font-variant:normal;font-weight:normal;font-style:normal;", "",
		"\n\tstyle=", " style=",
		"xlink:href=\"data:image/jpg;", "preserveAspectRatio=\"none\" href=\"data:image/png;",
	)
	text = strings.NewReplacer(swaps...).Replace(text)
	text = anchors.ReplaceAllString(text, `<text text-anchor="$2" $1>`)
	return fmt.Sprintf(`<svg class="chart %s" role="img" aria-label="%s" viewBox="0 0 %.5g %.5g" style="max-width:%.5gpx">%s`,
		c.id, escapeAttribute(c.alt), c.width, c.height, 1.25*c.width, strings.TrimSpace(text))
}

var attributes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;")

func escapeAttribute(s string) string { return attributes.Replace(s) }

// fileDPI is the resolution of a chart in a file; its sizes are points there.
const fileDPI = 144

// file returns the chart as a PNG.
func (c *chart) file() ([]byte, error) {
	height := c.height + 24 // for the title
	canvas := vgimg.NewWith(vgimg.UseWH(vg.Length(c.width), vg.Length(height)), vgimg.UseDPI(fileDPI))
	c.draw(draw.Crop(draw.New(canvas), margin, -margin, margin, -margin), onWhite())
	var b bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: canvas}).WriteTo(&b); err != nil {
		return nil, fmt.Errorf("chart %s: %w", c.id, err)
	}
	return b.Bytes(), nil
}

func sans(size float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: font.Length(size)}
}

// text returns the style of a text, by where the point that it is drawn at is.
func (t *theme) text(c color.Color, x text.XAlignment, y text.YAlignment) text.Style {
	return text.Style{Color: c, Font: sans(textSize), XAlign: x, YAlign: y, Handler: t.handler}
}

// Anchored draws texts for browsers, which may have other fonts: a text is aligned by
// the browser, and has room for wider letters.
type anchored struct{ text.Handler }

// widest is how wide texts may be in fonts that a browser could fall back on, for one
// in the font that they are measured in.
const widest = 1.16

func (a anchored) Box(txt string, f font.Font) (width, height, depth vg.Length) {
	width, height, depth = a.Handler.Box(txt, f)
	return widest * width, height, depth
}

// Anchors are put before a text, for pageSVG to replace: the canvas cannot say it.
const anchorMark = "\x01"

func (a anchored) Draw(c vg.Canvas, txt string, s text.Style, at vg.Point) {
	face := a.Cache().Lookup(s.Font, s.Font.Size)
	at.Y += s.Height(txt)*vg.Length(s.YAlign) - face.Extents().Ascent + s.Font.Size
	c.SetColor(s.Color)
	switch s.XAlign {
	case text.XCenter:
		txt = anchorMark + "middle" + anchorMark + txt
	case text.XRight:
		txt = anchorMark + "end" + anchorMark + txt
	}
	c.FillString(face, at, txt)
}

var anchors = regexp.MustCompile("<text ([^>]*)>" + anchorMark + "([a-z]+)" + anchorMark)

// newPlot returns a plot with light axes. What the vertical one shows is in the title:
// a text on its side is hard to read.
func newPlot(t *theme, title, x string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	if t.titled {
		p.Title.Text = title
	}
	p.TextHandler = t.handler
	p.Title.TextStyle = t.text(t.ink, draw.XCenter, draw.YTop)
	p.Title.Padding = 6
	p.X.Label.Text = x
	p.X.Label.TextStyle = t.text(t.muted, draw.XCenter, draw.YBottom)
	p.X.Label.Padding = 2
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color, a.Width, a.Padding = t.muted, 1, 0
		a.Tick.Label = t.text(t.muted, a.Tick.Label.XAlign, a.Tick.Label.YAlign)
		a.Tick.Color, a.Tick.Width, a.Tick.Length = t.muted, 1, 4
	}
	return p
}
