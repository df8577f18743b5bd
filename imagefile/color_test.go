package imagefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kompress/imagefile/icc"
)

// readProfile reads one of the profiles that package icc's tests have written.
func readProfile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("icc", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// requireLCMS skips a test of what only LittleCMS converts where that is missing, or
// fails it where the environment says that it must be there.
func requireLCMS(t *testing.T) {
	t.Helper()
	p, err := icc.Parse(readProfile(t, "cmyk.icc"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Transform(8)
	if err == nil {
		c.Close()
		return
	}
	if os.Getenv("KOMPRESS_REQUIRE_LCMS") != "" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// p3 is what colors of Display P3 are in sRGB by the formulas of CSS Color 4.
var p3 = []struct{ in, want color.NRGBA }{
	{color.NRGBA{0, 0, 0, 255}, color.NRGBA{0, 0, 0, 255}},
	{color.NRGBA{255, 255, 255, 255}, color.NRGBA{255, 255, 255, 255}},
	{color.NRGBA{128, 128, 128, 9}, color.NRGBA{128, 128, 128, 9}},
	{color.NRGBA{255, 0, 0, 128}, color.NRGBA{255, 0, 0, 128}},
	{color.NRGBA{112, 83, 69, 1}, color.NRGBA{117, 81, 67, 1}},
	{color.NRGBA{93, 107, 70, 77}, color.NRGBA{89, 108, 65, 77}},
	{color.NRGBA{74, 91, 163, 254}, color.NRGBA{69, 92, 168, 254}},
	{color.NRGBA{200, 100, 50, 0}, color.NRGBA{215, 93, 31, 0}},
}

func p3Image() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, len(p3), 37))
	for y := range 37 {
		for x, c := range p3 {
			m.SetNRGBA(x, y, c.in)
		}
	}
	return m
}

func checkNear(t *testing.T, name string, got, want color.NRGBA) {
	t.Helper()
	for _, d := range []int{int(got.R) - int(want.R), int(got.G) - int(want.G), int(got.B) - int(want.B)} {
		if d < -1 || d > 1 || got.A != want.A {
			t.Errorf("%s: got %v, want %v", name, got, want)
			return
		}
	}
}

// narrowed rounds a color to 8 bits.
func narrowed(c color.Color) color.NRGBA {
	switch c := c.(type) {
	case color.NRGBA:
		return c
	case color.NRGBA64:
		narrow := func(v uint16) uint8 { return uint8((uint32(v) + 128) / 257) }
		return color.NRGBA{narrow(c.R), narrow(c.G), narrow(c.B), narrow(c.A)}
	case color.Gray16:
		return narrowed(color.NRGBA64{c.Y, c.Y, c.Y, 65535})
	}
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}

// deep has the pixels of m in 16 bits.
func deep(m *image.NRGBA) *image.NRGBA64 {
	to := image.NewNRGBA64(m.Rect)
	for i, v := range m.Pix {
		to.Pix[2*i], to.Pix[2*i+1] = v, v
	}
	return to
}

func convertImage(t *testing.T, m image.Image, info colorInfo, o DecodeOptions) colored {
	t.Helper()
	c, err := convertColors(context.Background(), m, info, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConvertColors(t *testing.T) {
	info := colorInfo{Profile: readProfile(t, "display-p3.icc")}
	indexed := image.NewPaletted(image.Rect(0, 0, len(p3), 37), nil)
	for x, c := range p3 {
		indexed.Palette = append(indexed.Palette, c.in)
		for y := range 37 {
			indexed.SetColorIndex(x, y, uint8(x))
		}
	}
	window := image.NewNRGBA(image.Rect(-3, -2, len(p3)+4, 41))
	draw.Draw(window, image.Rect(0, 0, len(p3), 37), p3Image(), image.Point{}, draw.Src)
	for _, m := range []image.Image{
		p3Image(), deep(p3Image()), indexed,
		window.SubImage(image.Rect(0, 0, len(p3), 37)),
	} {
		t.Run(fmt.Sprintf("%T", m), func(t *testing.T) {
			c := convertImage(t, m, info, DecodeOptions{})
			if fmt.Sprintf("%T", c.image) != fmt.Sprintf("%T", m) || c.image.Bounds() != m.Bounds() {
				t.Fatalf("got %T %v, want %T %v", c.image, c.image.Bounds(), m, m.Bounds())
			}
			if c.from != "a test" || c.notes != nil || c.profile != nil {
				t.Errorf("got %q, %q and a profile of %d bytes, want no more than the name of the space", c.from, c.notes, len(c.profile))
			}
			for y := range 37 {
				for x, want := range p3 {
					checkNear(t, fmt.Sprint(want.in), narrowed(c.image.At(x, y)), want.want)
				}
			}
		})
	}
	if got := window.NRGBAAt(-1, 0); got != (color.NRGBA{}) {
		t.Errorf("beside the image: got %v, want what was there", got)
	}
}

// What is premultiplied, or has its colors in other channels, gives the same as the
// colors that it stands for.
func TestConvertOtherKinds(t *testing.T) {
	info := colorInfo{Profile: readProfile(t, "display-p3.icc")}
	size := image.Pt(50, 40)
	y := subsampled(size, image.YCbCrSubsampleRatio420)
	alpha := &image.NYCbCrA{YCbCr: *y, AStride: size.X, A: make([]uint8, size.X*size.Y)}
	for i := range alpha.A {
		alpha.A[i] = uint8(i)
	}
	opaque := image.NewRGBA(y.Rect)
	draw.Draw(opaque, y.Rect, y, image.Point{}, draw.Src)
	straightened := nrgba(alpha)
	veiled := image.NewRGBA64(y.Rect)
	veiled8 := image.NewRGBA(y.Rect)
	want16, want8 := image.NewNRGBA64(y.Rect), image.NewNRGBA(y.Rect)
	for i := range size.X * size.Y {
		x, y := i%size.X, i/size.X
		c := color.RGBA64Model.Convert(straightened.At(x, y)).(color.RGBA64)
		veiled.SetRGBA64(x, y, c)
		veiled8.Set(x, y, c)
		divide := func(v uint16) uint16 { return uint16((uint32(v)*65535 + uint32(c.A)/2) / max(1, uint32(c.A))) }
		want16.SetNRGBA64(x, y, color.NRGBA64{divide(c.R), divide(c.G), divide(c.B), c.A})
		p := veiled8.RGBAAt(x, y)
		divide8 := func(v uint8) uint8 { return uint8((uint(v)*255 + uint(p.A)/2) / max(1, uint(p.A))) }
		want8.SetNRGBA(x, y, color.NRGBA{divide8(p.R), divide8(p.G), divide8(p.B), p.A})
	}
	for _, test := range []struct {
		m, same image.Image
	}{
		{y, &image.NRGBA{Pix: bytes.Clone(opaque.Pix), Stride: opaque.Stride, Rect: opaque.Rect}},
		{opaque, &image.NRGBA{Pix: bytes.Clone(opaque.Pix), Stride: opaque.Stride, Rect: opaque.Rect}},
		{alpha, straightened}, {veiled, want16}, {veiled8, want8},
	} {
		t.Run(fmt.Sprintf("%T", test.m), func(t *testing.T) {
			got := convertImage(t, test.m, info, DecodeOptions{}).image
			want := convertImage(t, test.same, info, DecodeOptions{}).image
			for i := range size.X * size.Y {
				x, y := i%size.X, i/size.X
				if got, want := straight(got.At(x, y)), straight(want.At(x, y)); got != want {
					t.Fatalf("at (%d, %d): got %v, want %v", x, y, got, want)
				}
			}
		})
	}
}

// lightGray is what grays of gamma 1.8, 461 / 256, are in sRGB, by the formulas.
var lightGray = map[uint8]uint8{0: 0, 1: 0, 10: 10, 50: 65, 128: 146, 200: 210, 254: 254, 255: 255}

func TestConvertGray(t *testing.T) {
	info := colorInfo{Profile: readProfile(t, "gray.icc")}
	m, m16 := image.NewGray(image.Rect(0, 0, 256, 20)), image.NewGray16(image.Rect(0, 0, 256, 20))
	n := image.NewNRGBA(m.Rect)
	indexed := image.NewPaletted(m.Rect, nil)
	for i := range m.Pix {
		v := uint8(i)
		m.Pix[i], m16.Pix[2*i], m16.Pix[2*i+1] = v, v, v
		n.Pix[4*i], n.Pix[4*i+1], n.Pix[4*i+2], n.Pix[4*i+3] = v, v, v, v/2
		indexed.Pix[i] = v
		if i < 256 {
			indexed.Palette = append(indexed.Palette, color.NRGBA{v, v, v, v / 2})
		}
	}
	for _, m := range []image.Image{m, m16, n, deep(n), indexed} {
		kind := fmt.Sprintf("%T", m)
		c := convertImage(t, m, info, DecodeOptions{})
		if fmt.Sprintf("%T", c.image) != kind || c.from != "an unnamed gray space" || c.notes != nil {
			t.Errorf("%s: got a %T from %q, %q, want the same kind", kind, c.image, c.from, c.notes)
		}
		for v, want := range lightGray {
			alpha := v / 2
			if kind == "*image.Gray" || kind == "*image.Gray16" {
				alpha = 255
			}
			checkNear(t, fmt.Sprint(kind, " ", v), narrowed(c.image.At(int(v), 19)), color.NRGBA{want, want, want, alpha})
		}
	}
}

// Gray whose profile tints it becomes RGB, of as many bits and with its alpha.
func TestConvertTintedGray(t *testing.T) {
	requireLCMS(t)
	info := colorInfo{Profile: readProfile(t, "gray-tint.icc")}
	r := image.Rect(0, 0, 3, 20)
	g, g16, n := image.NewGray(r), image.NewGray16(r), image.NewNRGBA(r)
	indexed := image.NewPaletted(r, color.Palette{color.NRGBA{128, 128, 128, 77}})
	for i := range g.Pix {
		copy(g.Pix[i:], []byte{128})
		copy(g16.Pix[2*i:], []byte{128, 128})
		copy(n.Pix[4*i:], []byte{128, 128, 128, 77})
	}
	part := image.NewGray(image.Rect(-4, -4, 9, 29))
	draw.Draw(part, r, g, image.Point{}, draw.Src)
	for _, m := range []image.Image{g, g16, n, deep(n), indexed, part.SubImage(r)} {
		kind := fmt.Sprintf("%T", m)
		c := convertImage(t, m, info, DecodeOptions{})
		if Deep(c.image) != Deep(m) || c.image.Bounds() != r || c.notes != nil {
			t.Errorf("%s: got a %T, %v, %q", kind, c.image, c.image.Bounds(), c.notes)
		}
		want := color.NRGBA{120, 118, 127, 77}
		if m.ColorModel() == color.GrayModel || m.ColorModel() == color.Gray16Model {
			want.A = 255
		}
		checkNear(t, kind, narrowed(c.image.At(0, 0)), want)
		checkNear(t, kind, narrowed(c.image.At(2, 19)), want)
	}
}

// Where there is nothing to convert, the image is the one that was decoded.
func TestConvertNothing(t *testing.T) {
	srgb, chroma := readProfile(t, "srgb.icc"), [8]uint32{31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000}
	for _, test := range []struct {
		name string
		info colorInfo
		note string
	}{
		{"nothing", colorInfo{}, ""},
		{"sRGB", colorInfo{SRGB: true, Gamma: 100_000}, ""},
		{"profile of sRGB", colorInfo{Profile: srgb, Gamma: 100_000}, ""},
		{"gamma", colorInfo{Gamma: 45455}, ""},
		{"gamma nearby", colorInfo{Gamma: 47000}, ""},
		{"gamma and primaries", colorInfo{Gamma: 45455, Chroma: &chroma}, ""},
		{"primaries", colorInfo{Chroma: &chroma}, ""},
		{"numbers", colorInfo{Primaries: 1, Transfer: 13, Gamma: 100_000}, ""},
		{"unspecified numbers", colorInfo{Primaries: 2, Transfer: 2}, ""},
		{"high dynamic range", colorInfo{Primaries: 9, Transfer: 16}, "high dynamic range"},
		{"damaged", colorInfo{Profile: srgb[:200]}, "damaged"},
		{"not a profile", colorInfo{Profile: []byte("abc")}, "3 bytes"},
		{"gray profile", colorInfo{Profile: readProfile(t, "gray.icc")}, "for gray and the image is RGB"},
		{"CMYK profile", colorInfo{Profile: readProfile(t, "cmyk.icc")}, "for CMYK and the image is RGB"},
		{"no primaries", colorInfo{Chroma: new([8]uint32)}, "make no color space"},
		{"gamma of nothing", colorInfo{Gamma: 1}, "gamma"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := p3Image()
			c := convertImage(t, m, test.info, DecodeOptions{})
			if c.image != m || !bytes.Equal(m.Pix, p3Image().Pix) || c.from != "" || c.profile != nil {
				t.Errorf("got another image, from %q, want it as it was", c.from)
			}
			notes := strings.Join(c.notes, "; ")
			if (test.note == "") != (notes == "") || !strings.Contains(notes, test.note) {
				t.Errorf("got notes %q, want %q", notes, test.note)
			}
		})
	}
}

// A damaged or unfit description leaves room for the next one.
func TestConvertByTheNext(t *testing.T) {
	for _, info := range []colorInfo{
		{Profile: []byte("abc"), Gamma: 100_000},
		{Profile: readProfile(t, "gray.icc"), Gamma: 100_000},
		{Primaries: 9, Transfer: 16, Gamma: 100_000},
	} {
		m := p3Image()
		c := convertImage(t, m, info, DecodeOptions{})
		if c.from != "gamma 1" || len(c.notes) != 1 {
			t.Errorf("got one from %q, notes %q, want gamma 1 and a note", c.from, c.notes)
		}
		if got := m.NRGBAAt(2, 0); got != (color.NRGBA{188, 188, 188, 9}) {
			t.Errorf("got %v for half of the light, want 188", got)
		}
	}
}

// An RGB profile on gray, as many programs write it, says nothing new if it is sRGB's.
func TestConvertGrayWithRGB(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 3, 3))
	if c := convertImage(t, m, colorInfo{Profile: readProfile(t, "srgb.icc")}, DecodeOptions{}); c.notes != nil || c.image != m {
		t.Errorf("sRGB: got notes %q, want none", c.notes)
	}
	c := convertImage(t, m, colorInfo{Profile: readProfile(t, "adobe-rgb.icc")}, DecodeOptions{})
	if len(c.notes) != 1 || !strings.Contains(c.notes[0], "for RGB and the image is gray") {
		t.Errorf("Adobe RGB: got notes %q, want one", c.notes)
	}
}

