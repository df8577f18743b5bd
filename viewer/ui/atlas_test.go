package ui

import (
	"image"
	"slices"
	"testing"
	"time"

	"golang.org/x/image/font/gofont/goregular"
)

// letters are runes that the Go fonts have.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzΑΒΓΔαβγδАБВГДабвгд0123456789"

// checkPlaces fails if the glyphs in an atlas overlap, or are not what the face draws.
func checkPlaces(t *testing.T, a *Atlas, fonts ...*Font) {
	t.Helper()
	owner := image.NewAlpha(a.pixels.Rect)
	for _, f := range fonts {
		for r, g := range f.glyphs {
			if g.generation != a.generation {
				continue
			}
			at := image.Pt(int(g.inAtlas.X), int(g.inAtlas.Y))
			mask, _, _ := g.face.rasterize(r)
			for y := range mask.Rect.Dy() {
				for x := range mask.Rect.Dx() {
					if owner.AlphaAt(at.X+x, at.Y+y).A != 0 {
						t.Fatalf("%q overlaps another glyph", r)
					}
					owner.Pix[owner.PixOffset(at.X+x, at.Y+y)] = 1
					got, want := a.pixels.AlphaAt(at.X+x, at.Y+y), mask.AlphaAt(mask.Rect.Min.X+x, mask.Rect.Min.Y+y)
					if got != want {
						t.Fatalf("%q has %v at %d, %d, want %v", r, got, x, y, want)
					}
				}
			}
		}
	}
}

// addSizes draws all letters at sizes of so many pixels.
func addSizes(t *testing.T, a *Atlas, l *List, sizes ...float64) []*Font {
	t.Helper()
	var fonts []*Font
	for _, size := range sizes {
		f, err := a.Font(goregular.TTF, size)
		if err != nil {
			t.Fatal(err)
		}
		l.Text(f, 0, 0, letters, Foreground)
		fonts = append(fonts, f)
	}
	return fonts
}

func TestAtlasGrows(t *testing.T) {
	a, _ := newFont(t, 14)
	l := NewList(a)
	first := addSizes(t, a, l, 10, 13)
	before := l.appendAll(nil)
	fonts := append(first, addSizes(t, a, l, 11, 12, 14, 15, 17, 19, 23, 29, 37, 47, 64)...)
	if size := a.pixels.Rect.Size(); size.X <= firstSide || size.X > lastSide || size.Y > size.X {
		t.Errorf("the atlas is %v, want it grown", size)
	}
	checkPlaces(t, a, fonts...)
	if a.full || a.generation != 1 {
		t.Error("the atlas was emptied in spite of its room")
	}
	if !slices.Equal(before, l.appendAll(nil)[:len(before)]) {
		t.Error("the list has changed")
	}
	spotColor := a.pixels.AlphaAt(int(solid().X), int(solid().Y))
	if spotColor.A != 255 {
		t.Error("the spot for shapes is lost")
	}
}

// fill draws glyphs until the atlas is full, and returns their fonts.
func fill(t *testing.T, a *Atlas, l *List) (fonts []*Font) {
	t.Helper()
	for size := 256.; !a.full; size-- {
		fonts = append(fonts, addSizes(t, a, l, size)...)
	}
	return fonts
}

func TestAtlasIsRefilled(t *testing.T) {
	a, small := newFont(t, 14)
	changed := make(chan bool, 10)
	a.OnChange = func() { changed <- true }
	l := NewList(a)
	l.Text(small, 0, 0, "abc", Foreground)
	fonts := fill(t, a, l)
	if size := a.pixels.Rect.Size(); size != image.Pt(lastSide, lastSide) {
		t.Errorf("the atlas is full at %v", size)
	}
	checkPlaces(t, a, small, fonts[0]) // what is in the list stays as it is
	select {
	case <-changed:
	case <-time.After(5 * time.Second):
		t.Error("nobody asked for another frame")
	}
	before := len(l.appendAll(nil))
	l.Text(small, 0, 0, "Q", Foreground)
	if got := len(l.appendAll(nil)) - before; got != 4*6 {
		t.Errorf("got %d vertices for what has no room, want a box's %d", got, 4*6)
	}

	l.Reset()
	l.Text(small, 0, 0, "abcQ", Foreground)
	if a.generation != 2 || a.full {
		t.Fatal("the atlas was not emptied for the next frame")
	}
	if got := len(l.appendAll(nil)); got != 4*6 {
		t.Errorf("got %d vertices, want %d", got, 4*6)
	}
	checkPlaces(t, a, append(fonts, small)...)
}

// A frame with too much for any atlas must not ask for frames for ever.
func TestAtlasTooSmallForFrame(t *testing.T) {
	a, _ := newFont(t, 14)
	calls := make(chan bool, 10)
	l := NewList(a)
	fill(t, a, l)
	a.OnChange = func() { calls <- true }
	l.Reset()
	fill(t, a, l)
	select {
	case <-calls:
		t.Error("another frame was asked for")
	case <-time.After(20 * time.Millisecond):
	}
}

func TestAtlasTakeDirty(t *testing.T) {
	a, f := newFont(t, 14)
	l := NewList(a)
	if got := a.takeDirty(); got != a.pixels.Rect {
		t.Errorf("got %v, want all", got)
	}
	l.Text(f, 0, 0, "a", Foreground)
	g := f.glyphs['a'].inAtlas
	want := image.Rect(int(g.X), int(g.Y), int(g.X+g.W), int(g.Y+g.H))
	if got := a.takeDirty(); got != want {
		t.Errorf("got %v, want the glyph's %v", got, want)
	}
	l.Text(f, 0, 0, "a a", Foreground)
	if got := a.takeDirty(); !got.Empty() {
		t.Errorf("got %v, want nothing for what was there", got)
	}
}

func TestFontSize(t *testing.T) {
	a := NewAtlas()
	for _, size := range []float64{0, -1, 3, 257, 1e9} {
		if _, err := a.Font(goregular.TTF, size); err == nil {
			t.Errorf("got no error for a size of %v", size)
		}
	}
	if _, err := a.Font([]byte("no font"), 12); err == nil {
		t.Error("got no error for what is no font")
	}
}
