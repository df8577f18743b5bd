package quantize

import (
	"bufio"
	"image"
	"image/color"
	"image/draw"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

var decoded sync.Map

// load returns a picture of the repository's testdata.
func load(t testing.TB, name string) image.Image {
	t.Helper()
	if m, ok := decoded.Load(name); ok {
		return m.(image.Image)
	}
	f, err := os.Open(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, _, err := image.Decode(bufio.NewReader(f))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	decoded.Store(name, m)
	return m
}

// crop returns a part of a picture without copying it.
func crop(m image.Image, r image.Rectangle) image.Image {
	return m.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(r)
}

// samples are small parts of the pictures, opaque and not, of several types.
func samples(t testing.TB) map[string]image.Image {
	return map[string]image.Image{
		"kodim05.png":       crop(load(t, "kodim05.png"), image.Rect(101, 100, 261, 220)),
		"kodim23.png":       crop(load(t, "kodim23.png"), image.Rect(300, 60, 500, 180)),
		"dandelions.jpg":    crop(load(t, "dandelions.jpg"), image.Rect(2001, 1503, 2161, 1623)),
		"desktop-theme.png": crop(load(t, "desktop-theme.png"), image.Rect(180, 180, 340, 330)),
		"cdwriter.png":      crop(load(t, "cdwriter.png"), image.Rect(0, 10, 160, 160)),
		"bahamas.png":       crop(load(t, "bahamas.png"), image.Rect(10, 0, 200, 100)),
	}
}

func toNRGBA(m image.Image) *image.NRGBA {
	n := image.NewNRGBA(image.Rectangle{Max: m.Bounds().Size()})
	draw.Draw(n, n.Rect, m, m.Bounds().Min, draw.Src)
	return n
}

// pixels returns the colours of an image of NRGBA, RGBA or YCbCr, row by row.
func pixels(m image.Image) []color.NRGBA {
	var all []color.NRGBA
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			var n color.NRGBA
			switch c := m.At(x, y).(type) {
			case color.YCbCr:
				n.R, n.G, n.B = color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
				n.A = 255
			default:
				n = color.NRGBAModel.Convert(c).(color.NRGBA)
			}
			if n.A == 0 {
				n = color.NRGBA{}
			}
			all = append(all, n)
		}
	}
	return all
}

// patches has one pixel of each colour, n times.
func patches(n int, colors ...color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, len(colors), n))
	for i := range n * len(colors) {
		m.SetNRGBA(i%len(colors), i/len(colors), colors[i%len(colors)])
	}
	return m
}

// gradient has 256·n colours.
func gradient(n int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 256, n))
	for y := range n {
		for x := range 256 {
			m.SetNRGBA(x, y, color.NRGBA{uint8(x), uint8(255 * y / n), uint8(x ^ y), 255})
		}
	}
	return m
}

// disc is a body with a soft edge on a transparent background. Its pixels are
// clear, in between and solid, in that order from the outside.
func disc(size int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	for i := range size * size {
		x, y := 2*(i%size)-size+1, 2*(i/size)-size+1
		d := size*size*2/3 - (x*x + y*y)
		if a := min(max(d/16, 0), 255); a > 0 {
			m.SetNRGBA(i%size, i/size, color.NRGBA{uint8(200 - x/4), uint8(90 + y/4), uint8(x - y), uint8(a)})
		}
	}
	return m
}