// By cICP, gamma and primaries.
func TestConvertNumbers(t *testing.T) {
	p3Chroma := [8]uint32{31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000}
	for _, test := range []struct {
		name string
		info colorInfo
		from string
	}{
		{"cICP", colorInfo{Primaries: 12, Transfer: 13, Profile: readProfile(t, "adobe-rgb.icc")}, "Display P3"},
		{"primaries alone", colorInfo{Chroma: &p3Chroma}, "primaries of its own"},
	} {
		c := convertImage(t, p3Image(), test.info, DecodeOptions{})
		for x, want := range p3 {
			checkNear(t, test.name, c.image.(*image.NRGBA).NRGBAAt(x, 0), want.want)
		}
		if c.from != test.from || c.notes != nil {
			t.Errorf("%s: got one from %q, notes %q, want %q", test.name, c.from, c.notes, test.from)
		}
	}
	g := image.NewGray16(image.Rect(0, 0, 2, 1))
	g.SetGray16(0, 0, color.Gray16{32768})
	convertImage(t, g, colorInfo{Gamma: 100_000, Chroma: &p3Chroma}, DecodeOptions{})
	if got := g.Gray16At(0, 0).Y; got < 48190 || got > 48196 { // 65535 times sRGB's 0.7354
		t.Errorf("got gray %d for half of the light, want 48193", got)
	}
}

