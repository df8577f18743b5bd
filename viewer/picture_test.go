package viewer

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"testing"

	"kompress/kmeans"
	"kompress/quantize"
)

// kinds returns the same picture, as far as they can have it, as images of all kinds.
func kinds() map[string]image.Image {
	m := faint(33, 21, 1)
	opaque := noise(33, 21, 2)
	list := map[string]image.Image{"NRGBA": m, "RGBA": premultiplied(m), "opaque RGBA": premultiplied(opaque)}
	for name, to := range map[string]draw.Image{
		"Gray":     image.NewGray(m.Rect),
		"Gray16":   image.NewGray16(m.Rect),
		"NRGBA64":  image.NewNRGBA64(m.Rect),
		"RGBA64":   image.NewRGBA64(m.Rect),
		"CMYK":     image.NewCMYK(m.Rect),
		"Alpha":    image.NewAlpha(m.Rect),
		"Paletted": image.NewPaletted(m.Rect, append(color.Palette{color.NRGBA{}, color.NRGBA{9, 8, 7, 6}}, palette.WebSafe...)),
	} {
		draw.Draw(to, m.Rect, m, image.Point{}, draw.Src)
		list[name] = to
	}
	ycc := image.NewYCbCr(m.Rect, image.YCbCrSubsampleRatio420)
	for _, plane := range [][]uint8{ycc.Y, ycc.Cb, ycc.Cr} {
		copy(plane, opaque.Pix)
	}
	list["YCbCr"] = ycc
	// Bits below the eighth count where 16-bit components are rounded.
	wide := image.NewNRGBA64(m.Rect)
	for i := range wide.Pix {
		wide.Pix[i] = uint8(i * i >> 3)
	}
	list["NRGBA64 of all bits"] = wide
	return list
}

// parts returns an image and parts of it: with an origin, and with gaps between rows.
func parts(m image.Image) map[string]image.Image {
	list := map[string]image.Image{"whole": m}
	if s, ok := m.(interface {
		SubImage(image.Rectangle) image.Image
	}); ok {
		list["middle"] = s.SubImage(image.Rect(3, 5, 30, 20))
		if raceEnabled {
			return list
		}
		list["rows"] = s.SubImage(image.Rect(0, 2, 33, 17))
		list["one row"] = s.SubImage(image.Rect(4, 20, 33, 21))
		list["pixel"] = s.SubImage(image.Rect(32, 20, 33, 21))
	}
	return list
}

// A picture is for an engine what the image is that it was made of.
func TestPictureIsTheImage(t *testing.T) {
	alone(t)
	ctx := context.Background()
	o := quantize.Options{Colors: 12, Effort: kmeans.Fast}
	for kind, whole := range kinds() {
		for part, m := range parts(whole) {
			p := pictureOf(t, m)
			if p.size != m.Bounds().Size() || len(p.pixels) != 4*p.size.X*p.size.Y || p.path != "picture" || p.bytes != 1000 {
				t.Fatalf("%s, %s: got %v and %d bytes", kind, part, p.size, len(p.pixels))
			}
			want, _ := reduced(t, m, o)
			got, q := reduced(t, p.image(), o)
			if d := difference(got, want); d != "" {
				t.Errorf("%s, %s: %s", kind, part, d)
			}
			again, err := p.paletted(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			if d := difference(again, want); d != "" {
				t.Errorf("%s, %s: paletted: %s", kind, part, d)
			}
		}
	}
}

// Pixels that are in the right form already are not copied: there may be hundreds of
// megabytes.
func TestPictureTakesPixelsAsTheyAre(t *testing.T) {
	m, r := noise(8, 9, 1), premultiplied(faint(8, 9, 2))
	if p := pictureOf(t, m); &p.pixels[0] != &m.Pix[0] || p.premultiplied {
		t.Error("NRGBA: the pixels were copied")
	}
	if p := pictureOf(t, r); &p.pixels[0] != &r.Pix[0] || !p.premultiplied {
		t.Error("RGBA: the pixels were copied")
	}
	if p := pictureOf(t, m.SubImage(image.Rect(0, 3, 8, 7))); &p.pixels[0] != &m.Pix[3*8*4] || len(p.pixels) != 4*8*4 {
		t.Error("rows of an image: the pixels were copied")
	}
}

// More pixels than are mapped at a time.
func TestPalettedOfManyPixels(t *testing.T) {
	m := noise(700, 800, 3)
	for i := range m.Pix {
		m.Pix[i] |= 0x3f // so that the colours are few, and soon counted
	}
	p := pictureOf(t, m)
	s, err := quantize.NewSession(context.Background(), nil, p.image())
	if err != nil {
		t.Fatal(err)
	}
	q, err := s.Cluster(context.Background(), quantize.Options{Colors: 5, Effort: kmeans.Fast})
	if err != nil {
		t.Fatal(err)
	}
	want, err := s.Map(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.paletted(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(got, want); d != "" {
		t.Error(d)
	}
}

func TestPictureIsGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := newPicture(ctx, "a", &Image{Pixels: image.NewGray(image.Rect(0, 0, 5, 5))}); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	m := noise(5, 5, 1)
	_, q := reduced(t, m, quantize.Options{})
	if _, err := pictureOf(t, m).paletted(ctx, q); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
}
