package ui

// Slider chooses a value from 0 to 1. A press anywhere on it takes the knob there, and
// it follows the pointer until the release, also outside.
func (u *UI) Slider(id string, r Rect, value float32) (v float32, changed bool) {
	hovered := u.hovers(id, r)
	held := u.holds(id, hovered)
	v = value
	knob := min(u.scaled(10), r.W)
	if way := r.W - knob; held && way > 0 {
		v = unit((u.Input.X - r.X - knob/2) / way)
	}
	u.drawSlider(r, knob, unit(v), held, hovered)
	return v, v != value
}

// unit returns the nearest to x of 0 to 1, 0 for a NaN.
func unit(x float32) float32 {
	if x > 0 {
		return min(x, 1)
	}
	return 0
}

// drawSlider adds a groove, filled up to the knob.
func (u *UI) drawSlider(r Rect, knob, v float32, held, hovered bool) {
	left := round(v * (r.W - knob))
	high := min(u.scaled(4), r.H)
	groove := Rect{r.X, r.Y + round((r.H-high)/2), r.W, high}
	done := Rect{groove.X, groove.Y, left, high}
	rest := Rect{groove.X + left + knob, groove.Y, r.W - left - knob, high}
	handle := Rect{r.X + left, r.Y, knob, r.H}
	handle = handle.inset(0, round(r.H/8))
	color := Foreground
	if held || hovered {
		color = Accent
	}
	u.List.Fill(rest, Hovered)
	u.List.Fill(done, Accent)
	u.List.Fill(handle, color)
}
