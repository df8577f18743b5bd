package ui

// Input is what the mouse does in a frame.
type Input struct {
	X, Y              float32 // of the pointer, in pixels of the framebuffer
	Down              bool    // the left button is held
	Pressed, Released bool    // since the last frame
	Wheel             float32 // notches since the last frame; up is positive
}

// A UI gives the widgets of a frame. It knows from one frame to the next which of
// them holds the mouse, and which list is open.
type UI struct {
	List  *List
	Input Input
	Font  *Font
	Scale float32 // of the paddings within widgets; 1 is for 96 dots per inch

	window Rect
	active string // id of the widget that the button was pressed on and that holds the mouse
	popup  *popup // the list that is open
	frame  frame
}

// A frame is what a UI forgets with every frame.
type frame struct {
	modal     string // id of the drop-down whose list was open as the frame began: no other widget reacts
	elsewhere bool   // the button is held, and was pressed on none of the widgets
	owned     bool   // a widget has or had the mouse
	over      bool   // the pointer is on a widget or a panel
	active    bool   // the active widget is still there
	popup     bool   // and so is that of the list
}

// New returns a user interface that draws into a list.
func New(l *List, f *Font) *UI {
	return &UI{List: l, Font: f, Scale: 1}
}

// Begin begins a frame in a window of a size in pixels. It empties the list.
func (u *UI) Begin(in Input, width, height, scale float32) {
	u.List.Reset()
	u.Input, u.Scale = in, scale
	u.window = Rect{0, 0, width, height}
	if !in.Down && !in.Pressed && !in.Released {
		u.active = "" // a release that was not seen, as of a window without the focus
	}
	u.frame = frame{
		elsewhere: in.Down && !in.Pressed && u.active == "",
		owned:     u.active != "" || u.popup != nil,
	}
	if u.popup != nil {
		u.frame.modal = u.popup.id
	}
}

// End comes after the last widget. It lets go of a widget whose button was released,
// and of what was not in this frame any more.
func (u *UI) End() {
	if !u.Input.Down || !u.frame.active {
		u.active = ""
	}
	if !u.frame.popup {
		u.popup = nil
	}
}

// Busy tells whether the mouse is the user interface's, so that what is beneath it must
// not react: a widget holds it, or did as the frame began; a list is open; or the
// pointer is on a widget or a panel. It is for after the frame's last widget. A drag
// that began beneath is up to who began it.
func (u *UI) Busy() bool {
	return u.frame.owned || u.frame.over || u.active != "" || u.popup != nil
}

// IsOpen tells whether a list is open.
func (u *UI) IsOpen() bool { return u.popup != nil }

// CloseDropdown closes the list that is open, if there is one.
func (u *UI) CloseDropdown() (wasOpen bool) {
	wasOpen = u.popup != nil
	u.popup = nil
	return wasOpen
}

// on tells whether the pointer is on what can be seen of r.
func (u *UI) on(r Rect) bool {
	return u.List.clipped(r).Contains(u.Input.X, u.Input.Y)
}

// hovers tells whether a widget is to react to the pointer: it is on it, and no other
// widget has it.
func (u *UI) hovers(id string, r Rect) bool {
	if !u.on(r) {
		return false
	}
	u.frame.over = true
	return u.frame.modal == "" && !u.frame.elsewhere && (u.active == "" || u.active == id)
}

// holds tells whether a widget has the mouse, which it gets by a press on it.
func (u *UI) holds(id string, hovered bool) bool {
	if hovered && u.Input.Pressed {
		u.active = id
	}
	if u.active != id {
		return false
	}
	u.frame.active = true
	return true
}

// scaled returns a length in pixels that is n at a scale of 1.
func (u *UI) scaled(n float32) float32 { return max(1, round(n*u.Scale)) }

// padding is the space between a widget's edge and its text.
func (u *UI) padding() float32 { return u.scaled(6) }
