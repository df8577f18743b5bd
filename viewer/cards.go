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

// helpPanel lists all keys, in as many columns as the window needs for them.
func (a *app) helpPanel(u *ui.UI) {
	l := &a.layout
	rows := helpRows()
	columns := 1
	room := l.height - 4*l.gap
	for float32((len(rows)+columns-1)/columns)*l.line > room && columns < 3 {
		columns++
	}
	down := (len(rows) + columns - 1) / columns
	keys, texts := a.helpWidths(rows)
	column := keys + texts + 5*l.gap
	if width := (l.width - 2*l.gap) / float32(columns); column > width {
		column = width
	}
	r := ui.Rect{W: column*float32(columns) + 2*l.gap, H: float32(down)*l.line + 2*l.gap}
	r.X, r.Y = max(0, round((l.width-r.W)/2)), max(0, round((l.height-r.H)/2))
	u.Panel(r, ui.RGBA(16, 16, 20, 240))
	for i, row := range rows {
		x := r.X + 2*l.gap + float32(i/down)*column
		at := ui.Rect{X: x, Y: r.Y + l.gap + float32(i%down)*l.line, W: keys, H: l.line}
		u.Label(at, row[0], ui.Accent)
		u.Label(ui.Rect{X: x + keys + 2*l.gap, Y: at.Y, W: column - keys - 4*l.gap, H: l.line}, row[1], ui.Foreground)
	}
}

func helpRows() [][2]string {
	var rows [][2]string
	for _, b := range bindings {
		rows = append(rows, [2]string{b.label, b.help})
	}
	return append(rows, mouseHelp...)
}

// helpWidths returns those of the widest key and the widest text.
func (a *app) helpWidths(rows [][2]string) (keys, texts float32) {
	for _, row := range rows {
		keys = max(keys, a.fonts.text.Width(row[0])+1)
		texts = max(texts, a.fonts.text.Width(row[1])+1)
	}
	return keys, texts
}
