//go:build linux && cgo

package main

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"
	"time"

	"kompress/quantize"
	"kompress/viewer"
)

// References are what images and their results have to look like.
type references struct {
	t       *testing.T
	images  map[string]image.Image
	results map[wanted]*reference
}

// A wanted is what a result depends on.
type wanted struct {
	file, space string
	k           int
	seed        uint64
}

// A reference is what package quantize makes of an image.
type reference struct {
	image  image.Image
	result *image.Paletted
	found  *quantize.Quantized
}

func newReferences(t *testing.T) *references {
	return &references{t, map[string]image.Image{}, map[wanted]*reference{}}
}

// of returns what a state is to show.
func (r *references) of(s *viewer.State) *reference {
	r.t.Helper()
	w := wanted{s.File, s.Space, s.K, s.Seed}
	if f := r.results[w]; f != nil {
		return f
	}
	if r.images[s.File] == nil {
		r.images[s.File] = decode(r.t, s.File)
	}
	o := quantize.Options{Colors: s.K, Seed: s.Seed}
	if s.Space == quantize.Oklab.String() {
		o.Space = quantize.Oklab
	}
	m, q, err := quantize.Quantize(context.Background(), r.images[s.File], o)
	if err != nil {
		r.t.Fatal(err)
	}
	r.results[w] = &reference{r.images[s.File], m, q}
	return r.results[w]
}

// checkPicture wants the part of the window that is the picture's to be, pixel by pixel,
// what the state says and package quantize finds.
func (v *viewing) checkPicture() {
	v.t.Helper()
	v.retry(func(m *image.RGBA) error {
		s := v.state()
		return compareWindow(m, &s, v.images.of(&s))
	})
}

// retry looks at the screen until it is as it is to be: it lags behind the states.
func (v *viewing) retry(check func(*image.RGBA) error) {
	v.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		err := check(v.x.screenshot(v.t))
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("%v\n%+v", err, v.state())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// ground is what is around the picture.
var ground = color.NRGBA{28, 28, 31, 255}

// compareWindow compares the picture's area with what is to be there, if the picture is
// not reduced and nothing lies over it.
func compareWindow(m *image.RGBA, s *viewer.State, r *reference) error {
	switch {
	case !isReady(s):
		return fmt.Errorf("got stage %q, want ready", s.Stage)
	case s.Zoom < 1 || s.Help || s.Cloud == "alone":
		return fmt.Errorf("got zoom %v, help %t, cloud %s: nothing to compare", s.Zoom, s.Help, s.Cloud)
	}
	area := uncovered(s)
	shown, every := 0, 1
	if raceEnabled {
		every = 7 // rows; all would take too long
	}
	for y := area.Min.Y; y < area.Max.Y; y += every {
		for x := area.Min.X; x < area.Max.X; x++ {
			want, tolerance, inside := r.at(s, x, y)
			if inside {
				shown++
			}
			if underGrip(s, x, y) {
				continue
			}
			want, tolerance = withLine(s, x, want, tolerance)
			if got := m.RGBAAt(x, y); !near(got, want, tolerance) {
				return fmt.Errorf("pixel %d,%d of the window is %v, want %v ± %d", x, y, got, want, tolerance)
			}
		}
	}
	if shown == 0 && every == 1 {
		return fmt.Errorf("the picture is out of sight")
	}
	return nil
}

// uncovered is the part of the picture's area that no message and no tip lies over.
func uncovered(s *viewer.State) image.Rectangle {
	area := areaOf(s, "image")
	if s.Message != "" {
		area.Max.Y -= 120
	}
	if s.Hovered >= 0 {
		area.Max.Y -= 60
	}
	return area
}

func areaOf(s *viewer.State, name string) image.Rectangle {
	a := s.Areas[name]
	return image.Rect(a[0], a[1], a[0]+a[2], a[1]+a[3])
}

// at returns the colour that a pixel of the window is to have, and how far off it may
// be, and whether it is the picture's. Opaque colours are exact.
func (r *reference) at(s *viewer.State, x, y int) (c color.NRGBA, tolerance int, inside bool) {
	column := int(math.Floor((float64(x) + 0.5 - s.Origin[0]) / s.Zoom))
	row := int(math.Floor((float64(y) + 0.5 - s.Origin[1]) / s.Zoom))
	bounds := r.image.Bounds()
	if column < 0 || row < 0 || column >= bounds.Dx() || row >= bounds.Dy() {
		return ground, 0, false
	}
	entry := int(r.result.ColorIndexAt(column, row))
	if x < s.Split || s.Original {
		c = color.NRGBAModel.Convert(r.image.At(bounds.Min.X+column, bounds.Min.Y+row)).(color.NRGBA)
	} else {
		c = r.found.Palette[entry].(color.NRGBA)
	}
	if s.Hovered >= 0 && s.Hovered != entry { // faded, since another is pointed at
		fade := fadeFrom(r.found.Palette[s.Hovered].(color.NRGBA))
		c.R, c.G, c.B = c.R/5+fade, c.G/5+fade, c.B/5+fade
	}
	if c.A == 255 {
		return c, 0, true
	}
	field := 102.
	if (x/8+y/8)%2 == 0 {
		field = 153
	}
	blend := func(v uint8) uint8 {
		return uint8(math.Round((float64(v)*float64(c.A) + field*float64(255-c.A)) / 255))
	}
	return color.NRGBA{blend(c.R), blend(c.G), blend(c.B), 255}, min(1, int(c.A)), true
}

// fadeFrom returns what is added to faded colours, so that they are far from a colour.
func fadeFrom(c color.NRGBA) uint8 {
	if luma := (299*int(c.R) + 587*int(c.G) + 114*int(c.B)) * int(c.A) / 255000; luma < 110 {
		return 188
	}
	return 0
}

// withLine returns a colour as it is under the line between original and result, which is
// two columns of white, with a column of black on either side. Both let some of the
// picture through.
func withLine(s *viewer.State, x int, c color.NRGBA, tolerance int) (color.NRGBA, int) {
	away := x - s.Split
	if s.Original || away < -2 || away > 1 {
		return c, tolerance
	}
	blend := func(under, over, alpha float64) float64 { return (under*(255-alpha) + over*alpha) / 255 }
	for _, v := range []*uint8{&c.R, &c.G, &c.B} {
		light := blend(float64(*v), 0, 90)
		if away == -1 || away == 0 {
			light = blend(light, 255, 220)
		}
		*v = uint8(math.Round(light))
	}
	return c, tolerance + 1
}

// underGrip says whether the grip of the line covers a pixel.
func underGrip(s *viewer.State, x, y int) bool {
	area := areaOf(s, "image")
	middle := (area.Min.Y + area.Max.Y) / 2
	return !s.Original && x >= s.Split-7 && x < s.Split+7 && y >= middle-20 && y < middle+20
}

func near(got color.RGBA, want color.NRGBA, tolerance int) bool {
	for _, d := range []int{int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B)} {
		if d > tolerance || d < -tolerance {
			return false
		}
	}
	return true
}
