package viewer

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"kompress/viewer/ui"
)

// sizes are those of pictures, likely and unlikely ones.
var sizes = []image.Point{{1, 1}, {2, 3}, {16, 16}, {640, 480}, {3000, 2000}, {65000, 10}, {10, 65000}, {65535, 65535}}

var cameraAreas = []ui.Rect{
	{X: 0, Y: 40, W: 1280, H: 700}, {X: 0, Y: 33, W: 641, H: 479}, {X: 640, Y: 40, W: 640, H: 700}, {X: 0, Y: 40, W: 1, H: 1}, {X: 0, Y: 40, W: 200, H: 7},
}

func TestFitShowsAllOfThePicture(t *testing.T) {
	for _, size := range sizes {
		for _, area := range cameraAreas {
			c := camera{fit: true}
			p := c.place(size, area)
			left, top := -p.x/p.step, -p.y/p.step
			w, h := float64(size.X)/p.step, float64(size.Y)/p.step
			const slack = 1e-6
			fits := float64(size.X) <= float64(area.W) && float64(size.Y) <= float64(area.H)
			if p.step > 1 == fits && p.step != 1 {
				t.Errorf("%v in %v: got a step of %v", size, area, p.step)
			}
			if w > float64(area.W)+slack && p.step < 65536 || h > float64(area.H)+slack && p.step < 65536 {
				t.Errorf("%v in %v: got %v × %v pixels", size, area, w, h)
			}
			x, y := float64(area.X)+float64(area.W)/2, float64(area.Y)+float64(area.H)/2
			if math.Abs(left+w/2-x) > 0.5+slack || math.Abs(top+h/2-y) > 0.5+slack {
				t.Errorf("%v in %v: the middle is at %v, %v, want %v, %v", size, area, left+w/2, top+h/2, x, y)
			}
			// A larger one would not fit.
			if zoom := 1 / p.step; zoom < 1 && w < float64(area.W)-slack && h < float64(area.H)-slack {
				t.Errorf("%v in %v: got only %v × %v pixels", size, area, w, h)
			} else if zoom >= 1 && zoom != math.Floor(zoom) || zoom > maxZoom {
				t.Errorf("%v in %v: got a zoom of %v", size, area, zoom)
			}
		}
	}
}

// A small picture is enlarged as much as whole pixels of it fit.
func TestFitZoom(t *testing.T) {
	for _, test := range []struct {
		size image.Point
		area ui.Rect
		want float64
	}{
		{image.Pt(100, 100), ui.Rect{W: 399, H: 1000}, 3},
		{image.Pt(100, 100), ui.Rect{W: 400, H: 1000}, 4},
		{image.Pt(100, 100), ui.Rect{W: 199, H: 1000}, 1},
		{image.Pt(100, 100), ui.Rect{W: 50, H: 1000}, 0.5},
		{image.Pt(100, 100), ui.Rect{W: 1000, H: 25}, 0.25},
		{image.Pt(1, 1), ui.Rect{W: 1000, H: 1000}, 64},
		{image.Pt(65536*4, 1), ui.Rect{W: 1, H: 1}, 1 / 65536.0},
	} {
		if got := fitZoom(test.size, test.area); got != test.want {
			t.Errorf("%v in %v: got %v, want %v", test.size, test.area, got, test.want)
		}
	}
}

func TestActualSizeIsOnWholePixels(t *testing.T) {
	for _, size := range sizes {
		for _, area := range cameraAreas {
			c := camera{fit: true}
			c.actualSize(size)
			p := c.place(size, area)
			if p.step != 1 || p.x != math.Round(p.x) || p.y != math.Round(p.y) {
				t.Errorf("%v in %v: got %+v", size, area, p)
			}
			if c.x != float64(size.X)/2 || c.y != float64(size.Y)/2 {
				t.Errorf("%v in %v: %v, %v is in the middle", size, area, c.x, c.y)
			}
			c.pan(3.25, -7.75, size, area)
			if p = c.place(size, area); p.step != 1 || p.x != math.Round(p.x) || p.y != math.Round(p.y) {
				t.Errorf("%v in %v: got %+v after a pan", size, area, p)
			}
		}
	}
	c := camera{zoom: 8, x: 3, y: 4}
	c.actualSize(image.Pt(100, 100))
	if c != (camera{zoom: 1, x: 3, y: 4}) {
		t.Errorf("what is in the middle does not stay there: %+v", c)
	}
}

// someCamera returns one of a picture, and a point of the screen over that picture.
func someCamera(r *rand.Rand) (c camera, size image.Point, area ui.Rect, x, y float64) {
	size = image.Pt(1+r.IntN(4000), 1+r.IntN(3000))
	area = ui.Rect{X: float32(r.IntN(500)), Y: float32(r.IntN(100)), W: float32(50 + r.IntN(2000)), H: float32(50 + r.IntN(1000))}
	c = camera{zoom: math.Exp2(r.Float64()*8 - 3), x: r.Float64() * float64(size.X), y: r.Float64() * float64(size.Y)}
	c.fit = r.IntN(8) == 0
	p := c.place(size, area)
	return c, size, area, (r.Float64()*float64(size.X) - p.x) / p.step, (r.Float64()*float64(size.Y) - p.y) / p.step
}

