package imagefile

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// jpegsOf returns the JPEGs of the test data, and some that are made of its photographs.
func jpegsOf(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	names, err := filepath.Glob("testdata/read/*.jpg")
	if err != nil || len(names) == 0 {
		t.Fatalf("no JPEGs: %v", err)
	}
	for _, name := range names {
		if files[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Decode(context.Background(), "../testdata/kodim05.png", DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	gray := image.NewGray(f.Image.Bounds())
	draw.Draw(gray, gray.Rect, f.Image, image.Point{}, draw.Src)
	for title, quality := range map[string]int{"quality 1": 1, "quality 50": 50, "quality 100": 100} {
		o := &jpeg.Options{Quality: quality}
		files["color "+title] = mustEncode(func(w io.Writer) error { return jpeg.Encode(w, f.Image, o) })
		files["gray "+title] = mustEncode(func(w io.Writer) error { return jpeg.Encode(w, gray, o) })
	}
	return files
}

// openJPEG returns a file as the decoders get it.
func openJPEG(t *testing.T, b []byte) *source {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return newSource(context.Background(), f, int64(len(b)))
}

func TestJPEGIsThatOfTheStandardDecoder(t *testing.T) {
	whole := map[string]string{
		"parrots440.jpg":        "it is a progressive JPEG",
		"parrots-cmyk.jpg":      "it is a JPEG in CMYK",
		"parrots-4channels.jpg": "it is a JPEG in CMYK",
	}
	for name, b := range jpegsOf(t) {
		s := openJPEG(t, b)
		want, err := decodeJPEG(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.rewind(); err != nil {
			t.Fatal(err)
		}
		d, why, err := rowsOfJPEG(s)
		if err != nil || why != whole[name] || (d == nil) != (why != "") {
			t.Errorf("%s: got %v, %q, %v; want %q", name, d, why, err, whole[name])
		}
		if d == nil {
			continue
		}
		var got image.Image
		err = s.attempt(sniff(b), func() (err error) { got, err = d.decode(true, func(image.Image) error { return nil }); return err })
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sameColors(t, name, got, want, want.Bounds())
		bottom := 0
		err = s.attempt(sniff(b), func() error {
			_, err := d.decode(false, func(band image.Image) error {
				sameColors(t, name, band, want, band.Bounds())
				bottom = band.Bounds().Max.Y
				return nil
			})
			return err
		})
		if err != nil || bottom != want.Bounds().Max.Y {
			t.Errorf("%s: got %v, rows up to %d of %d", name, err, bottom, want.Bounds().Max.Y)
		}
	}
}

// sameColors compares rows of numbers that stand for colors.
func sameColors(t *testing.T, name string, got, want image.Image, r image.Rectangle) {
	t.Helper()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		if a, b := numbers(t, got, y), numbers(t, want, y); !bytes.Equal(a, b) {
			t.Errorf("%s: row %d differs", name, y)
			return
		}
	}
}

func numbers(t *testing.T, m image.Image, y int) []uint8 {
	t.Helper()
	left, width := m.Bounds().Min.X, m.Bounds().Dx()
	switch m := m.(type) {
	case *image.YCbCr:
		if m.SubsampleRatio != image.YCbCrSubsampleRatio444 {
			t.Fatalf("got the subsampling %v", m.SubsampleRatio)
		}
		at := m.COffset(left, y)
		return slices.Concat(m.Y[m.YOffset(left, y):][:width], m.Cb[at:][:width], m.Cr[at:][:width])
	case *image.Gray:
		return m.Pix[m.PixOffset(left, y):][:width]
	case *image.CMYK:
		return m.Pix[m.PixOffset(left, y):][:4*width]
	}
	t.Fatalf("got %T", m)
	return nil
}

// TestUnusualJPEG wants what the standard decoder makes of files that are unusual or
// damaged, or its error, if they are read by bands, too.
func TestUnusualJPEG(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 60, 40))
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{200, 30, 60, 255}), image.Point{}, draw.Src)
	m.Set(3, 30, color.White)
	b := mustEncode(func(w io.Writer) error { return jpeg.Encode(w, m, nil) })
	scan := bytes.Index(b, []byte{0xff, 0xda}) + 14
	change := func(at int, more ...byte) []byte {
		return append(append(bytes.Clone(b[:at]), more...), b[at:]...)
	}
	symbol := func(b []byte, old, is byte) []byte {
		luma := bytes.Index(b, []byte{0x7d, 1, 2, 3}) + 1 // the symbols of its codes
		file := bytes.Clone(b)
		file[luma+bytes.IndexByte(file[luma:], old)] = is
		return file
	}
	// Five blocks, all alike, of which two and three are ended by one code.
	row := mustEncode(func(w io.Writer) error { return jpeg.Encode(w, image.NewGray(image.Rect(0, 0, 40, 8)), nil) })
	row = append(row[:bytes.Index(row, []byte{0xff, 0xda})+10], 0x28, 0x15, 0x0f, 0xff, 0xd9)
	for name, file := range map[string][]byte{
		"marker in the data":  change(scan+3, 0xff, 0xd0),
		"no code":             change(scan, 0xff, 0, 0xff, 0, 0xff, 0),
		"two scans":           change(len(b)-2, b[scan-14:len(b)-2]...),
		"DNL":                 change(len(b)-2, 0xff, 0xdc, 0, 4, 0, 40),
		"garbage at the end":  change(len(b)-2, 1, 2, 3, 0xff, 0),
		"ends of many blocks": symbol(row, 0, 0x10),
		"code for them":       symbol(b, 0xfa, 0xe0),
	} {
		wantImage, want := decodeJPEG(openJPEG(t, file))
		r, err := OpenRows(context.Background(), openJPEG(t, file).file.Name(), DecodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		err = r.Each(context.Background(), func(band image.Image) error {
			if want == nil {
				sameColors(t, name, band, wantImage, band.Bounds())
			}
			return nil
		})
		if (err == nil) != (want == nil) || err != nil && !strings.HasSuffix(err.Error(), want.Error()) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
		got, err := decodeBytes(t, file, DecodeOptions{})
		if (err == nil) != (want == nil) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		} else if err == nil {
			sameColors(t, name, got.Image, wantImage, wantImage.Bounds())
		}
	}
	for _, n := range []int{30, scan - 3, scan, scan + 5, len(b) - 1} {
		if _, err := decodeBytes(t, b[:n], DecodeOptions{}); !errors.Is(err, ErrTruncated) {
			t.Errorf("%d of %d bytes: got %v", n, len(b), err)
		}
	}
}
