package viewer

import (
	"fmt"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"

	"kompress/viewer/ui"
)

func TestShares(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		counts := make([]uint64, 1+r.IntN(256))
		total := 0.0
		for i := range counts {
			counts[i] = uint64(r.ExpFloat64() * 1000 * float64(1+r.IntN(1000)))
			total += float64(counts[i])
		}
		counts[0]++
		total++
		width := r.IntN(4000)
		edges := shares(counts, width)
		if len(edges) != len(counts)+1 || edges[0] != 0 || edges[len(counts)] != width {
			t.Fatalf("%d counts, %d pixels: got %v", len(counts), width, edges)
		}
		for i, n := range counts {
			got, want := float64(edges[i+1]-edges[i]), float64(n)/total*float64(width)
			if got < 0 || got-want > 1.001 || want-got > 1.001 {
				t.Fatalf("%d of %v in %d pixels: got %v, want %v", n, total, width, got, want)
			}
		}
	}
	if got := fmt.Sprint(shares([]uint64{0, 0}, 10), shares(nil, 10), shares([]uint64{1, 3}, 8)); got != "[0 0 0] [0] [0 2 8]" {
		t.Errorf("got %s", got)
	}
}

func TestSliderIsInverse(t *testing.T) {
	last := float32(-1)
	for k := 1; k <= 256; k++ {
		v := sliderOf(k)
		if got := colorsOf(v); got != k || v <= last || v < 0 || v > 1 {
			t.Errorf("%d: got %d, at %v after %v", k, got, v, last)
		}
		last = v
	}
	if sliderOf(1) != 0 || sliderOf(256) != 1 || sliderOf(16) != 0.5 {
		t.Error("the ends or the middle are elsewhere")
	}
}

// The line between original and result follows the mouse, within the picture's area.
func TestDragTheSplit(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 1).started()
	y := a.layout.image.Y + 100
	if a.splitAt() != 500 {
		t.Fatalf("the line is at %d", a.splitAt())
	}
	before := a.camera
	a.move(503, y)
	a.down()
	a.move(300, y)
	if a.splitAt() != 300 || a.appearance().split != 300 || a.camera != before {
		t.Errorf("the line is at %d", a.splitAt())
	}
	a.move(-50, y)
	if a.splitAt() != 0 {
		t.Errorf("the line is at %d", a.splitAt())
	}
	a.move(5000, 3)
	if a.splitAt() != 1000 {
		t.Errorf("the line is at %d", a.splitAt())
	}
	a.up()
	a.move(100, y)
	if a.splitAt() != 1000 {
		t.Error("the line follows the mouse after it was let go")
	}
	a.split = 0.5 // while the original is shown there is none to be dragged
	a.press(key{name: "Space", action: pressed})
	a.move(500, y)
	a.down()
	a.move(400, y)
	a.up()
	if a.splitAt() != 500 {
		t.Error("a line that is not there was dragged")
	}
}

func TestDragThePicture(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 1).started()
	a.tap("Z")
	p := a.camera.place(a.picture().size, a.layout.image)
	a.move(200, 200)
	a.down()
	a.move(203, 195)
	a.move(205, 194)
	a.up()
	a.move(700, 300)
	now := a.camera.place(a.picture().size, a.layout.image)
	if p.x-now.x != 5 || p.y-now.y != -6 || a.split != 0.5 {
		t.Errorf("got from %+v to %+v", p, now)
	}
	// A click moves nothing: what fits goes on to.
	a.tap("0")
	a.click(200, 200)
	if !a.camera.fit {
		t.Error("a click has moved the picture")
	}
	// What begins on a panel does not move the picture.
	a.move(990, 5)
	a.down()
	a.move(200, 200)
	a.up()
	if !a.camera.fit {
		t.Error("a drag from the strip has moved the picture")
	}
}

func TestWheel(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 1).started()
	a.tap("Z")
	a.move(505, 330)
	size, area := a.picture().size, a.layout.image
	x, y := a.camera.place(size, area).at(505, 330)
	a.turnWheel(4)
	nowX, nowY := a.camera.place(size, area).at(505, 330)
	if a.camera.zoom < 1.999 || a.camera.zoom > 2.001 || abs(float32(x-nowX)) > 0.3 || abs(float32(y-nowY)) > 0.3 {
		t.Errorf("zoom %v, from %v, %v to %v, %v", a.camera.zoom, x, y, nowX, nowY)
	}
	a.move(505, 5) // on the strip
	before := a.camera
	a.turnWheel(-1)
	if a.camera != before {
		t.Error("the wheel zooms from the strip")
	}
}

func TestCloudByMouse(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 1).started()
	a.tap("P")
	a.frame()
	camera, c := a.camera, a.cloud
	a.move(a.layout.cloud.X+50, 300)
	a.down()
	a.move(a.layout.cloud.X+90, 320)
	a.up()
	a.turnWheel(1)
	if a.cloud.yaw <= c.yaw || a.cloud.pitch <= c.pitch || a.cloud.zoom <= c.zoom || a.camera != camera {
		t.Errorf("got %v, %v, %v", a.cloud.yaw, a.cloud.pitch, a.cloud.zoom)
	}
	for range 100 {
		a.turnWheel(1)
	}
	if a.cloud.zoom != 4 {
		t.Errorf("got a zoom of %v", a.cloud.zoom)
	}
	for range 100 {
		a.turnWheel(-1)
	}
	if a.cloud.zoom != 0.5 {
		t.Errorf("got a zoom of %v", a.cloud.zoom)
	}
}

