package ui

// Panel is a background. It keeps the mouse from what is beneath.
func (u *UI) Panel(r Rect, c Color) {
	if u.on(r) {
		u.frame.over = true
	}
	u.List.Fill(r, c)
}

// Label is a line of text, half way down r and cut at its width.
func (u *UI) Label(r Rect, s string, c Color) {
	u.line(r, u.Font.Fit(s, r.W, false), c)
}

// line adds text at the left of r, half way down.
func (u *UI) line(r Rect, s string, c Color) {
	u.List.Text(u.Font, r.X, r.Y+(r.H-u.Font.Height())/2, s, c)
}
