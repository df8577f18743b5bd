package ui

// Tooltip is a box of lines of text near a point, within the window, and over
// everything.
func (u *UI) Tooltip(x, y float32, lines ...string) {
	if len(lines) == 0 {
		return
	}
	box := u.tooltipBox(lines)
	box.X = beside(x, u.scaled(14), box.W, u.window.W)
	box.Y = beside(y, u.scaled(18), box.H, u.window.H)
	u.putTooltip(box, lines)
}

// TooltipAbove is a Tooltip that ends above a line, for what must not be covered.
func (u *UI) TooltipAbove(x, bottom float32, lines ...string) {
	if len(lines) == 0 {
		return
	}
	box := u.tooltipBox(lines)
	box.X = beside(x, u.scaled(14), box.W, u.window.W)
	box.Y = max(0, round(bottom-u.scaled(4)-box.H))
	u.putTooltip(box, lines)
}

func (u *UI) putTooltip(box Rect, lines []string) {
	// Lists are over the rest, and this is over lists.
	u.List.Over(func() {
		u.List.Over(func() { u.drawTooltip(box, lines) })
	})
}

// tooltipBox returns the box of the size for lines of text, at most the window's.
func (u *UI) tooltipBox(lines []string) Rect {
	var width float32
	for _, line := range lines {
		width = max(width, u.Font.Width(line))
	}
	return Rect{
		W: min(width+2*u.padding(), u.window.W),
		H: min(float32(len(lines))*u.Font.Height()+2*u.scaled(4), u.window.H),
	}
}

// beside returns where what is size long goes, a distance after a point or, if it
// would be past the end of the window, before it: never under the pointer, unless
// there is no room on either side.
func beside(at, distance, size, end float32) float32 {
	switch after, before := at+distance, at-distance-size; {
	case after+size <= end:
		return max(0, round(after))
	case before >= 0:
		return min(round(before), end-size)
	}
	return end - size
}

func (u *UI) drawTooltip(box Rect, lines []string) {
	u.List.Fill(box, raised)
	u.List.Frame(box, u.scaled(1), edge)
	u.List.Clip(box)
	line := box.inset(u.padding(), u.scaled(4))
	line.H = u.Font.Height()
	for _, s := range lines {
		u.Label(line, s, Foreground)
		line.Y += line.H
	}
	u.List.Unclip()
}