// What is under the pointer stays there when the zoom changes, unless that is so far
// from the middle that the picture would leave the area. Whole pixels cost half of
// one at most.
func TestZoomKeepsWhatIsUnderThePoint(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	checked := 0
	for range 20000 {
		c, size, area, x, y := someCamera(r)
		wantX, wantY := c.place(size, area).at(x, y)
		zoom := math.Exp2(r.Float64()*8 - 3)
		if r.IntN(2) == 0 {
			zoom = math.Round(zoom + 1)
		}
		c.zoomAbout(zoom, x, y, size, area)
		if c.fit {
			t.Fatal("the picture still fits")
		}
		if c.x == 0 || c.y == 0 || c.x == float64(size.X) || c.y == float64(size.Y) {
			continue
		}
		checked++
		p := c.place(size, area)
		gotX, gotY := p.at(x, y)
		slack := 1e-6
		if c.zoom >= 1 {
			slack += 0.5 / c.zoom
		}
		if math.Abs(gotX-wantX) > slack || math.Abs(gotY-wantY) > slack {
			t.Fatalf("%+v, %v: got %v, %v under the point, want %v, %v", c, size, gotX, gotY, wantX, wantY)
		}
		if want := max(minZoom(size, area), min(maxZoom, zoom)); c.zoom != want {
			t.Fatalf("got a zoom of %v, want %v", c.zoom, want)
		}
	}
	if checked < 5000 {
		t.Errorf("only %d were checked", checked)
	}
}

func TestZoomHasLimits(t *testing.T) {
	for _, size := range sizes {
		for _, area := range cameraAreas {
			c := camera{fit: true}
			for range 200 {
				c.wheel(1, 50, 50, size, area)
			}
			if c.zoom != maxZoom {
				t.Errorf("%v in %v: got a zoom of %v, want %v", size, area, c.zoom, maxZoom)
			}
			for range 300 {
				c.wheel(-1, 50, 50, size, area)
			}
			longest := float64(max(size.X, size.Y))
			if c.zoom != minZoom(size, area) || c.zoom > fitZoom(size, area) || c.zoom > 1 || c.zoom*longest > max(16, fitZoom(size, area)*longest)+1e-9 {
				t.Errorf("%v in %v: got a zoom of %v", size, area, c.zoom)
			}
		}
	}
}

// The wheel does not pass by 1:1, or what looks like it, in either direction, and goes
// on from there.
func TestWheelStopsAtActualSize(t *testing.T) {
	size, area := image.Pt(3000, 2000), cameraAreas[0]
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		clicks := []float64{-1, 1, 0.25, -0.5, 3, -4}[r.IntN(6)]
		c := camera{zoom: math.Exp2(r.Float64()*6 - 2), x: 1500, y: 1000}
		if clicks > 0 {
			c.zoom = math.Exp2(-r.Float64()*2 - 0.01)
		} else {
			c.zoom = math.Exp2(r.Float64()*5 + 0.01)
		}
		stopped := false
		for range 200 {
			before := c.zoom
			c.wheel(clicks, 400, 300, size, area)
			if (before < 1) != (c.zoom < 1) && !isActual(before) && !isActual(c.zoom) {
				t.Fatalf("%v clicks: from %v to %v", clicks, before, c.zoom)
			}
			stopped = stopped || isActual(c.zoom)
			if before == 1 && c.zoom == 1 {
				t.Fatalf("%v clicks: stuck at 1:1", clicks)
			}
		}
		if !stopped && clicks > 0 {
			t.Fatalf("%v clicks: no stop at 1:1", clicks)
		}
	}
}

func isActual(zoom float64) bool { return zoom == 1 }

func TestWheelFourClicksDouble(t *testing.T) {
	size, area := image.Pt(3000, 2000), cameraAreas[0]
	c := camera{zoom: 2, x: 1500, y: 1000}
	for range 4 {
		c.wheel(1, 0, 0, size, area)
	}
	if math.Abs(c.zoom-4) > 1e-9 {
		t.Errorf("got a zoom of %v, want 4", c.zoom)
	}
}

