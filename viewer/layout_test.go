package viewer

import (
	"fmt"
	"image/color"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"kompress/quantize"
	"kompress/viewer/ui"
)

var scales = []float32{0.75, 1, 1.5, 2, 3}

func intersect(a, b ui.Rect) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

func within(inner, outer ui.Rect) bool {
	return inner.X >= outer.X && inner.Y >= outer.Y && inner.X+inner.W <= outer.X+outer.W && inner.Y+inner.H <= outer.Y+outer.H
}

// fitsWindow says whether there is room for all: below that, what is at the bottom is
// over what is at the top.
func fitsWindow(l *layout) bool { return l.strip.H+l.bottom.H+1 <= l.height }

// checkLayout returns what is wrong; "" for nothing.
func checkLayout(a *app, labels []label) string {
	l := &a.layout
	window := ui.Rect{W: l.width, H: l.height}
	areas := map[string]ui.Rect{"strip": l.strip, "bottom": l.bottom, "area": l.area}
	for name, r := range areas {
		if !within(r, window) || r.H < 1 {
			return fmt.Sprintf("%s %v is not in the window", name, r)
		}
		for other, s := range areas {
			if other != name && intersect(r, s) {
				return fmt.Sprintf("%s %v is over %s %v", name, r, other, s)
			}
		}
	}
	if !within(l.list, l.strip) || l.slider.W > 0 && !within(l.slider, l.bottom) || !within(l.palette, l.bottom) || intersect(l.slider, l.palette) {
		return fmt.Sprintf("list %v, slider %v or palette %v is misplaced", l.list, l.slider, l.palette)
	}
	if !within(l.image, l.area) || !within(l.cloud, l.area) && l.cloud != (ui.Rect{}) {
		return fmt.Sprintf("image %v or cloud %v is not in %v", l.image, l.cloud, l.area)
	}
	if a.cloud.mode == cloudBeside && (intersect(l.image, l.cloud) || l.image.W+l.cloud.W != l.area.W) {
		return fmt.Sprintf("image %v and cloud %v do not share %v", l.image, l.cloud, l.area)
	}
	placed := []ui.Rect{l.list}
	wrong := ""
	a.flow(labels, func(r ui.Rect, item label) {
		for _, s := range placed {
			if intersect(r, s) {
				wrong = fmt.Sprintf("%q at %v is over %v", item.text, r, s)
			}
		}
		if !within(r, l.strip) {
			wrong = fmt.Sprintf("%q at %v is not in %v", item.text, r, l.strip)
		}
		placed = append(placed, r)
	})
	return wrong
}

func TestLayout(t *testing.T) {
	a := newTestApp(t, 1).started()
	fit := 0
	for _, scale := range scales {
		a.setScale(scale)
		for _, width := range []float32{200, 201, 255, 320, 480, 639, 640, 800, 1024, 1281, 1920, 2560, 3333, 4000} {
			for _, height := range []float32{150, 177, 240, 301, 480, 768, 1080, 1600, 2200} {
				for a.cloud.mode = range cloudMode(3) {
					labels := a.labels()
					a.arrange(width, height, scale, labels)
					if !fitsWindow(&a.layout) {
						continue
					}
					fit++
					if wrong := checkLayout(a.app, labels); wrong != "" {
						t.Fatalf("%v × %v at %v, cloud %d: %s", width, height, scale, a.cloud.mode, wrong)
					}
				}
				a.width, a.height = width, height
				a.frame() // nothing of it fails, whether there is room or not
			}
		}
	}
	if fit < 1200 {
		t.Errorf("only %d layouts have room", fit)
	}
}

// A window of a usual size has room for everything at every scale.
func TestUsualWindowsHaveRoom(t *testing.T) {
	alone(t)
	a := newTestApp(t, 1).started()
	for _, scale := range scales {
		a.setScale(scale)
		for _, size := range [][2]float32{{1280, 800}, {640, 480}, {3000, 400}} {
			a.arrange(size[0]*max(1, scale), size[1]*max(1, scale), scale, a.labels())
			if !fitsWindow(&a.layout) || a.layout.area.H < 100*scale {
				t.Errorf("%v at %v: %v is left", size, scale, a.layout.area)
			}
		}
	}
}

// The picture stays where it is, whatever numbers the strip shows.
func TestStripKeepsItsHeight(t *testing.T) {
	alone(t)
	a := newTestApp(t, 3).started()
	r := rand.New(rand.NewPCG(1, 1))
	grown := 0
	for width := float32(300); width < 2000; width += 17 {
		a.width = width
		a.settings.colors, a.pace, a.settings.space = 256, pace{}, quantize.SRGB
		a.frame()
		a.frame()
		want := a.layout.strip
		for range 12 {
			a.settings.colors = 1 + r.IntN(256)
			a.pace = pace{}
			now := time.Unix(1, 0)
			for range r.IntN(5) {
				now = now.Add(time.Duration(1+r.IntN(200)) * time.Millisecond)
				a.pace.frame(now)
			}
			found := quantize.Quantized{Palette: make(color.Palette, 1+r.IntN(256)), MSE: math.Exp(r.Float64()*9) * float64(r.IntN(3))}
			for i := range found.Palette {
				found.Palette[i] = color.NRGBA{uint8(i), 2, 3, 255}
			}
			found.Counts = make([]uint64, len(found.Palette))
			a.result.found = &found
			a.result.took = time.Duration(r.IntN(999)) * time.Millisecond
			a.encoding.data = make([]byte, r.IntN(999_000))
			a.picture().bytes = int64(1_000_000 + r.IntN(1000))
			a.settings.space = 1 - a.settings.space
			a.stage = []string{"", "compressing", "settling"}[r.IntN(3)]
			if a.frame(); a.layout.strip != want {
				t.Fatalf("%v: got %v, want %v", width, a.layout.strip, want)
			}
		}
		// What else there is to be told may need a line more, which then stays.
		a.settings.seed = math.MaxUint64
		a.frame()
		most := a.layout.lines
		a.settings.seed = 0
		if a.frame(); a.layout.lines != most {
			t.Fatalf("%v: %d lines have become %d", width, most, a.layout.lines)
		}
		if a.layout.strip.H > want.H {
			grown++
		}
	}
	lines := a.layout.lines
	a.width = 300
	if a.frame(); grown == 0 || a.layout.lines <= lines {
		t.Errorf("the strip grows for %d widths, to %d lines where it is narrow", grown, a.layout.lines)
	}
	a.width = 1990
	if a.frame(); a.layout.lines > lines {
		t.Errorf("the strip of a window that is wide again has %d lines, not %d", a.layout.lines, lines)
	}
}

func TestWrap(t *testing.T) {
	a := newTestApp(t, 0)
	f := a.fonts.text
	for _, text := range []string{"", "word", "some words in a line that is rather long, and a very-long-word-that-does-not-fit-into-a-line-at-all äöü日本語", "  spaces   between  "} {
		for width := float32(10); width < 400; width += 13 {
			kept := ""
			for _, line := range wrap(f, text, width) {
				if n := len([]rune(line)); f.Width(line) > width && n > 1 {
					t.Fatalf("%q is %v wide, more than %v", line, f.Width(line), width)
				}
				kept += line
			}
			if got, want := withoutSpaces(kept), withoutSpaces(text); got != want {
				t.Fatalf("%v: got %q, want %q", width, got, want)
			}
		}
	}
}

func withoutSpaces(s string) string { return strings.ReplaceAll(s, " ", "") }
