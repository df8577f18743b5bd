//go:build linux && cgo

package main

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"kompress/viewer"
)

// The line is dragged, and what lies right of it is the result at once.
func TestViewSplitIsDragged(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 500, 300, true), "-k", "2")
	if s := v.state(); s.Split != windowWidth/2 {
		t.Errorf("the line is at %d, want the middle", s.Split)
	}
	at := windowWidth / 2
	for _, to := range []int{300, 301, 517, -20, 40} {
		before := v.state()
		v.drag(at, 200, to, 220)
		at = max(0, to)
		s := v.waitFor(fmt.Sprintf("the line at %d", at), func(s *viewer.State) bool { return s.Split == at })
		v.checkPicture()
		if s.Origin != before.Origin || s.Zoom != before.Zoom {
			t.Errorf("the picture went from %v to %v with the line", before.Origin, s.Origin)
		}
	}
}

// The picture follows the pointer, pixel by pixel, at 1:1 and enlarged.
func TestViewPictureIsDragged(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 300, 200, true))
	if s := v.state(); s.Zoom != 2 {
		t.Fatalf("a small picture has zoom %v, want 2", s.Zoom)
	}
	v.checkPicture()
	for _, key := range []string{"", "z"} {
		if key != "" {
			v.key(key)
			v.waitFor("1:1", func(s *viewer.State) bool { return s.Zoom == 1 && isReady(s) })
			v.checkPicture()
		}
		before := v.state()
		v.drag(300, 250, 237, 181)
		v.drag(237, 181, 337, 220)
		want := [2]float64{before.Origin[0] + 37, before.Origin[1] - 30}
		s := v.waitFor(fmt.Sprintf("the origin at %v", want), func(s *viewer.State) bool { return s.Origin == want })
		if s.Zoom != before.Zoom || s.Split != before.Split {
			t.Errorf("zoom %v and line at %d became %v and %d", before.Zoom, before.Split, s.Zoom, s.Split)
		}
		v.checkPicture()
		v.key("Up") // stays where it is
		if s := v.readyWith(before.K + 1); s.Origin != want {
			t.Errorf("with another result the origin is %v, want %v", s.Origin, want)
		}
		v.checkPicture()
	}
	v.key("0")
	v.waitFor("the whole picture", func(s *viewer.State) bool { return s.Zoom == 2 && isCentered(s, areaOf(s, "image")) })
	v.checkPicture()
}

// The wheel zooms by quarters of a doubling, and what is under the pointer stays there.
func TestViewWheelZooms(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 500, 300, true))
	const x, y = 330, 290
	v.mouse("mousemove %d %d", x, y)
	before := v.state()
	for _, test := range []struct {
		button int
		zoom   float64
	}{{4, 2}, {4, 4}, {5, 2}, {5, 1}, {5, 0.5}, {4, 1}} {
		v.mouse("click --repeat 4 --delay 5 %d", test.button)
		s := v.waitFor(fmt.Sprintf("zoom %v", test.zoom), func(s *viewer.State) bool { return math.Abs(s.Zoom-test.zoom) < 1e-9 && isReady(s) })
		for i, p := range []float64{x, y} {
			was, is := (p-before.Origin[i])/before.Zoom, (p-s.Origin[i])/s.Zoom
			if math.Abs(was-is) > 6/s.Zoom { // each step may round to a pixel of the screen
				t.Errorf("zoom %v: point %v of the picture is where %v was", s.Zoom, is, was)
			}
		}
		if s.Zoom > 0.9 {
			v.checkPicture()
		}
	}
}

func TestViewSlider(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 300, 200, true))
	r := areaOf(ptr(v.state()), "slider")
	y := (r.Min.Y + r.Max.Y) / 2
	v.mouse("mousemove %d %d mousedown 1", r.Min.X+1, y)
	v.readyWith(1)
	v.mouse("mousemove %d %d", r.Max.X-1, y)
	v.readyWith(256)
	v.mouse("mousemove %d %d", r.Max.X+300, y-200)
	v.mouse("mousemove %d %d", (r.Min.X+r.Max.X)/2, y-200)
	v.readyWith(16)
	v.mouse("mouseup 1 mousemove %d %d", r.Min.X+3, y)
	v.checkPicture()
	v.mouse("mousemove %d %d click 1", r.Min.X+5+(r.Dx()-10)*3/4, y)
	v.readyWith(64)
	v.mouse("mousemove 5 300")
	v.checkPicture()
}

func ptr[T any](v T) *T { return &v }

