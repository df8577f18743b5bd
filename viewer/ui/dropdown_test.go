package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// A choice is a session with one drop-down.
type choice struct {
	*session
	box      Rect
	items    []string
	selected int
	changes  int
}

// newChoice returns a drop-down of n items, whose box is at x, y and 100 wide.
func newChoice(s *session, n int, x, y float32) *choice {
	c := &choice{session: s, box: s.rect(x, y, 100, 20), selected: -1}
	for i := range n {
		c.items = append(c.items, fmt.Sprintf("picture %d.png", i))
	}
	s.widgets = c.draw
	return c
}

func (c *choice) draw() {
	label := "choose"
	chosen, changed := c.Dropdown("d", c.box, label, c.items, c.selected)
	if changed != (chosen != c.selected) {
		c.t.Errorf("from %d to %d: changed is %v", c.selected, chosen, changed)
	}
	if changed {
		c.changes++
	}
	c.selected = chosen
}

// open clicks on the box.
func (c *choice) open() {
	c.toBox()
	c.press()
	c.release()
	if c.popup == nil {
		c.t.Fatal("a click does not open the list")
	}
}

func (c *choice) toBox() { c.moveTo(c.box.X+5, c.box.Y+5) }

// moveTo moves the pointer to a place in pixels.
func (c *choice) moveTo(x, y float32) { c.move(x/c.scale, y/c.scale) }

// toRow moves the pointer to a row as seen.
func (c *choice) toRow(i int) {
	inner := c.popup.inner()
	c.moveTo(inner.X+5, inner.Y+(float32(i)+0.5)*c.popup.row)
}

func TestDropdownChooses(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		c := newChoice(s, 5, 50, 20)
		c.open()
		c.toRow(3)
		c.press()
		c.release()
		if c.selected != 3 || c.changes != 1 || c.popup != nil {
			t.Errorf("got %d, %d changes, open: %v; want item 3 chosen once", c.selected, c.changes, c.popup != nil)
		}
		c.open()
		c.toRow(3)
		c.press()
		c.release()
		if c.changes != 1 || c.popup != nil {
			t.Error("the item that is selected is chosen anew")
		}
	})
}

// As in a menu, the button may stay pressed from the box to the item.
func TestDropdownChoosesByDrag(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		c := newChoice(s, 5, 50, 20)
		c.toBox()
		c.press()
		c.toRow(2)
		c.release()
		if c.selected != 2 || c.popup != nil {
			t.Errorf("got %d, want 2", c.selected)
		}
	})
}

func TestDropdownCloses(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		c := newChoice(s, 5, 50, 20)
		slider, clicked := float32(0), false
		s.widgets = func() {
			c.draw()
			slider, _ = s.Slider("s", s.rect(200, 200, 100, 20), slider)
			clicked = s.Button("b", s.rect(200, 240, 100, 20), "b") || clicked
		}
		for _, to := range [][2]float32{{10, 290}, {290, 210}, {290, 250}} {
			c.open()
			c.move(to[0], to[1])
			c.press()
			if c.popup != nil {
				t.Error("a press outside does not close the list")
			}
			c.release()
		}
		c.open()
		c.toBox()
		c.press()
		c.release()
		if c.popup != nil {
			t.Error("a press on the box does not close the list")
		}
		if c.changes != 0 || slider != 0 || clicked {
			t.Error("closing the list has done something else")
		}
		c.open()
		if !c.CloseDropdown() || c.CloseDropdown() {
			t.Error("CloseDropdown does not say what it does")
		}
		c.do()
		if c.popup != nil || c.busy && !c.on(c.box) {
			t.Error("CloseDropdown does not close the list")
		}
	})
}

// The list lies over other widgets, which do not react.
func TestDropdownIsModal(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		c := newChoice(s, 5, 50, 20)
		clicks := 0
		under := s.rect(40, 41, 200, 150)
		s.widgets = func() {
			if s.Button("before", under, "b") {
				clicks++
			}
			c.draw()
			if s.Button("after", under, "b") {
				clicks++
			}
		}
		c.open()
		c.toRow(1)
		c.press()
		c.release()
		if c.selected != 1 || clicks != 0 {
			t.Errorf("got item %d and %d clicks, want 1 and none", c.selected, clicks)
		}
	})
}

func TestDropdownOpensWhereSelected(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		c := newChoice(s, 100, 50, 20)
		for _, selected := range []int{-1, 0, 1, 50, 98, 99} {
			c.selected = selected
			c.open()
			p := c.popup
			if first := p.first(); first > max(0, selected) || selected >= first+p.seen {
				t.Errorf("item %d is not among the %d from %d", selected, p.seen, first)
			}
			if first := p.first(); first < 0 || first+p.seen > 100 {
				t.Errorf("rows %d to %d of 100 are seen", first, first+p.seen)
			}
			c.CloseDropdown()
		}
	})
}

