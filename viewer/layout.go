package viewer

import (
	"math"

	"kompress/viewer/ui"
)

// A layout is where things are in the window, in pixels of the framebuffer.
type layout struct {
	width, height float32
	scale         float32 // 1 is 96 dots an inch
	line          float32 // height of a line of controls
	gap           float32

	lines   int     // of the strip, at least: it does not shrink until the window changes
	strip   ui.Rect // at the top: the list and what is known
	list    ui.Rect // the drop-down list, in the strip
	bottom  ui.Rect // slider and palette
	slider  ui.Rect
	palette ui.Rect
	area    ui.Rect // what is left: where the picture fits
	cloud   ui.Rect // of the area; empty if there is none
	image   ui.Rect // the rest of the area
}

// fonts are at the size that the scale asks for.
type fonts struct {
	text, bold *ui.Font
	smaller    []*ui.Font // than text, for help, which has to fit
}

// A label is a piece of what the strip shows.
type label struct {
	text  string
	color ui.Color
	room  string // a text it is as wide as at least, so that its neighbours stay where they are
}

// arrange finds where everything goes, for a strip with these labels.
func (a *app) arrange(width, height, scale float32, labels []label) {
	l := &a.layout
	lines := l.lines
	if width != l.width || scale != l.scale {
		lines = 0
	}
	*l = layout{width: width, height: height, scale: scale}
	l.gap = round(8 * scale)
	l.line = round(a.fonts.text.Height() + 8*scale)
	l.list = ui.Rect{X: l.gap, Y: l.gap / 2, W: min(round(240*scale), width-2*l.gap), H: l.line}
	l.lines = max(lines, a.flow(labels, nil))
	l.strip = ui.Rect{W: width, H: float32(l.lines)*l.line + l.gap}
	rows := 2*l.line + l.gap
	l.bottom = ui.Rect{Y: height - rows - l.gap, W: width, H: rows + l.gap}
	l.slider = ui.Rect{X: l.gap + round(64*scale), Y: l.bottom.Y + l.gap/2, W: 0, H: l.line}
	l.slider.W = max(0, width-l.slider.X-l.gap)
	l.palette = ui.Rect{X: l.gap, Y: l.slider.Y + l.line + l.gap/2, W: max(0, width-2*l.gap), H: l.line}
	l.area = ui.Rect{Y: l.strip.H, W: width, H: max(1, l.bottom.Y-l.strip.H)}
	l.image = l.area
	switch a.cloud.mode {
	case cloudBeside:
		half := round(width / 2)
		l.image.W = half
		l.cloud = ui.Rect{X: half, Y: l.area.Y, W: width - half, H: l.area.H}
	case cloudAlone:
		l.cloud = l.area
	}
}

// flow lays the labels out in lines behind and below the list, calls place for each,
// unless it is nil, and returns how many lines there are. In a low window the last
// labels are left out, lest there be no room for the picture.
func (a *app) flow(labels []label, place func(ui.Rect, label)) (lines int) {
	l := &a.layout
	x, y := l.list.X+l.list.W+2*l.gap, l.list.Y
	lines = 1
	for _, item := range labels {
		w := ceil(max(a.fonts.text.Width(item.text), a.fonts.text.Width(item.room)))
		if x+w > l.width-l.gap && x > l.gap {
			if float32(lines+1)*l.line > l.height/3 {
				break
			}
			x, y = l.gap, y+l.line
			lines++
		}
		if place != nil {
			place(ui.Rect{X: x, Y: y, W: min(w, l.width-l.gap-x), H: l.line}, item)
		}
		x += w + 2*l.gap
	}
	return lines
}

// round keeps edges on whole pixels, where they are sharp.
func round(v float32) float32 { return floor(v + 0.5) }

func floor(v float32) float32 { return float32(math.Floor(float64(v))) }

func ceil(v float32) float32 { return float32(math.Ceil(float64(v))) }
