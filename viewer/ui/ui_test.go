package ui

import (
	"image"
	"testing"
)

// A session is a user interface and the mouse on it.
type session struct {
	*UI
	t             testing.TB
	width, height float32
	scale         float32
	in            Input
	widgets       func()
	busy          bool // what Busy said at the end of the latest frame
}

func newSession(t testing.TB, scale float32) *session {
	t.Helper()
	a, f := newFont(t, 14*float64(scale))
	return &session{UI: New(NewList(a), f), t: t, width: 400 * scale, height: 300 * scale, scale: scale}
}

// do draws a frame with the mouse as it is.
func (s *session) do() {
	s.Begin(s.in, s.width, s.height, s.scale)
	s.widgets()
	s.End()
	s.busy = s.Busy()
	s.in.Pressed, s.in.Released, s.in.Wheel = false, false, 0
}

// The mouse's actions take a frame each. Places are for a scale of 1.
func (s *session) move(x, y float32) {
	s.in.X, s.in.Y = x*s.scale, y*s.scale
	s.do()
}

func (s *session) press() {
	s.in.Down, s.in.Pressed = true, true
	s.do()
}

func (s *session) release() {
	s.in.Down, s.in.Released = false, true
	s.do()
}

func (s *session) wheel(notches float32) {
	s.in.Wheel = notches
	s.do()
}

func (s *session) click(x, y float32) {
	s.move(x, y)
	s.press()
	s.release()
}

// rect returns a rectangle that is given for a scale of 1.
func (s *session) rect(x, y, w, h float32) Rect {
	return Rect{x * s.scale, y * s.scale, w * s.scale, h * s.scale}
}

// drawn returns the pixels that are not black.
func (s *session) drawn() image.Rectangle {
	return bounds(paint(s.List, int(s.width), int(s.height), black))
}

// each runs a test at scales of 1 and 2.
func each(t *testing.T, test func(t *testing.T, s *session)) {
	t.Run("scale 1", func(t *testing.T) { test(t, newSession(t, 1)) })
	t.Run("scale 2", func(t *testing.T) { test(t, newSession(t, 2)) })
}

func TestButton(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		clicks := 0
		s.widgets = func() {
			if s.Button("b", s.rect(10, 10, 80, 24), "Save") {
				clicks++
			}
			s.Button("other", s.rect(10, 40, 80, 24), "Other")
		}
		expect := func(what string, want int) {
			t.Helper()
			if clicks != want {
				t.Errorf("%s: got %d clicks, want %d", what, clicks, want)
			}
			clicks = 0
		}
		s.click(20, 20)
		expect("press and release on it", 1)
		s.move(20, 20)
		s.press()
		s.move(200, 200)
		s.release()
		expect("release outside", 0)
		s.move(200, 200)
		s.press()
		s.move(20, 20)
		s.release()
		expect("press outside", 0)
		s.move(20, 50)
		s.press()
		s.move(20, 20)
		s.release()
		expect("press on another", 0)
		s.in.Pressed, s.in.Released = true, true
		s.do()
		expect("press and release in one frame", 1)
		s.press()
		s.in.Down = false // as of a window that loses the focus
		s.do()
		s.release()
		expect("lost release", 0)
	})
}

// A button looks different when it is pointed at, and when it is held.
func TestButtonLooks(t *testing.T) {
	s := newSession(t, 1)
	s.widgets = func() {
		s.Button("b", s.rect(10, 10, 80, 24), "Save")
		s.Slider("s", s.rect(10, 60, 80, 24), 0)
	}
	corner := func() [4]uint8 {
		c := paint(s.List, 100, 100, black).RGBAAt(11, 11)
		return [4]uint8{c.R, c.G, c.B}
	}
	s.do()
	idle := corner()
	s.move(20, 20)
	hovered := corner()
	s.press()
	held := corner()
	s.move(20, 200)
	if left := corner(); left == held || left == idle {
		t.Error("a button that is held looks the same with the pointer elsewhere")
	}
	if idle == hovered || hovered == held || idle == held {
		t.Errorf("got colours %v, %v, %v, want them different", idle, hovered, held)
	}
	s.release()
	for name, y := range map[string]float32{"beneath": 200, "a slider": 70} {
		s.move(20, y)
		s.press()
		s.move(20, 20)
		if corner() != idle {
			t.Errorf("a button reacts to what is dragged from %s", name)
		}
		s.release()
	}
}

