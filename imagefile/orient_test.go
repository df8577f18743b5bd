package imagefile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"reflect"
	"testing"
)

// sourceOf is the definition of the orientations: where in an image of w x h the
// pixel (x, y) of the upright one is.
func sourceOf(orientation, w, h, x, y int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}

// orientable returns an image of each type, full of different samples.
func orientable(size image.Point) []draw.Image {
	r := image.Rect(0, 0, size.X, size.Y)
	p := make(color.Palette, 256)
	for i := range p {
		p[i] = color.NRGBA{uint8(i), uint8(3 * i), uint8(7 * i), 255}
	}
	images := []draw.Image{image.NewGray(r), image.NewGray16(r), image.NewRGBA(r), image.NewNRGBA(r), image.NewCMYK(r),
		image.NewRGBA64(r), image.NewNRGBA64(r), image.NewPaletted(r, p)}
	for _, m := range images {
		pix := reflect.ValueOf(m).Elem().FieldByName("Pix").Bytes()
		for i := range pix {
			pix[i] = uint8(i * i / 3)
		}
	}
	return images
}

func subsampled(size image.Point, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	m := image.NewYCbCr(image.Rect(0, 0, size.X, size.Y), ratio)
	for i, plane := range [][]uint8{m.Y, m.Cb, m.Cr} {
		for j := range plane {
			plane[j] = uint8(j*j*(i+1)/5 + 31*i)
		}
	}
	return m
}

var ratios = []image.YCbCrSubsampleRatio{
	image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
	image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
}

func TestOrient(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {5, 3}, {8, 4}, {131, 66}} {
		var images []image.Image
		for _, m := range orientable(size) {
			images = append(images, m)
		}
		for _, ratio := range ratios {
			images = append(images, subsampled(size, ratio), &image.NYCbCrA{
				YCbCr: *subsampled(size, ratio), AStride: size.X, A: orientable(size)[0].(*image.Gray).Pix,
			})
		}
		for _, m := range images {
			for orientation := range 11 {
				checkOriented(t, m, orientation)
			}
		}
	}
}

func checkOriented(t *testing.T, m image.Image, orientation int) {
	t.Helper()
	name := fmt.Sprintf("%T of %v, orientation %d", m, m.Bounds().Size(), orientation)
	// It takes the planes out of the image it is given.
	given := m
	switch m := m.(type) {
	case *image.YCbCr:
		c := *m
		given = &c
	case *image.NYCbCrA:
		c := *m
		given = &c
	}
	got, err := orient(context.Background(), given, orientation)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if Deep(got) != Deep(m) {
		t.Errorf("%s: deep %v, was %v", name, Deep(got), Deep(m))
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	want := image.Rect(0, 0, w, h)
	if orientation >= 5 && orientation <= 8 {
		want = image.Rect(0, 0, h, w)
	}
	if got.Bounds() != want {
		t.Fatalf("%s: got bounds %v, want %v", name, got.Bounds(), want)
	}
	for y := range want.Dy() {
		for x := range want.Dx() {
			sx, sy := sourceOf(orientation, w, h, x, y)
			if g, w := straight(got.At(x, y)), straight(m.At(sx, sy)); g != w {
				t.Fatalf("%s: at (%d, %d): got %v, want %v", name, x, y, g, w)
			}
		}
	}
}

// straight returns a colour that was not multiplied by alpha on the way, in 8 bits
// where it is made of YCbCr, as image/draw gives them.
func straight(c color.Color) color.Color {
	switch c := c.(type) {
	case color.YCbCr:
		r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
		return color.NRGBA{r, g, b, 255}
	case color.NYCbCrA:
		r, g, b := color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
		return color.NRGBA{r, g, b, c.A}
	case color.RGBA:
		if c.A == 255 {
			return color.NRGBA(c)
		}
	}
	return c
}

// A photograph stays in the form that takes the least memory.
func TestOrientKeepsSubsampling(t *testing.T) {
	want := map[image.YCbCrSubsampleRatio]image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444: image.YCbCrSubsampleRatio444,
		image.YCbCrSubsampleRatio422: image.YCbCrSubsampleRatio440,
		image.YCbCrSubsampleRatio420: image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440: image.YCbCrSubsampleRatio422,
	}
	for before, after := range want {
		m, err := orient(context.Background(), subsampled(image.Pt(16, 8), before), 6)
		if err != nil {
			t.Fatal(err)
		}
		if turned, ok := m.(*image.YCbCr); !ok || turned.SubsampleRatio != after {
			t.Errorf("%v: got a %T, want YCbCr of %v", before, m, after)
		}
	}
}

func TestOrientIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, m := range append(orientable(image.Pt(9, 9)), image.NewNRGBA(image.Rect(0, 0, 3, 3))) {
		if _, err := orient(ctx, m, 6); !errors.Is(err, context.Canceled) {
			t.Errorf("%T: got %v, want %v", m, err, context.Canceled)
		}
	}
}

// What the metadata says of orientation is done once, and no longer true after.
func TestDecodeOrients(t *testing.T) {
	m := photo(12, 6)
	for orientation := range uint32(10) {
		for name, block := range map[string][]byte{
			"big-endian": testEXIF(binary.BigEndian, orientation), "little-endian": testEXIF(binary.LittleEndian, orientation),
		} {
			for kind, data := range map[string][]byte{
				"png":  pngWith(m, pngChunk{"eXIf", block}),
				"jpeg": jpegWith(m, segment(0xe1, "Exif\x00\x00", string(block))),
			} {
				f, err := decodeBytes(t, data, DecodeOptions{})
				if err != nil {
					t.Fatal(err)
				}
				want := image.Pt(12, 6)
				if orientation >= 5 && orientation <= 8 {
					want = image.Pt(6, 12)
				}
				if got := f.Image.Bounds().Size(); got != want {
					t.Errorf("%s, %s, orientation %d: got size %v, want %v", kind, name, orientation, got, want)
				}
				if n := sniffOrientation(f.Metadata.EXIF); n != 1 {
					t.Errorf("%s, %s, orientation %d: %d in the metadata", kind, name, orientation, n)
				}
			}
		}
	}
}

func sniffOrientation(block []byte) int {
	var d description
	d.setEXIF(block)
	return d.orientation
}

// A damaged block turns nothing, whatever byte of it is wrong or missing.
func TestDamagedEXIF(t *testing.T) {
	block := testEXIF(binary.BigEndian, 6)
	for i := range block {
		var d description
		d.setEXIF(block[:i])
		for _, v := range []byte{0, 1, 4, 127, 128, 255} {
			b := bytes.Clone(block)
			b[i] = v
			d = description{}
			d.setEXIF(b)
			if d.orientation < 0 || d.orientation > 8 {
				t.Errorf("byte %d is %d: orientation %d", i, v, d.orientation)
			}
		}
	}
}

func BenchmarkOrient(b *testing.B) {
	m := photo(6000, 4000)
	for _, orientation := range []int{2, 6} {
		b.Run(fmt.Sprint(orientation), func(b *testing.B) {
			for b.Loop() {
				orient(context.Background(), m, orientation)
			}
		})
	}
}