func TestKeepProfile(t *testing.T) {
	adobe := readProfile(t, "adobe-rgb.icc")
	keep := DecodeOptions{KeepProfile: true}
	m := p3Image()
	if c := convertImage(t, m, colorInfo{Profile: adobe}, keep); c.image != m || !bytes.Equal(c.profile, adobe) ||
		!bytes.Equal(m.Pix, p3Image().Pix) || c.notes != nil || c.from != "" {
		t.Errorf("got a profile of %d bytes, from %q, notes %q, want the profile and the image as it was", len(c.profile), c.from, c.notes)
	}
	// The output is RGB: a profile for gray cannot be in it.
	g := image.NewGray(image.Rect(0, 0, 1, 1))
	g.Pix[0] = 128
	c := convertImage(t, g, colorInfo{Profile: readProfile(t, "gray.icc")}, keep)
	if c.profile != nil || g.Pix[0] != 146 || len(c.notes) != 1 {
		t.Errorf("gray: got %d, notes %q, want it converted and a note", g.Pix[0], c.notes)
	}
	if c := convertImage(t, p3Image(), colorInfo{Gamma: 100_000}, keep); c.from != "gamma 1" || c.notes != nil {
		t.Errorf("gamma: got one from %q, notes %q, want it converted", c.from, c.notes)
	}
	if c := convertImage(t, m, colorInfo{Profile: adobe[:150]}, keep); c.profile != nil || len(c.notes) != 1 {
		t.Errorf("damaged: got a profile of %d bytes, notes %q, want a note alone", len(c.profile), c.notes)
	}
}