func TestViewList(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	folder := t.TempDir()
	var files []string
	for i := range 4 {
		files = append(files, writeScenery(t, folder, fmt.Sprintf("%d.png", i), 200+i, 100, true))
	}
	v := openViewing(t, files...)
	for _, row := range []int{1, 3, 0} {
		r := areaOf(ptr(v.state()), "list")
		high := r.Dy() - 2 // of a row, at a scale of 1
		x := (r.Min.X + r.Max.X) / 2
		v.mouse("mousemove %d %d click 1", x, (r.Min.Y+r.Max.Y)/2)
		v.mouse("mousemove %d %d click 1", x, r.Max.Y+1+row*high+high/2)
		v.waitFor(files[row], func(s *viewer.State) bool { return isReady(s) && s.Index == row && s.File == files[row] })
		v.checkPicture()
	}
	// Esc closes the list first.
	r := areaOf(ptr(v.state()), "list")
	v.mouse("mousemove %d %d click 1", r.Min.X+20, r.Min.Y+10)
	v.retry(func(m *image.RGBA) error {
		if c := m.RGBAAt(r.Max.X-20, r.Max.Y+5); !near(c, color.NRGBA{34, 34, 39, 255}, 3) {
			return fmt.Errorf("a pixel below the box is %v, want a list", c)
		}
		return nil
	})
	v.key("Escape")
	v.checkPicture()
}

// Each colour of the palette is as wide as its share; the one that is pointed at is
// seen in the picture, the others are dark.
func TestViewPalette(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 500, 300, true), "-k", "6")
	s := v.state()
	q := v.images.of(&s).found
	r := areaOf(&s, "palette")
	y := (r.Min.Y + r.Max.Y) / 2
	v.retry(func(m *image.RGBA) error {
		for x := r.Min.X; x < r.Max.X; x++ {
			low, high := entryAt(q.Counts, x-r.Min.X, r.Dx())
			got := m.RGBAAt(x, y)
			if !near(got, q.Palette[low].(color.NRGBA), 0) && !near(got, q.Palette[high].(color.NRGBA), 0) {
				return fmt.Errorf("column %d of the palette is %v, want color %d or %d of %v", x, got, low, high, q.Palette)
			}
		}
		return nil
	})
	x := r.Min.X
	for i, n := range q.Counts {
		wide := int(n) * r.Dx() / (s.Width * s.Height)
		v.mouse("mousemove %d %d", x+wide/2, y)
		v.waitFor(fmt.Sprintf("color %d to be pointed at", i), func(s *viewer.State) bool { return s.Hovered == i })
		v.checkPicture()
		x += wide
	}
	v.mouse("mousemove %d %d", r.Min.X+50, r.Min.Y-100)
	v.waitFor("no color to be pointed at", func(s *viewer.State) bool { return s.Hovered == -1 })
	v.checkPicture()
}

// entryAt returns which colours a column of the palette may show: two where an edge
// is within rounding.
func entryAt(counts []uint64, column, width int) (low, high int) {
	total := uint64(0)
	for _, n := range counts {
		total += n
	}
	at := func(share float64) int {
		sum := uint64(0)
		for i, n := range counts {
			if sum += n; float64(sum)/float64(total) > share {
				return i
			}
		}
		return len(counts) - 1
	}
	return at((float64(column)) / float64(width)), at((float64(column) + 1) / float64(width))
}

// The tip beside the pointer is lighter than what is dark around it.
func TestViewPaletteTip(t *testing.T) {
	t.Parallel()
	leaveOutWithRace(t)
	v := openViewing(t, writeScenery(t, t.TempDir(), "a.png", 500, 300, true), "-k", "1")
	r := areaOf(ptr(v.state()), "palette")
	before := v.x.screenshot(t)
	v.mouse("mousemove %d %d", r.Min.X+100, r.Min.Y+10)
	v.waitFor("a color to be pointed at", func(s *viewer.State) bool { return s.Hovered == 0 })
	box := image.Rect(r.Min.X+110, r.Min.Y-60, r.Min.X+230, r.Min.Y-5)
	v.retry(func(m *image.RGBA) error {
		changed := 0
		for y := box.Min.Y; y < box.Max.Y; y++ {
			for x := box.Min.X; x < box.Max.X; x++ {
				if m.RGBAAt(x, y) != before.RGBAAt(x, y) {
					changed++
				}
			}
		}
		if changed < 2000 {
			return fmt.Errorf("%d pixels near the pointer have changed, want a tip", changed)
		}
		return nil
	})
}