func TestSliderByMouse(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 1).started()
	s := a.layout.slider
	camera := a.camera
	a.move(s.X+1, s.Y+s.H/2)
	a.down()
	if a.settings.colors != 1 {
		t.Errorf("got k = %d at the left", a.settings.colors)
	}
	a.move(s.X+s.W/2, s.Y+s.H/2)
	if a.settings.colors != 16 {
		t.Errorf("got k = %d in the middle", a.settings.colors)
	}
	a.move(s.X+s.W+500, 100)
	a.up()
	if a.settings.colors != 256 || a.camera != camera {
		t.Errorf("got k = %d beyond the right", a.settings.colors)
	}
	a.move(s.X, s.Y+s.H/2)
	if a.settings.colors != 256 {
		t.Error("the knob follows the mouse after it was let go")
	}
	a.quiet()
	if a.result.colors != 256 {
		t.Errorf("got a result of k = %d", a.result.colors)
	}
}

func TestDropdownByMouse(t *testing.T) {
	t.Parallel()
	a := newTestApp(t, 5).started()
	l, line := a.layout.list, a.fonts.text.Height()+6
	a.click(l.X+10, l.Y+5)
	a.click(l.X+10, l.Y+l.H+2+2.5*line)
	if a.at != 2 || a.file() != "c" || a.drag.what != nothing || !a.camera.fit {
		t.Errorf("image %d was chosen", a.at)
	}
	a.quiet()
	// A press beside the open list closes it and does nothing else.
	a.click(l.X+10, l.Y+5)
	a.tap("Z")
	camera, split := a.camera, a.split
	a.move(500, 400)
	a.down()
	a.move(520, 420)
	a.up()
	if a.camera != camera || a.split != split || a.ui.CloseDropdown() || a.at != 2 {
		t.Error("the press did more than close the list")
	}
}

// The entry of the palette under the mouse is lit.
func TestHoverTheSwatches(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 1).started()
	a.tap("2")
	a.quiet()
	a.frame()
	q, r := a.result.found, a.layout.palette
	edges := shares(q.Counts, int(r.W))
	for i := range q.Palette {
		a.move(r.X+float32(edges[i]+edges[i+1])/2, r.Y+3)
		if a.hovered != i || a.appearance().lit != i {
			t.Errorf("entry %d: %d is lit", i, a.hovered)
		}
	}
	a.down()
	if a.hovered != -1 {
		t.Error("an entry is lit while the button is down")
	}
	a.up()
	a.move(500, 300)
	if a.hovered != -1 {
		t.Errorf("entry %d is lit", a.hovered)
	}
	a.move(-1e6, -1e6)
	if a.hovered != -1 {
		t.Errorf("entry %d is lit by a mouse outside", a.hovered)
	}
}

func TestSwatchText(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 1)
	m := flat(4, 1, color.NRGBA{0x12, 0xab, 0xff, 255})
	copy(m.Pix, []uint8{1, 2, 3, 128})
	a.images["a"] = m
	a.started()
	got := []string{strings.Join(a.swatchText(0), "; "), strings.Join(a.swatchText(1), "; ")}
	if got[0] > got[1] {
		got[0], got[1] = got[1], got[0]
	}
	if got[0] != "#010203, alpha 128; 25 % of the pixels" || got[1] != "#12abff; 75 % of the pixels" {
		t.Errorf("got %q", got)
	}
}

// A press closes the help.
func TestPressClosesHelp(t *testing.T) {
	alone(t)
	t.Parallel()
	a := newTestApp(t, 1).started()
	a.tap("H")
	a.frame()
	if a.click(3, 300); a.help {
		t.Error("the help is open")
	}
}

// The mouse may do much between two frames: what is pressed is what was under it
// then.
func TestPointerKeepsTheOrder(t *testing.T) {
	var p pointer
	p.move(1, 1)
	p.move(2, 2)
	p.button(true)
	p.move(3, 3)
	p.move(4, 4)
	p.wheel(1)
	p.move(6, 6)
	p.button(false)
	p.move(5, 5)
	want := []ui.Input{
		{X: 2, Y: 2}, {X: 2, Y: 2, Down: true, Pressed: true}, {X: 4, Y: 4, Down: true},
		{X: 4, Y: 4, Down: true, Wheel: 1}, {X: 6, Y: 6, Down: true},
		{X: 6, Y: 6, Released: true}, {X: 5, Y: 5},
	}
	got := p.take()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := p.take(); len(got) != 1 || got[0] != (ui.Input{X: 5, Y: 5}) {
		t.Errorf("got %v of nothing new", got)
	}
}
