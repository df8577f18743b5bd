package viewer

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"kompress/quantize"
	"kompress/viewer/ui"
)

// hangTime is what tests wait for at most, so that they do not hang. Nothing takes
// nearly as long.
const hangTime = 60 * time.Second

// noise returns an opaque image in which nearly every pixel has a colour of its own.
func noise(width, height int, seed uint64) *image.NRGBA {
	r := rand.New(rand.NewPCG(seed, 1))
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.Uint32())
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

// faint returns noise that is transparent to all degrees.
func faint(width, height int, seed uint64) *image.NRGBA {
	m := noise(width, height, seed)
	r := rand.New(rand.NewPCG(seed, 2))
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = [...]uint8{0, 255, uint8(r.Uint32()), uint8(r.Uint32()), 1}[r.IntN(5)]
	}
	return m
}

// premultiplied returns the image with its components times alpha.
func premultiplied(m *image.NRGBA) *image.RGBA {
	out := image.NewRGBA(m.Rect)
	for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
		for x := m.Rect.Min.X; x < m.Rect.Max.X; x++ {
			out.Set(x, y, m.At(x, y))
		}
	}
	return out
}

// flat returns an image of one colour.
func flat(width, height int, c color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := 0; i < len(m.Pix); i += 4 {
		m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = c.R, c.G, c.B, c.A
	}
	return m
}

func pictureOf(t testing.TB, m image.Image) *picture {
	t.Helper()
	p, err := newPicture(context.Background(), "picture", &Image{Pixels: m, Bytes: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// reduced returns an image in few colours, by package quantize alone.
func reduced(t testing.TB, m image.Image, o quantize.Options) (*image.Paletted, *quantize.Quantized) {
	t.Helper()
	p, q, err := quantize.Quantize(context.Background(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	return p, q
}

// difference says in what two images in few colours differ; "" for nothing.
func difference(got, want *image.Paletted) string {
	if fmt.Sprint(got.Palette) != fmt.Sprint(want.Palette) {
		return fmt.Sprintf("got the palette %v, want %v", got.Palette, want.Palette)
	}
	if got.Rect != want.Rect {
		return fmt.Sprintf("got bounds %v, want %v", got.Rect, want.Rect)
	}
	if !bytes.Equal(got.Pix, want.Pix) {
		return "the pixels have other indices"
	}
	return ""
}

// receive waits for something.
func receive[T any](t testing.TB, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(hangTime):
		t.Fatalf("nothing came: %s", what)
	}
	panic("not reached")
}

// goroutine returns which one this is.
func goroutine() string {
	var stack [64]byte
	text := stack[:runtime.Stack(stack[:], false)]
	return string(bytes.Fields(text)[1])
}

func areaOf(width, height int) ui.Rect { return ui.Rect{W: float32(width), H: float32(height)} }

// some returns the first and the last of a list if the race detector is on, else all.
func some[T any](list ...T) []T {
	if raceEnabled && len(list) > 2 {
		return []T{list[0], list[len(list)-1]}
	}
	return list
}

// alone leaves a test out if the race detector is on: nothing of it runs beside
// anything else but what other tests have, too.
func alone(t *testing.T) {
	if raceEnabled {
		t.Skip("left out with the race detector")
	}
}
