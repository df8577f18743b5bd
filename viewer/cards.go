package viewer

import (
	"strings"

	"kompress/viewer/ui"
)

// card is a panel in the middle of the area: a title and a text, in lines that fit.
func (a *app) card(u *ui.UI, title, text string) {
	l := &a.layout
	width := min(l.width-2*l.gap, round(640*l.scale))
	inner := width - 4*l.gap
	lines := wrap(a.fonts.text, text, inner)
	height := float32(len(lines)+1)*l.line + 3*l.gap
	r := ui.Rect{X: round((l.width - width) / 2), Y: round(l.area.Y + (l.area.H-height)/2), W: width, H: height}
	u.Panel(r, ui.Background)
	at := ui.Rect{X: r.X + 2*l.gap, Y: r.Y + l.gap, W: inner, H: l.line}
	u.List.Text(a.fonts.bold, at.X, at.Y+(l.line-a.fonts.bold.Height())/2, a.fonts.bold.Fit(title, inner, false), ui.Foreground)
	at.Y += l.gap
	for _, line := range lines {
		at.Y += l.line
		u.Label(at, line, ui.Foreground)
	}
}

// wrap breaks a text between words where it gets too wide, and in them if need be.
func wrap(f *ui.Font, text string, width float32) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if longer := strings.TrimSpace(line + " " + word); f.Width(longer) <= width || line == "" && f.Width(word) <= width {
			line = longer
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for f.Width(word) > width && len(word) > 1 {
			n := fitting(f, word, width)
			lines, word = append(lines, word[:n]), word[n:]
		}
		line = word
	}
	return append(lines, line)
}

// fitting returns how many bytes of whole runes of a word fit, at least one rune.
func fitting(f *ui.Font, word string, width float32) (n int) {
	for i, r := range word {
		if i > 0 && f.Width(word[:i+len(string(r))]) > width {
			return i
		}
	}
	return len(word)
}

// toast is a line above the palette.
func (a *app) toast(u *ui.UI, text string, c ui.Color) {
	l := &a.layout
	lines := wrap(a.fonts.text, text, l.width-6*l.gap)
	width := float32(0)
	for _, line := range lines {
		width = max(width, a.fonts.text.Width(line)+1)
	}
	r := ui.Rect{W: width + 4*l.gap, H: float32(len(lines))*l.line + l.gap}
	r.X, r.Y = round((l.width-r.W)/2), round(l.bottom.Y-r.H-2*l.gap)
	u.Panel(r, ui.Background)
	for i, line := range lines {
		u.Label(ui.Rect{X: r.X + 2*l.gap, Y: r.Y + l.gap/2 + float32(i)*l.line, W: width, H: l.line}, line, c)
	}
}

// helpPanel lists all keys, in as large letters and as few columns as there is room for.
func (a *app) helpPanel(u *ui.UI) {
	l := &a.layout
	rows := helpRows()
	h := a.arrangeHelp(rows)
	r := ui.Rect{W: h.column*float32(h.columns) + 2*l.gap, H: float32(h.down)*h.line + 2*l.gap}
	r.X, r.Y = max(0, round((l.width-r.W)/2)), max(0, round((l.height-r.H)/2))
	u.Panel(r, ui.RGBA(16, 16, 20, 240))
	for i, row := range rows {
		x := r.X + 2*l.gap + float32(i/h.down)*h.column
		y := r.Y + l.gap + float32(i%h.down)*h.line
		u.List.Text(h.font, x, y, row[0], ui.Accent)
		u.List.Text(h.font, x+h.keys+l.gap, y, row[1], ui.Foreground)
	}
}

// A helpLayout is how the help is set.
type helpLayout struct {
	font          *ui.Font
	columns, down int     // rows in a column
	keys, column  float32 // widths of the keys, and of a column
	line          float32
}

// arrangeHelp tries letters and columns until the help fits the window. In one that is
// too small for any, the smallest stand, and its end is cut off.
func (a *app) arrangeHelp(rows [][2]string) (h helpLayout) {
	l := &a.layout
	for _, h.font = range append([]*ui.Font{a.fonts.text}, a.fonts.smaller...) {
		h.line = h.font.Height() + round(6*l.scale)
		var texts float32
		h.keys, texts = helpWidths(h.font, rows)
		h.column = h.keys + texts + 3*l.gap
		for h.columns = 1; h.columns <= 3; h.columns++ {
			h.down = (len(rows) + h.columns - 1) / h.columns
			high := float32(h.down)*h.line + 2*l.gap
			if wide := h.column*float32(h.columns) + 2*l.gap; high <= l.height && wide <= l.width {
				return h
			}
		}
		h.columns = 2
		h.down = (len(rows) + 1) / 2
	}
	return h
}

func helpRows() [][2]string {
	var rows [][2]string
	for _, b := range bindings {
		rows = append(rows, [2]string{b.label, b.help})
	}
	return append(rows, mouseHelp...)
}

// helpWidths returns those of the widest key and the widest text.
func helpWidths(f *ui.Font, rows [][2]string) (keys, texts float32) {
	for _, row := range rows {
		keys = max(keys, f.Width(row[0]))
		texts = max(texts, f.Width(row[1]))
	}
	return ceil(keys), ceil(texts)
}
