package ui

import "testing"

func TestTooltipIsInWindow(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		for _, lines := range [][]string{{"x"}, {"three", "lines of", "text"}, {"a line that is wider than the window can be, by far, whatever its size and scale are, as of a name"}} {
			for x := float32(-50); x <= 450; x += 25 {
				for y := float32(-50); y <= 350; y += 25 {
					s.widgets = func() { s.Tooltip(x*s.scale, y*s.scale, lines...) }
					s.do()
					box := extent(s.List)
					if !box.within(s.window) {
						t.Fatalf("at %v, %v: the tooltip is at %v", x, y, box)
					}
					small := box.W < s.window.W/2 && box.H < s.window.H/2
					if small && box.Contains(x*s.scale, y*s.scale) {
						t.Fatalf("the tooltip at %v is under the pointer at %v, %v", box, x, y)
					}
				}
			}
		}
	})
}

func TestTooltipOfNothing(t *testing.T) {
	s := newSession(t, 1)
	s.widgets = func() { s.Tooltip(10, 10) }
	s.do()
	if !s.drawn().Empty() {
		t.Error("a tooltip without lines is drawn")
	}
}

// A tooltip is over a list that is open, whichever comes first.
func TestTooltipIsOnTop(t *testing.T) {
	s := newSession(t, 1)
	c := newChoice(s, 100, 50, 20)
	c.open()
	for _, first := range []bool{true, false} {
		s.widgets = func() {
			if first {
				s.Tooltip(60, 60, "over the list")
			}
			c.draw()
			if !first {
				s.Tooltip(60, 60, "over the list")
			}
		}
		s.do()
		screen := paint(s.List, 400, 300, black)
		if got := screen.RGBAAt(60+14, 60+18); [4]uint8{got.R, got.G, got.B, got.A} != edge.bytes() {
			t.Errorf("first: %v: got %v where the tooltip's corner is", first, got)
		}
	}
}
