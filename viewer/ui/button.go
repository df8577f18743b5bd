package ui

// Button is clicked when the mouse's button is released on it, having been pressed on
// it.
func (u *UI) Button(id string, r Rect, label string) (clicked bool) {
	hovered := u.hovers(id, r)
	held := u.holds(id, hovered)
	fill, text := Control, Foreground
	switch {
	case held && hovered:
		fill, text = Accent, ink
	case held || hovered:
		fill = Hovered
	}
	u.List.Fill(r, fill)
	inner := r.inset(u.padding(), 0)
	label = u.Font.Fit(label, inner.W, false)
	inner.X += (inner.W - u.Font.Width(label)) / 2
	u.line(inner, label, text)
	return held && hovered && u.Input.Released
}
