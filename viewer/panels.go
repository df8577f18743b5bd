package viewer

import (
	"fmt"
	"image/color"
	"math"
	"path/filepath"
	"strings"

	"kompress/quantize"
	"kompress/viewer/ui"
)

// labels are what the strip shows, the most important first. There are always as many,
// and they have room for what they may show, so that the picture stays where it is.
func (a *app) labels() []label {
	size, zoom := "", ""
	p := a.picture()
	if p != nil {
		size = fmt.Sprintf("%d × %d", p.size.X, p.size.Y)
		zoom = fmt.Sprintf("zoom %.4g %%", 100*a.camera.zoomIn(p.size, a.layout.image))
	}
	list := []label{
		{text: fmt.Sprintf("%d of %d", a.at+1, len(a.files)), color: ui.Dim},
		{text: size, color: ui.Foreground, room: "0000 × 0000"},
	}
	list = append(list, a.resultLabels(p)...)
	return append(list,
		label{text: a.engineText(), color: ui.Foreground, room: engineRoom},
		label{text: spaceNames[a.settings.space], color: ui.Foreground, room: "Oklab"},
		label{text: zoom, color: ui.Dim, room: "zoom 00.00 %"},
		label{text: framesText(a.pace.rate()), color: ui.Dim, room: "000 fps"},
		label{text: fmt.Sprintf("seed %d", a.settings.seed), color: ui.Dim},
		label{text: "H: help", color: ui.Dim})
}

// resultLabels tell about the result, dimmed while a newer one is to come.
func (a *app) resultLabels(p *picture) []label {
	c := ui.Foreground
	if a.stage != "" {
		c = ui.Dim
	}
	list := []label{
		{color: c, room: "000 000 distinct colors"},
		{color: c, room: "256 used"},
		{color: c, room: "PSNR 00.00 dB"},
		{color: c, room: "000.0 ms"},
		{room: "000.0 kB, 00.0 % smaller"},
	}
	if a.result == nil {
		return list
	}
	q := a.result.found
	list[0].text = colorsText(a.result.counts.Distinct())
	list[1].text = fmt.Sprintf("%d used", len(q.Palette))
	list[2].text = decibels(quantize.PSNR(q.MSE))
	list[3].text = milliseconds(a.result.took)
	list[4] = a.sizeLabel(p)
	if a.original {
		list[1].text, list[1].color = "original", ui.Accent
	}
	return list
}

// sizeLabel gives the size of the file, with a question mark while that is of an
// older result, or not known yet.
func (a *app) sizeLabel(p *picture) label {
	l := label{text: "file …", color: ui.Dim, room: "000.0 kB, 00.0 % smaller"}
	e := a.encoding
	switch {
	case e == nil || e.data == nil && e.err == nil:
		return l
	case e.err != nil:
		l.text, l.color = "file: "+e.err.Error(), ui.Warning
		return l
	}
	size := int64(len(e.data))
	l.text = fmt.Sprintf("%s, %s", bytesText(size), saving(p.bytes, size))
	if e.of == a.result && a.isFresh() {
		l.color = ui.Foreground
		if size > p.bytes {
			l.color = ui.Warning
		}
	} else {
		l.text += " ?"
	}
	return l
}

// engineRoom is for devices of names up to that length.
const engineRoom = "GPU: NVIDIA RTX 0000"

func (a *app) engineText() string {
	if a.settings.gpu {
		return a.fonts.text.Fit("GPU: "+a.engine.device, a.fonts.text.Width(engineRoom), true)
	}
	return fmt.Sprintf("CPU: %d threads", threads())
}