func TestDropdownScrolls(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		c := newChoice(s, 100, 50, 20)
		c.open()
		c.toRow(0)
		c.wheel(-2)
		if got := c.popup.first(); got != 2*rowsPerNotch {
			t.Errorf("got row %d after two notches, want %d", got, 2*rowsPerNotch)
		}
		c.wheel(-0.5) // as of a touchpad
		c.wheel(-0.5)
		if got := c.popup.first(); got != 3*rowsPerNotch {
			t.Errorf("got row %d after another in two halves, want %d", got, 3*rowsPerNotch)
		}
		c.toRow(1)
		c.press()
		c.release()
		if want := 3*rowsPerNotch + 1; c.selected != want {
			t.Errorf("got item %d, want %d", c.selected, want)
		}
		c.open()
		c.wheel(1000)
		if c.popup.first() != 0 {
			t.Error("the list scrolls past its beginning")
		}
		c.wheel(-1000)
		if c.popup.first()+c.popup.seen != 100 {
			t.Error("the list scrolls past its end")
		}
	})
}

func TestDropdownScrollBar(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		c := newChoice(s, 100, 50, 20)
		c.open()
		bar, thumb, ok := c.popup.bar(c.UI, 100)
		if !ok {
			t.Fatal("there is no scroll bar")
		}
		x := thumb.X + thumb.W/2
		c.moveTo(x, thumb.Y+3)
		c.press()
		if c.popup.first() != 0 {
			t.Error("a press on the thumb scrolls")
		}
		c.moveTo(x+500, bar.Y+(bar.H-thumb.H)/2+3)
		if got := c.popup.scroll; got < 0.48*float32(100-c.popup.seen) || got > 0.52*float32(100-c.popup.seen) {
			t.Errorf("dragged to the middle, %v rows are above", got)
		}
		c.toRow(0) // with the button held
		c.release()
		if c.popup == nil || c.changes != 0 {
			t.Fatal("letting go of the scroll bar chooses")
		}
		before := c.popup.scroll
		c.moveTo(x, bar.Y+bar.H-1)
		if c.popup.scroll != before {
			t.Error("the bar follows the pointer after it was let go")
		}
		c.press()
		if got := c.popup.first() + c.popup.seen; got != 100 {
			t.Errorf("a press on the end of the bar scrolls to row %d", got)
		}
		c.release()
		c.toRow(3)
		c.press()
		c.moveTo(x, bar.Y+5)
		c.release()
		if c.popup == nil || c.changes != 0 {
			t.Error("a release on the scroll bar chooses")
		}
	})
}

func TestDropdownIsInWindow(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		for _, n := range []int{1, 3, 100} {
			for _, at := range [][2]float32{{0, 0}, {300, 0}, {0, 280}, {300, 280}, {150, 140}, {150, 160}} {
				c := newChoice(s, n, at[0], at[1])
				c.items[0] = strings.Repeat("wide ", 10) + ".png"
				if n == 3 {
					c.items[0] = strings.Repeat("wide ", 100) + ".png"
				}
				c.open()
				list := c.popup.bounds
				if !list.within(c.window) {
					t.Errorf("the list is at %v, outside of the window", list)
				}
				if !list.intersect(c.box).empty() {
					t.Errorf("the list at %v is over its box at %v", list, c.box)
				}
				if list.W < c.box.W || list.W <= c.Font.Width(c.items[0]) && list.W < c.window.W {
					t.Errorf("the list is %v pixels wide, for an item of %v", list.W, c.Font.Width(c.items[0]))
				}
				if drawn := extent(c.List); !drawn.within(c.window) {
					t.Errorf("drawn at %v", drawn)
				}
				c.CloseDropdown()
			}
		}
	})
}

func TestDropdownIsWideEnough(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		long, wide := strings.Repeat("i", 60), strings.Repeat("W", 30)
		for _, test := range []struct {
			at   int
			item string
		}{{0, ""}, {99, long}, {0, wide}} {
			c := newChoice(s, 100, 20, 20)
			for i := range c.items {
				c.items[i] = strings.Repeat("i", i%2)
			}
			c.items[50] = long[:59]
			if test.item == "" {
				c.items[50] = "i"
			}
			c.items[test.at] = test.item
			c.open()
			if got, want := c.popup.bounds.W, max(c.box.W, min(c.Font.Width(test.item), c.window.W)); got < want {
				t.Errorf("the list is %v pixels wide, want %v for %q", got, want, test.item)
			}
			c.CloseDropdown()
		}
	})
}

// The items of a list may change while it is open.
func TestDropdownItemsVanish(t *testing.T) {
	s := newSession(t, 1)
	c := newChoice(s, 100, 50, 20)
	c.selected = 99
	c.open()
	c.items = slices.Clone(c.items[:5])
	c.do()
	c.toRow(4)
	c.press()
	c.items = nil
	c.release()
	c.CloseDropdown()
	c.toBox()
	c.press()
	if c.popup != nil {
		t.Error("a list without items opens")
	}
}

func TestDropdownOf100000(t *testing.T) {
	s := newSession(t, 1)
	c := newChoice(s, 100_000, 50, 20)
	c.selected = 77_777
	c.open()
	start := time.Now()
	for range 100 {
		c.wheel(-1)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("100 frames took %v", took)
	}
	if got := len(c.List.appendAll(nil)); got > 6*1000 {
		t.Errorf("got %d vertices", got)
	}
	before := c.popup.first()
	c.toRow(2)
	c.press()
	c.release()
	if c.selected != before+2 {
		t.Errorf("got item %d, want %d", c.selected, before+2)
	}
}

func BenchmarkDropdownOf100000(b *testing.B) {
	c := newChoice(newSession(b, 1), 100_000, 50, 20)
	c.open()
	b.ReportAllocs()
	for b.Loop() {
		c.do()
	}
}