func TestWidgetsStayInTheirRects(t *testing.T) {
	long := "a rather long text that has no room at all in here.png"
	widgets := map[string]func(s *session, r Rect){
		"button":   func(s *session, r Rect) { s.Button("b", r, long) },
		"label":    func(s *session, r Rect) { s.Label(r, long, Foreground) },
		"dropdown": func(s *session, r Rect) { s.Dropdown("d", r, long, []string{"x"}, 0) },
		"slider":   func(s *session, r Rect) { s.Slider("s", r, 0.3) },
		"panel":    func(s *session, r Rect) { s.Panel(r, Background) },
	}
	each(t, func(t *testing.T, s *session) {
		for name, widget := range widgets {
			for _, w := range []float32{0, 3, 20, 100, 300} {
				r := s.rect(40, 50, w, 24)
				s.widgets = func() { widget(s, r) }
				s.do()
				if drawn := extent(s.List); !drawn.within(r) {
					t.Errorf("%s at %v is drawn at %v", name, r, drawn)
				}
			}
		}
	})
}

func TestLabelIsCentred(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		r := s.rect(10, 10, 200, 60)
		s.widgets = func() { s.Label(r, "Hx", Foreground) }
		s.do()
		drawn := s.drawn()
		above, below := float32(drawn.Min.Y)-r.Y, r.Y+r.H-float32(drawn.Max.Y)
		if d := above - below; d < -3*s.scale || d > 3*s.scale {
			t.Errorf("there are %v pixels above and %v below", above, below)
		}
	})
}

func TestBusy(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		s.widgets = func() {
			s.Panel(s.rect(0, 0, 150, 100), Background)
			s.Slider("s", s.rect(10, 10, 100, 20), 0.5)
			s.Dropdown("d", s.rect(200, 10, 100, 20), "list", []string{"a", "b"}, 0)
		}
		expect := func(what string, want bool) {
			t.Helper()
			if s.busy != want {
				t.Errorf("%s: busy is %v, want %v", what, s.busy, want)
			}
		}
		s.move(300, 200)
		expect("pointer beneath", false)
		s.press()
		expect("press beneath", false)
		s.release()
		s.move(140, 90)
		expect("pointer on the panel", true)
		s.move(20, 15)
		s.press()
		s.move(300, 200)
		expect("slider held from outside", true)
		s.release()
		expect("slider let go", true)
		s.do()
		expect("after that", false)
		s.move(210, 15)
		expect("pointer on a widget", true)
		s.click(210, 15)
		s.move(300, 250)
		expect("list open", true)
		s.press()
		expect("press that closes the list", true)
		s.release()
		s.do()
		expect("list closed", false)
	})
}

// What is not there any more lets go of the mouse.
func TestWidgetsVanish(t *testing.T) {
	s := newSession(t, 1)
	there := true
	s.widgets = func() {
		if there {
			s.Slider("s", s.rect(10, 10, 100, 20), 0.5)
			s.Dropdown("d", s.rect(200, 10, 100, 20), "list", []string{"a", "b"}, 0)
		}
	}
	for _, x := range []float32{50, 250} {
		there = true
		s.move(x, 15)
		s.press()
		there = false
		s.do()
		s.do()
		if s.busy {
			t.Errorf("the mouse is still held by what was at %v", x)
		}
		s.release()
	}
}

func TestSmallWindows(t *testing.T) {
	items := []string{"one", "two", "three"}
	for _, size := range []float32{0, 1, 10, 40} {
		s := newSession(t, 1)
		s.width, s.height = size, size
		s.widgets = func() {
			s.Panel(s.rect(0, 0, size, size), Background)
			s.Label(s.rect(0, 0, size, 20), "label", Foreground)
			s.Button("b", s.rect(0, 0, 0, 0), "button")
			s.Slider("s", s.rect(0, 0, 0, 0), 0.5)
			s.Dropdown("d", s.rect(0, 0, 30, 20), "drop", items, 1)
			s.Tooltip(5, 5, "tip", "of two lines")
		}
		s.move(5, 5)
		s.press()
		s.release()
		s.wheel(-1)
		if got := s.drawn(); !s.window.covers(got) {
			t.Errorf("drawn at %v in a window of %v", got, size)
		}
	}
}