// What LittleCMS's own program gives, cut to what there is:
//
//	transicc -i icc/testdata/cmyk.icc -o '*sRGB' -t 0
var inks = []struct {
	ink  color.CMYK
	want color.NRGBA
}{
	{color.CMYK{0, 0, 0, 0}, color.NRGBA{255, 255, 255, 255}},
	{color.CMYK{255, 0, 0, 0}, color.NRGBA{0, 151, 218, 255}},
	{color.CMYK{0, 255, 0, 0}, color.NRGBA{216, 0, 122, 255}},
	{color.CMYK{0, 0, 255, 0}, color.NRGBA{250, 227, 0, 255}},
	{color.CMYK{0, 0, 0, 255}, color.NRGBA{33, 33, 33, 255}},
	{color.CMYK{255, 255, 255, 255}, color.NRGBA{0, 0, 0, 255}},
	{color.CMYK{128, 102, 77, 26}, color.NRGBA{142, 135, 146, 255}},
}

func TestConvertCMYK(t *testing.T) {
	requireLCMS(t)
	m := image.NewCMYK(image.Rect(0, 0, len(inks), 40))
	for y := range 40 {
		for x, c := range inks {
			m.SetCMYK(x, y, c.ink)
		}
	}
	c := convertImage(t, m, colorInfo{Profile: readProfile(t, "cmyk.icc")}, DecodeOptions{})
	if c.from == "" || c.notes != nil {
		t.Errorf("got one from %q, notes %q, want it converted", c.from, c.notes)
	}
	for x, want := range inks {
		got := c.image.At(x, 39).(color.RGBA)
		checkNear(t, fmt.Sprint(want.ink), color.NRGBA(got), want.want)
	}
}

