package ui

// rowsPerNotch is how far the wheel scrolls.
const rowsPerNotch = 3

// A popup is the open list of a drop-down.
type popup struct {
	id     string
	scroll float32 // rows above the first that is seen
	widest float32 // of the items that were seen, in pixels

	// As arranged for this frame.
	bounds Rect
	row    float32 // height of a row
	seen   int     // rows

	dragged bool    // the scroll bar is
	grip    float32 // how far down on its thumb
}

// newPopup opens a list such that the selected item is in the middle, if there are
// enough around it.
func (u *UI) newPopup(id string, box Rect, items []string, selected int) *popup {
	p := &popup{id: id, widest: u.Font.Width(longest(items))}
	p.arrange(u, box, items)
	p.scrollTo(float32(selected-p.seen/2), len(items))
	return p
}

// longest returns an item of the most bytes. It is most often the widest, too: to
// measure all would take a while.
func longest(items []string) string {
	var most string
	for _, item := range items {
		if len(item) > len(most) {
			most = item
		}
	}
	return most
}

// arrange places the list below the box, or above if there is more room.
func (p *popup) arrange(u *UI, box Rect, items []string) {
	p.row = u.Font.Height() + u.scaled(6)
	below := u.window.H - (box.Y + box.H)
	room := max(below, box.Y, 0)
	p.seen = max(0, min(len(items), int((room-2*u.scaled(1))/p.row)))
	height := float32(p.seen)*p.row + 2*u.scaled(1)
	y := box.Y + box.H
	if height > below && box.Y > below {
		y = box.Y - height
	}
	p.scrollTo(p.scroll, len(items))
	width := p.width(u, box, items)
	x := max(0, min(box.X, u.window.W-width))
	p.bounds = Rect{x, y, width, height}
}

// width returns that of the list: of the box at least and of the window at most, for
// the widest item seen. The list gets wider while it scrolls, but never narrower.
func (p *popup) width(u *UI, box Rect, items []string) float32 {
	first := p.first()
	for _, item := range items[first : first+p.seen] {
		p.widest = max(p.widest, u.Font.Width(item))
	}
	width := p.widest + 2*u.padding() + 2*u.scaled(1)
	if p.seen < len(items) {
		width += u.scaled(barWidth)
	}
	return min(max(width, box.W), u.window.W)
}

// scrollTo sets how many of n rows are above the first that is seen.
func (p *popup) scrollTo(rows float32, n int) {
	p.scroll = max(0, min(rows, float32(n-p.seen)))
}

// first returns the first row that is seen.
func (p *popup) first() int { return int(round(p.scroll)) }

// inner returns where the rows are, the scroll bar included.
func (p *popup) inner() Rect {
	high := float32(p.seen) * p.row
	edge := (p.bounds.H - high) / 2
	return Rect{p.bounds.X + edge, p.bounds.Y + edge, p.bounds.W - 2*edge, high}
}

// rowAt returns which of n items is at a point.
func (p *popup) rowAt(x, y float32, n int) (item int, ok bool) {
	inner := p.inner()
	if !inner.Contains(x, y) {
		return 0, false
	}
	item = p.first() + int((y-inner.Y)/p.row)
	return item, item < n
}

// drawPopup adds the list, over everything.
func (u *UI) drawPopup(items []string, selected int) {
	p := u.popup
	if p == nil {
		return
	}
	u.List.Over(func() {
		u.List.Fill(p.bounds, raised)
		u.List.Clip(p.inner())
		u.drawRows(items, selected)
		u.List.Unclip()
		u.drawBar(len(items))
		u.List.Frame(p.bounds, u.scaled(1), edge)
	})
}

// drawRows adds the items that are seen.
func (u *UI) drawRows(items []string, selected int) {
	p := u.popup
	row, first := p.inner(), p.first()
	row.H = p.row
	if p.seen < len(items) {
		row.W -= u.scaled(barWidth)
	}
	pointed, on := p.rowAt(u.Input.X, u.Input.Y, len(items))
	for i, item := range items[first : first+p.seen] {
		u.drawRow(row, item, first+i == selected, on && first+i == pointed && !p.dragged)
		row.Y += row.H
	}
}

// drawRow adds an item.
func (u *UI) drawRow(r Rect, item string, selected, pointed bool) {
	if pointed {
		u.List.Fill(r, Hovered)
	}
	color := Foreground
	if selected {
		u.List.Fill(Rect{r.X, r.Y, u.scaled(3), r.H}, Accent)
		color = Accent
	}
	inner := r.inset(u.padding(), 0)
	u.line(inner, u.Font.Fit(item, inner.W, true), color)
}