func TestPan(t *testing.T) {
	size, area := image.Pt(3000, 2000), cameraAreas[0]
	c := camera{zoom: 2, x: 1500, y: 1000}
	before := c.place(size, area)
	c.pan(10, -6, size, area)
	after := c.place(size, area)
	if before.x-after.x != 5 || before.y-after.y != -3 {
		t.Errorf("got from %+v to %+v", before, after)
	}
	c.pan(1e9, 1e9, size, area)
	if c.x != 0 || c.y != 0 {
		t.Errorf("the picture is gone: %+v", c)
	}
	c.pan(-1e9, -1e9, size, area)
	if c.x != 3000 || c.y != 2000 {
		t.Errorf("the picture is gone: %+v", c)
	}
	// From a picture that fits, it is moved from where it is.
	c = camera{fit: true}
	before = c.place(size, area)
	c.pan(12, 8, size, area)
	after = c.place(size, area)
	if c.fit || math.Abs(before.x-after.x-12*before.step) > 1e-9 || math.Abs(before.y-after.y-8*before.step) > 1e-9 || before.step != after.step {
		t.Errorf("got from %+v to %+v", before, after)
	}
}

// Zoomed out, the columns of the screen share the picture's out among them.
func TestSpansCoverThePicture(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		size := 1 + r.IntN(5000)
		step := 1 + math.Exp2(r.Float64()*12-6)
		origin := -r.Float64() * 40 * step
		n := int((float64(size)-origin)/step) + 2
		list := spans(nil, origin, step, n, size)
		if len(list) != n {
			t.Fatalf("got %d spans, want %d", len(list), n)
		}
		end := int32(0)
		for i, s := range list {
			if s.first == s.end {
				if s.first != 0 || s.end != 0 {
					t.Fatalf("an empty span is %v", s)
				}
				continue
			}
			if s.first != end || s.end < s.first {
				t.Fatalf("origin %v, step %v: %v follows what ends at %d", origin, step, s, end)
			}
			if float64(s.end-s.first) > step+1 {
				t.Fatalf("step %v: got %v", step, s)
			}
			if at := origin + float64(i)*step; at >= 0 && s.first != int32(at) {
				t.Fatalf("column %d shows %v, want from %v", i, s, at)
			}
			end = s.end
		}
		if int(end) != size {
			t.Fatalf("origin %v, step %v: the last one ends at %d of %d", origin, step, end, size)
		}
	}
}

// Zoomed in, every column shows one of the picture's, that in its middle.
func TestSpansOfAnEnlargedPicture(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 3000 {
		size := 1 + r.IntN(300)
		step := math.Exp2(-r.Float64() * 6)
		origin := r.Float64()*100 - 50
		for i, s := range spans(nil, origin, step, 400, size) {
			want := span{}
			if at := math.Floor(origin + (float64(i)+0.5)*step); at >= 0 && at < float64(size) {
				want = span{int32(at), int32(at) + 1}
			}
			if s != want {
				t.Fatalf("origin %v, step %v, column %d: got %v, want %v", origin, step, i, s, want)
			}
		}
	}
}

// At whole zooms, 1:1 among them, all pixels of the picture are as wide.
func TestSpansAtWholeZooms(t *testing.T) {
	alone(t)
	area := ui.Rect{X: 13, Y: 7, W: 8000, H: 3000}
	r := rand.New(rand.NewPCG(9, 10))
	for zoom := 1; zoom <= maxZoom; zoom++ {
		for range 20 {
			size := image.Pt(1+r.IntN(50), 1)
			c := camera{zoom: float64(zoom), x: r.Float64() * float64(size.X)}
			p := c.place(size, area)
			widths := make([]int, size.X)
			last := int32(-1)
			for _, s := range spans(nil, p.x, p.step, 8000, size.X) {
				if s.first == s.end {
					continue
				}
				if s.end != s.first+1 || s.first < last || s.first > last+1 {
					t.Fatalf("zoom %d: %v follows %d", zoom, s, last)
				}
				last = s.first
				widths[last]++
			}
			for x, w := range widths {
				if w != zoom {
					t.Fatalf("zoom %d, %+v: column %d is %d wide", zoom, c, x, w)
				}
			}
		}
	}
}

func TestSpansKeepTheirMemory(t *testing.T) {
	list := spans(nil, 0, 1, 100, 100)
	again := spans(list, 50, 2, 60, 100)
	if &list[0] != &again[0] || len(again) != 60 || again[0] != (span{50, 52}) || again[25] != (span{}) {
		t.Errorf("got %v", again)
	}
}

func TestSpanSample(t *testing.T) {
	for length := 1; length <= 300; length++ {
		s := span{7, int32(7 + length)}
		for n := 1; n <= length && n <= 256; n++ {
			last, least, most := -1, length, 0
			for j := range n {
				got := s.sample(j, n)
				if got < 7 || got >= 7+length || got <= last {
					t.Fatalf("%d of %d in %v: got %d after %d", j, n, s, got, last)
				}
				if j > 0 {
					least, most = min(least, got-last), max(most, got-last)
				}
				last = got
			}
			if n > 1 && most-least > 1 {
				t.Fatalf("%d in %v: steps of %d to %d", n, s, least, most)
			}
			// As much is left out at the one end as at the other.
			if before, after := s.sample(0, n)-7, 7+length-1-last; before-after > 1 || after-before > 1 {
				t.Fatalf("%d in %v: %d before and %d after", n, s, before, after)
			}
		}
	}
}
