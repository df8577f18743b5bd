package imagefile

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// benchJPEG returns the path of a photograph of 12 megapixels, a mosaic, or that of
// KOMPRESS_BENCH_JPEG.
func benchJPEG(b *testing.B) string {
	if name := os.Getenv("KOMPRESS_BENCH_JPEG"); name != "" {
		return name
	}
	f, err := Decode(context.Background(), "../testdata/kodim23.png", DecodeOptions{})
	if err != nil {
		b.Fatal(err)
	}
	size := f.Image.Bounds().Size()
	m := image.NewRGBA(image.Rect(0, 0, 5*size.X, 6*size.Y))
	for y := 0; y < m.Rect.Max.Y; y += size.Y {
		for x := 0; x < m.Rect.Max.X; x += size.X {
			draw.Draw(m, f.Image.Bounds().Add(image.Pt(x, y)), f.Image, image.Point{}, draw.Src)
		}
	}
	file := mustEncode(func(w io.Writer) error { return jpeg.Encode(w, m, &jpeg.Options{Quality: 90}) })
	name := filepath.Join(b.TempDir(), "photograph.jpg")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		b.Fatal(err)
	}
	return name
}

// BenchmarkJPEG decodes a photograph as a whole, by bands, and as before there was an own
// decoder.
func BenchmarkJPEG(b *testing.B) {
	name := benchJPEG(b)
	file, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	run := func(title string, decode func(s *source) error) {
		b.Run(title, func(b *testing.B) {
			f, err := os.Open(name)
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			b.SetBytes(int64(len(file)))
			for b.Loop() {
				s := newSource(context.Background(), f, int64(len(file)))
				if err := s.rewind(); err != nil {
					b.Fatal(err)
				}
				if err := decode(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("whole", func(s *source) error {
		_, err := jpegRows{s}.decode(true, func(image.Image) error { return nil })
		return err
	})
	run("bands", func(s *source) error {
		_, err := jpegRows{s}.decode(false, func(image.Image) error { return nil })
		return err
	})
	run("standard", func(s *source) error {
		_, err := decodeJPEG(s)
		return err
	})
	run("uninterpolated", func(s *source) error {
		_, err := jpeg.Decode(bytes.NewReader(file))
		return err
	})
}
