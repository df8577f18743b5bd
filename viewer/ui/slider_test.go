package ui

import (
	"math"
	"testing"
)

func TestSlider(t *testing.T) {
	each(t, func(t *testing.T, s *session) {
		var value float32 = 0.5
		changes := 0
		s.widgets = func() {
			v, changed := s.Slider("s", s.rect(100, 10, 110, 20), value)
			if changed != (v != value) {
				t.Errorf("from %v to %v: changed is %v", value, v, changed)
			}
			if changed {
				changes++
			}
			value = v
		}
		expect := func(what string, want float32) {
			t.Helper()
			if math.Abs(float64(value-want)) > 1e-5 {
				t.Errorf("%s: got %v, want %v", what, value, want)
			}
		}
		s.move(200, 20)
		expect("hover", 0.5)
		s.press()
		expect("press", 0.95) // the knob of 10 pixels is in the middle of the pointer
		s.move(155, 20)
		expect("drag", 0.5)
		s.move(-50, 200)
		expect("drag to the left of it", 0)
		s.move(130, 200)
		expect("drag below it", 0.25)
		s.move(390, 20)
		expect("drag to the right of it", 1)
		s.release()
		changes = 0
		s.move(155, 20)
		expect("after release", 1)
		s.wheel(1)
		expect("wheel", 1)
		s.move(155, 100)
		s.press()
		s.move(155, 20)
		expect("press outside", 1)
		if changes != 0 {
			t.Errorf("got %d changes, want none", changes)
		}
	})
}

// A slider that is held keeps the mouse from others.
func TestSliderKeepsMouse(t *testing.T) {
	s := newSession(t, 1)
	var first, second float32
	clicked := false
	s.widgets = func() {
		first, _ = s.Slider("first", s.rect(0, 0, 110, 20), first)
		second, _ = s.Slider("second", s.rect(0, 40, 110, 20), second)
		clicked = s.Button("b", s.rect(0, 80, 110, 20), "b") || clicked
	}
	s.move(10, 10)
	s.press()
	s.move(55, 50)
	s.move(60, 90)
	s.release()
	if first != 0.55 || second != 0 || clicked {
		t.Errorf("got %v, %v and a click: %v; want only the first to change", first, second, clicked)
	}
}

// A window that loses the focus may not see the release.
func TestSliderLosesRelease(t *testing.T) {
	s := newSession(t, 1)
	var value float32
	s.widgets = func() { value, _ = s.Slider("s", s.rect(0, 0, 110, 20), value) }
	s.move(55, 10)
	s.press()
	s.in.Down = false
	s.move(80, 10)
	if value != 0.5 {
		t.Errorf("got %v, want 0.5 as where it was last held", value)
	}
}

func TestSliderOfStrangeValues(t *testing.T) {
	s := newSession(t, 1)
	for _, value := range []float32{-3, 7, float32(math.NaN()), float32(math.Inf(1))} {
		r := s.rect(10, 10, 100, 20)
		s.widgets = func() { s.Slider("s", r, value) }
		s.do()
		if drawn := s.drawn(); !r.covers(drawn) || drawn.Empty() {
			t.Errorf("value %v: drawn at %v", value, drawn)
		}
	}
}
