package ui

// Dropdown shows a label and, while it is open, a list of items of which one is chosen.
// A press opens the list; a release on an item chooses it; a press outside closes the
// list and does nothing else. The list is below or, if there is more room, above, and
// scrolls with the wheel or its bar. Of the items only those that are seen cost time.
// There may be none selected: -1. Chosen is selected until another is chosen.
func (u *UI) Dropdown(id string, r Rect, label string, items []string, selected int) (chosen int, changed bool) {
	hovered := u.hovers(id, r)
	wasOpen := u.frame.modal == id
	if hovered && u.Input.Pressed && len(items) > 0 {
		u.popup = u.newPopup(id, r, items, selected)
	}
	chosen = selected
	if u.popup != nil && u.popup.id == id {
		u.frame.popup = true
		u.popup.arrange(u, r, items)
		if row, ok := u.usePopup(items, wasOpen); ok {
			chosen = row
		}
		u.drawPopup(items, selected)
	}
	u.drawBox(r, label, hovered || u.popup != nil && u.popup.id == id)
	return chosen, chosen != selected
}

// usePopup has the list react to the mouse, and returns the item that was chosen.
// The press that has just opened it is not its own.
func (u *UI) usePopup(items []string, wasOpen bool) (chosen int, ok bool) {
	p := u.popup
	if wasOpen && u.Input.Pressed && !p.bounds.Contains(u.Input.X, u.Input.Y) {
		u.popup = nil
		return 0, false
	}
	scrolling := p.scrolls(u, len(items))
	row, on := p.rowAt(u.Input.X, u.Input.Y, len(items))
	if scrolling || !on || !u.Input.Released {
		return 0, false
	}
	u.popup = nil
	return row, true
}

// drawBox adds the box that opens the list.
func (u *UI) drawBox(r Rect, label string, bright bool) {
	fill := Control
	if bright {
		fill = Hovered
	}
	u.List.Fill(r, fill)
	side := u.scaled(8)
	inner := r.inset(u.padding(), 0)
	u.List.Clip(r) // which may be narrower than the triangle
	u.triangle(inner.X+inner.W-side, r.Y+round((r.H-side/2)/2), side, Foreground)
	u.List.Unclip()
	inner.W = max(0, inner.W-side-u.padding())
	u.line(inner, u.Font.Fit(label, inner.W, true), Foreground)
}

// triangle adds one that points down, row by row, of a whole number of pixels each, so
// that its slopes are even.
func (u *UI) triangle(x, y, width float32, c Color) {
	for ; width > 0; width -= 2 {
		u.List.Fill(Rect{x, y, width, 1}, c)
		x, y = x+1, y+1
	}
}
