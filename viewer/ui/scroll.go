package ui

// Sizes of a scroll bar at a scale of 1.
const (
	barWidth   = 12
	leastThumb = 24
)

// bar returns the scroll bar of a list of n items and its thumb, if it has one.
func (p *popup) bar(u *UI, n int) (bar, thumb Rect, ok bool) {
	if p.seen >= n {
		return Rect{}, Rect{}, false
	}
	bar = p.inner()
	wide := u.scaled(barWidth)
	bar.X, bar.W = bar.X+bar.W-wide, wide
	thumb = bar
	thumb.H = min(bar.H, max(u.scaled(leastThumb), round(bar.H*float32(p.seen)/float32(n))))
	thumb.Y += round((bar.H - thumb.H) * p.scroll / float32(n-p.seen))
	return bar, thumb, true
}

// scrolls has a list of n items follow the wheel and its bar, and tells whether the
// pointer is busy with the bar.
func (p *popup) scrolls(u *UI, n int) bool {
	p.scrollTo(p.scroll-rowsPerNotch*u.Input.Wheel, n)
	bar, thumb, ok := p.bar(u, n)
	if !ok {
		return false
	}
	on := bar.Contains(u.Input.X, u.Input.Y)
	if on && u.Input.Pressed {
		p.dragged = true
		p.grip = thumb.H / 2 // a press beside the thumb brings it there
		if thumb.Contains(u.Input.X, u.Input.Y) {
			p.grip = u.Input.Y - thumb.Y
		}
	}
	dragged := p.dragged
	if way := bar.H - thumb.H; dragged && way > 0 {
		p.scrollTo((u.Input.Y-p.grip-bar.Y)/way*float32(n-p.seen), n)
	}
	p.dragged = dragged && u.Input.Down
	return dragged || on
}

// drawBar adds the scroll bar of a list of n items.
func (u *UI) drawBar(n int) {
	bar, thumb, ok := u.popup.bar(u, n)
	if !ok {
		return
	}
	color := Hovered
	if u.popup.dragged || bar.Contains(u.Input.X, u.Input.Y) {
		color = Dim
	}
	u.List.Fill(bar, Background)
	u.List.Fill(thumb.Inset(u.scaled(2)), color)
}