// build puts all but the picture into the list of what is drawn, and does what the
// mouse does to it.
func (a *app) build(in ui.Input, width, height, scale float32) {
	labels := a.labels()
	image := a.layout.image
	if a.arrange(width, height, scale, labels); a.layout.image != image {
		labels = a.labels() // the zoom may be another
	}
	u := a.ui
	u.Begin(in, width, height, scale)
	a.splitLine(u)
	a.cloudLabels(u)
	u.Panel(a.layout.strip, ui.Background)
	a.imageList(u)
	a.flow(labels, func(r ui.Rect, l label) { u.Label(r, l.text, l.color) })
	u.Panel(a.layout.bottom, ui.Background)
	a.slider(u)
	a.swatches(u, in)
	a.notices(u)
	if a.help {
		a.helpPanel(u)
	}
	u.End()
}

// splitLine is where the original ends and the result begins.
func (a *app) splitLine(u *ui.UI) {
	if a.picture() == nil || a.layout.image.W == 0 || a.cloud.mode == cloudAlone || a.original {
		return
	}
	l := &a.layout
	x, middle := float32(a.splitAt()), l.area.Y+l.area.H/2
	u.List.Fill(ui.Rect{X: x - 2*l.scale, Y: l.area.Y, W: 4 * l.scale, H: l.area.H}, ui.RGBA(0, 0, 0, 90))
	u.List.Fill(ui.Rect{X: x - l.scale, Y: l.area.Y, W: 2 * l.scale, H: l.area.H}, ui.RGBA(255, 255, 255, 220))
	grip := ui.Rect{X: x - 5*l.scale, Y: middle - 18*l.scale, W: 10 * l.scale, H: 36 * l.scale}
	u.List.Fill(grip.Inset(-l.scale), ui.RGBA(0, 0, 0, 120))
	u.List.Fill(grip, ui.RGBA(255, 255, 255, 255))
}

// splitAt returns the first column of the screen that shows the result.
func (a *app) splitAt() int {
	return int(a.layout.image.X + a.split*a.layout.image.W + 0.5)
}

func (a *app) imageList(u *ui.UI) {
	names := a.listNames()
	chosen, changed := u.Dropdown("images", a.layout.list, a.name(), names, a.at)
	if changed {
		a.turnTo(chosen)
	} else if !u.IsOpen() && a.layout.list.Contains(u.Input.X, u.Input.Y) {
		u.Tooltip(u.Input.X, u.Input.Y, a.file())
	}
}

// listNames returns the files' names, with the folders that they do not share.
func (a *app) listNames() []string {
	if len(a.names) == len(a.files) {
		return a.names
	}
	a.names = make([]string, len(a.files))
	common := filepath.Dir(a.files[0])
	for _, file := range a.files {
		common = shared(common, filepath.Dir(file))
	}
	for i, file := range a.files {
		name, err := filepath.Rel(common, file)
		if err != nil {
			name = file
		}
		a.names[i] = name
	}
	return a.names
}

// shared returns the innermost folder that two are in, or are.
func shared(a, b string) string {
	for a != b && a != "." && a != filepath.Dir(a) {
		if len(a) < len(b) {
			a, b = b, a
		}
		a = filepath.Dir(a)
	}
	return a
}

// reason leaves out the file's name, which is beside it.
func (a *app) reason(err error) string {
	return strings.TrimPrefix(err.Error(), a.file()+": ")
}

// slider changes k: twice as many colours are an eighth of its way, for at few
// colours each one counts.
func (a *app) slider(u *ui.UI) {
	l := &a.layout
	u.Label(ui.Rect{X: l.gap, Y: l.slider.Y, W: l.slider.X - l.gap, H: l.line}, fmt.Sprintf("k = %d", a.settings.colors), ui.Foreground)
	v, changed := u.Slider("k", l.slider, sliderOf(a.settings.colors))
	if changed {
		a.setColors(colorsOf(v))
	}
	if notches := u.Input.Wheel; notches != 0 && l.slider.Contains(u.Input.X, u.Input.Y) && !u.IsOpen() {
		a.setColors(a.settings.colors + int(math.Copysign(math.Ceil(math.Abs(float64(notches))), float64(notches))))
	}
}