// An error comes, and no work is done for it.
func TestConvertCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	info := colorInfo{Profile: readProfile(t, "display-p3.icc")}
	y := subsampled(image.Pt(50, 40), image.YCbCrSubsampleRatio420)
	n := p3Image()
	for _, m := range []image.Image{n, y} {
		if _, err := convertColors(ctx, m, info, DecodeOptions{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%T: got %v, want %v", m, err, context.Canceled)
		}
	}
	if !bytes.Equal(n.Pix, p3Image().Pix) {
		t.Error("got other pixels, want no work done")
	}
}

// From the file on: a PNG with a profile.
func TestDecodeProfile(t *testing.T) {
	profile := readProfile(t, "display-p3.icc")
	data := pngWith(p3Image(), pngChunk{"iCCP", append([]byte("name\x00\x00"), deflated(profile)...)})
	f, err := decodeBytes(t, data, DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if f.ConvertedFrom != "a test" || f.Metadata.Profile != nil || f.Notes != nil {
		t.Errorf("got one from %q, a profile of %d bytes, notes %q, want it converted", f.ConvertedFrom, len(f.Metadata.Profile), f.Notes)
	}
	checkNear(t, "decoded", f.Image.(*image.NRGBA).NRGBAAt(4, 0), p3[4].want)
	f, err = decodeBytes(t, data, DecodeOptions{KeepProfile: true})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(f.Metadata.Profile, profile) || f.Image.(*image.NRGBA).NRGBAAt(4, 0) != p3[4].in {
		t.Errorf("got a profile of %d bytes and %v, want both as in the file", len(f.Metadata.Profile), f.Image.At(4, 0))
	}
	broken := pngWith(p3Image(), pngChunk{"iCCP", []byte("name\x00\x00abc")})
	if f, err = decodeBytes(t, broken, DecodeOptions{}); err != nil || len(f.Notes) != 1 || !strings.Contains(f.Notes[0], "damaged") {
		t.Errorf("a broken profile: got %v, want a note", err)
	}
}

// FuzzConvertColors lets a file say anything of its colors.
func FuzzConvertColors(f *testing.F) {
	f.Add(readProfile(f, "display-p3.icc"), uint32(45455), uint32(31270), uint8(12), uint8(13))
	f.Add(readProfile(f, "rgb-table.icc"), uint32(100_000), uint32(0), uint8(0), uint8(0))
	f.Add(readProfile(f, "gray.icc"), uint32(0), uint32(1), uint8(9), uint8(16))
	f.Fuzz(func(t *testing.T, profile []byte, gamma, chroma uint32, primaries, transfer uint8) {
		info := colorInfo{Profile: profile, Gamma: gamma, Primaries: primaries, Transfer: transfer}
		if chroma != 0 {
			info.Chroma = new([8]uint32)
			for i := range info.Chroma {
				info.Chroma[i] = chroma * uint32(i+1) % 100_003
			}
		}
		c, err := convertColors(context.Background(), p3Image(), info, DecodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for x, want := range p3 {
			if got := c.image.(*image.NRGBA).NRGBAAt(x, 3).A; got != want.in.A {
				t.Errorf("got alpha %d, want %d", got, want.in.A)
			}
		}
	})
}

func BenchmarkConvertColors(b *testing.B) {
	const side = 2000
	info := colorInfo{Profile: readProfile(b, "display-p3.icc")}
	m := photo(side, side)
	y := subsampled(image.Pt(side, side), image.YCbCrSubsampleRatio420)
	for _, m := range []image.Image{m, deep(m), y} {
		b.Run(fmt.Sprintf("%T", m), func(b *testing.B) {
			b.SetBytes(side * side)
			for b.Loop() {
				if _, err := convertColors(context.Background(), m, info, DecodeOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
