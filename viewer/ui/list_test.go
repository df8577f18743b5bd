package ui

import (
	"image"
	"math/rand/v2"
	"testing"
)

const side = 64 // pixels of the tests' pictures

// draw adds some of everything.
func draw(l *List, f *Font) {
	l.Fill(Rect{5, 5, 40, 30}, RGBA(200, 100, 50, 128))
	l.Frame(Rect{10, 20, 50, 40}, 3, RGBA(50, 200, 100, 200))
	l.Text(f, 2, 8, "Ägjp\x00 WAV", Foreground)
	l.Text(f, -20, 40, "half outside", Accent)
}

// Clipped drawing is all drawing with what is outside taken away.
func TestClip(t *testing.T) {
	a, f := newFont(t, 15)
	whole := NewList(a)
	draw(whole, f)
	want := paint(whole, side, side, black)
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		clip := Rect{float32(random.IntN(side)), float32(random.IntN(side)), float32(random.IntN(side)), float32(random.IntN(side))}
		l := NewList(a)
		l.Clip(Rect{0, 0, side, 50})
		l.Clip(clip)
		draw(l, f)
		got := paint(l, side, side, black)
		for y := range side {
			for x := range side {
				expected := black
				if y < 50 && clip.Contains(float32(x), float32(y)) {
					expected = want.RGBAAt(x, y)
				}
				if got.RGBAAt(x, y) != expected {
					t.Fatalf("clipped to %v: got %v at %d, %d, want %v", clip, got.RGBAAt(x, y), x, y, expected)
				}
			}
		}
	}
}

func TestUnclip(t *testing.T) {
	a, _ := newFont(t, 15)
	l := NewList(a)
	l.Clip(Rect{0, 0, 10, 10})
	l.Clip(Rect{5, 5, 50, 50})
	l.Unclip()
	l.Fill(Rect{0, 0, 60, 60}, Accent)
	if got := bounds(paint(l, side, side, black)); got != image.Rect(0, 0, 10, 10) {
		t.Errorf("got %v, want the outer clip", got)
	}
	l.Unclip()
	l.Unclip() // one too many does no harm
	l.Fill(Rect{0, 0, 60, 60}, Accent)
	if got := bounds(paint(l, side, side, black)); got != image.Rect(0, 0, 60, 60) {
		t.Errorf("got %v, want no clip", got)
	}
}

func TestFrame(t *testing.T) {
	a, _ := newFont(t, 15)
	l := NewList(a)
	l.Frame(Rect{10, 12, 30, 20}, 2, RGBA(255, 255, 255, 128))
	screen := paint(l, side, side, black)
	inner := image.Rect(12, 14, 38, 30)
	for y := range side {
		for x := range side {
			at := image.Pt(x, y)
			want := uint8(0)
			if at.In(image.Rect(10, 12, 40, 32)) && !at.In(inner) {
				want = 128 // twice where edges overlap would be more
			}
			if got := screen.RGBAAt(x, y).R; got != want {
				t.Fatalf("got %d at %v, want %d", got, at, want)
			}
		}
	}
	l.Reset()
	l.Frame(Rect{10, 10, 3, 3}, 2, RGBA(255, 255, 255, 128))
	if got := bounds(paint(l, side, side, black)); got != image.Rect(10, 10, 13, 13) {
		t.Errorf("a frame that is all edges is %v", got)
	}
}

func TestTextIsInItsLine(t *testing.T) {
	for _, size := range []float64{9, 12, 14, 20, 28} {
		a, f := newFont(t, size)
		l := NewList(a)
		const text = "Agjpqy|()[]ЖΩ£0"
		right := l.Text(f, 3.4, 5, text, Foreground)
		if want := 3 + f.Width(text); right != want {
			t.Errorf("size %v: text ends at %v, want %v", size, right, want)
		}
		line := Rect{2, 5, f.Width(text) + 2, f.Height()}
		if drawn := bounds(paint(l, 500, 100, black)); !line.covers(drawn) || drawn.Empty() {
			t.Errorf("size %v: text is drawn at %v, its line is %v", size, drawn, line)
		}
	}
}

func TestOver(t *testing.T) {
	a, _ := newFont(t, 15)
	l := NewList(a)
	red, green, blue := RGBA(255, 0, 0, 255), RGBA(0, 255, 0, 255), RGBA(0, 0, 255, 255)
	l.Clip(Rect{0, 0, 10, 10})
	l.Over(func() {
		l.Over(func() { l.Fill(Rect{0, 0, 10, 20}, blue) })
		l.Fill(Rect{0, 0, 30, 20}, green)
	})
	l.Fill(Rect{0, 0, 50, 50}, red)
	screen := paint(l, side, side, black)
	for x, want := range map[int]Color{5: blue, 15: green} {
		if got := screen.RGBAAt(x, 5); [4]uint8{got.R, got.G, got.B, got.A} != want.bytes() {
			t.Errorf("got %v at %d, want %v", got, x, want.bytes())
		}
	}
	if screen.RGBAAt(15, 30) != black {
		t.Error("the clip was lost")
	}
	l.Reset()
	if got := len(l.appendAll(nil)); got != 0 {
		t.Errorf("%d vertices are left after a reset", got)
	}
}

func TestRect(t *testing.T) {
	r := Rect{10, 20, 30, 40}
	for _, test := range []struct {
		x, y float32
		in   bool
	}{{10, 20, true}, {39.9, 59.9, true}, {40, 30, false}, {20, 60, false}, {9.9, 30, false}, {20, 19, false}} {
		if r.Contains(test.x, test.y) != test.in {
			t.Errorf("%v, %v: got %v", test.x, test.y, !test.in)
		}
	}
	if got, want := r.Inset(5), (Rect{15, 25, 20, 30}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := r.Inset(18); got.W != 0 || got.H != 4 {
		t.Errorf("got %v, want no width", got)
	}
}