func sliderOf(colors int) float32 { return float32(math.Log2(float64(colors)) / 8) }

func colorsOf(v float32) int { return int(math.Round(math.Exp2(float64(v) * 8))) }

// swatches are the palette, each entry as wide as its share of the pixels.
func (a *app) swatches(u *ui.UI, in ui.Input) {
	a.hovered = -1
	if a.result == nil {
		return
	}
	q, r := a.result.found, a.layout.palette
	edges := shares(q.Counts, int(r.W))
	for i, c := range q.Palette {
		s := ui.Rect{X: r.X + float32(edges[i]), Y: r.Y, W: float32(edges[i+1] - edges[i]), H: r.H}
		n := c.(color.NRGBA)
		if n.A != 255 {
			checkerboard(u.List, s)
		}
		u.List.Fill(s, ui.RGBA(n.R, n.G, n.B, n.A))
		if s.Contains(in.X, in.Y) && !in.Down {
			a.hovered = i
		}
	}
	u.List.Frame(r.Inset(-1), 1, ui.RGBA(128, 128, 128, 90)) // black ones end somewhere
	if a.hovered >= 0 {
		a.swatchTip(u, in, edges)
	}
}

// checkerboard is what translucent colours lie on.
func checkerboard(l *ui.List, r ui.Rect) {
	l.Fill(r, ui.RGBA(153, 153, 153, 255))
	side := max(1, floor(r.H/2))
	for x, dark := r.X, false; x < r.X+r.W; x, dark = x+side, !dark {
		square := ui.Rect{X: x, Y: r.Y, W: min(side, r.X+r.W-x), H: side}
		if dark {
			square.Y += side
		}
		l.Fill(square, ui.RGBA(102, 102, 102, 255))
	}
}

// shares divides so many pixels of the screen among counts: the edges of each, which
// add up whatever is rounded.
func shares(counts []uint64, width int) []int {
	edges := make([]int, len(counts)+1)
	total, sum := 0.0, 0.0
	for _, n := range counts {
		total += float64(n)
	}
	for i, n := range counts {
		sum += float64(n)
		edges[i+1] = int(math.Round(sum / max(1, total) * float64(width)))
	}
	return edges
}

func (a *app) swatchTip(u *ui.UI, in ui.Input, edges []int) {
	r, i := a.layout.palette, a.hovered
	u.List.Frame(ui.Rect{X: r.X + float32(edges[i]), Y: r.Y, W: float32(edges[i+1] - edges[i]), H: r.H}, max(1, 2*a.layout.scale), ui.Foreground)
	u.TooltipAbove(in.X, a.layout.bottom.Y, a.swatchText(i)...)
}

// swatchText gives an entry's colour and its share of the pixels.
func (a *app) swatchText(i int) []string {
	q := a.result.found
	c := q.Palette[i].(color.NRGBA)
	hex := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	if c.A != 255 {
		hex += fmt.Sprintf(", alpha %d", c.A)
	}
	share := 100 * float64(q.Counts[i]) / float64(max(1, a.result.counts.Pixels()))
	return []string{hex, fmt.Sprintf("%.3g %% of the pixels", share)}
}

// notices are what lies over the picture: what is waited for, why there is no
// picture, and messages.
func (a *app) notices(u *ui.UI) {
	e := a.entry()
	switch {
	case e == nil:
		a.card(u, a.name(), fmt.Sprintf("Reading … %.0f %%", 100*a.reading))
	case e.err != nil:
		a.card(u, a.name(), "Cannot be shown: "+a.reason(e.err))
	case a.failure != nil:
		a.card(u, a.name(), "Cannot be compressed: "+a.reason(a.failure))
	case a.result == nil && a.stage != "":
		a.toast(u, a.stage+" …", ui.Foreground)
	}
	if a.message.text != "" {
		c := ui.Foreground
		if a.message.warning {
			c = ui.Warning
		}
		a.toast(u, a.message.text, c)
	}
}
