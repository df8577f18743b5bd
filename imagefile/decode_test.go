package imagefile

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// There is no WebP encoder to generate these with: one transparent pixel and
// one gray.
const (
	losslessWebP = "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="
	lossyWebP    = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA"
)

func photo(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = uint8(i * i / 7)
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

func mustEncode(encode func(io.Writer) error) []byte {
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func mustBase64(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

type sample struct {
	name   string
	format string
	data   []byte
	size   image.Point
}

// samples returns a file of each kind that encodes the image m.
func samples(m image.Image) []sample {
	size := m.Bounds().Size()
	one := image.Pt(1, 1)
	return []sample{
		{"png", "png", mustEncode(func(w io.Writer) error { return png.Encode(w, m) }), size},
		{"jpeg", "jpeg", mustEncode(func(w io.Writer) error { return jpeg.Encode(w, m, nil) }), size},
		{"gif", "gif", mustEncode(func(w io.Writer) error { return gif.Encode(w, m, nil) }), size},
		{"bmp", "bmp", mustEncode(func(w io.Writer) error { return bmp.Encode(w, m) }), size},
		{"tiff", "tiff", mustEncode(func(w io.Writer) error { return tiff.Encode(w, m, nil) }), size},
		{"deflated tiff", "tiff", mustEncode(func(w io.Writer) error {
			return tiff.Encode(w, m, &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		}), size},
		{"pnm", "pnm", encodePPM(m), size},
		{"qoi", "qoi", encodeQOI(m), size},
		{"lossless webp", "webp", mustBase64(losslessWebP), one},
		{"lossy webp", "webp", mustBase64(lossyWebP), one},
	}
}

// decodeBytes decodes data as a file, the name of which says nothing.
func decodeBytes(t testing.TB, data []byte, o DecodeOptions) (*File, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.txt")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return Decode(context.Background(), path, o)
}

func TestDecode(t *testing.T) {
	for _, s := range samples(photo(37, 29)) {
		t.Run(s.name, func(t *testing.T) {
			f, err := decodeBytes(t, s.data, DecodeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if f.Format != s.format || f.Bytes != int64(len(s.data)) || f.Image.Bounds().Size() != s.size {
				t.Errorf("got %s, %d bytes, size %v, want %s, %d, %v", f.Format, f.Bytes,
					f.Image.Bounds().Size(), s.format, len(s.data), s.size)
			}
			want := wanted(s)
			if got, want := fmt.Sprintf("%T", f.Image), fmt.Sprintf("%T", want); got != want {
				t.Errorf("got a %s, want a %s as decoded", got, want)
			}
			checkSameColors(t, f.Image, want)
		})
	}
}

// wanted decodes a sample of photo with a decoder of others.
func wanted(s sample) image.Image {
	switch s.name {
	case "pnm":
		return &image.RGBA{Pix: photo(s.size.X, s.size.Y).Pix, Stride: 4 * s.size.X, Rect: image.Rectangle{Max: s.size}}
	case "qoi":
		return photo(s.size.X, s.size.Y)
	case "lossy webp":
		// As dwebp has it: golang.org/x/image gives the same numbers another meaning.
		m := image.NewRGBA(image.Rect(0, 0, 1, 1))
		m.Set(0, 0, color.Gray{130})
		return m
	}
	m, _, err := image.Decode(bytes.NewReader(s.data))
	if err != nil {
		panic(err)
	}
	if c, ok := m.(*image.YCbCr); ok {
		return interpolated(c) // which TestReadsAsOthersDo checks
	}
	return m
}

func checkSameColors(t *testing.T, got, want image.Image) {
	t.Helper()
	if got.Bounds() != want.Bounds() {
		t.Fatalf("got bounds %v, want %v", got.Bounds(), want.Bounds())
	}
	for y := want.Bounds().Min.Y; y < want.Bounds().Max.Y; y++ {
		for x := want.Bounds().Min.X; x < want.Bounds().Max.X; x++ {
			if g, w := color.NRGBAModel.Convert(got.At(x, y)), color.NRGBAModel.Convert(want.At(x, y)); g != w {
				t.Fatalf("at (%d, %d): got %v, want %v", x, y, g, w)
			}
		}
	}
}

func TestDecodeTruncated(t *testing.T) {
	for _, s := range samples(photo(37, 29)) {
		t.Run(s.name, func(t *testing.T) {
			for cut := range 20 {
				n := len(s.data) * cut / 20
				if f, err := decodeBytes(t, s.data[:n], DecodeOptions{}); err == nil {
					t.Errorf("%d of %d bytes: got a %T, want an error", n, len(s.data), f.Image)
				}
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	animated := "RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	tests := []struct {
		name string
		path string
		want error
		text string
	}{
		{"missing", filepath.Join(dir, "none"), fs.ErrNotExist, "no such"},
		{"directory", dir, ErrNotRegular, "directory"},
		{"empty", write("empty.png", ""), ErrEmpty, "empty"},
		{"text", write("a.png", "BM is not enough to be a BMP"), ErrFormat, "PNG, JPEG, GIF, WebP, HEIC, AVIF, TIFF, BMP, PNM, QOI"},
		{"pfm", write("a.pfm", "PF 1 1 255 abc"), ErrFormat, "not an image format"},
		{"JPEG XL", write("a.jxl", "\xff\x0a\xfa\x1f"), ErrFormat, "JPEG XL is not an image format kompress reads"},
		{"JPEG XL in boxes", write("b.jxl", "\x00\x00\x00\x0cJXL \r\n\x87\n\x00\x00\x00\x14"), ErrFormat, "JPEG XL is not"},
		{"only a magic", write("b.png", "\x89PNG\r\n\x1a\n"), ErrTruncated, "8 bytes"},
		{"animated WebP", write("a.webp", animated), ErrTruncated, "no frame"},
		{"newline in the name", write("a\nb", ""), ErrEmpty, `a\nb`},
		{"long name", filepath.Join(dir, strings.Repeat("long/", 500)), nil, "..."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Decode(context.Background(), test.path, DecodeOptions{})
			if err == nil {
				t.Fatal("got no error")
			}
			if test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			checkErrorText(t, err, test.path, test.text)
		})
	}
}

// checkErrorText checks that the error is one short line, that begins with
// the name and does not repeat it.
func checkErrorText(t *testing.T, err error, path, text string) {
	t.Helper()
	s := err.Error()
	if strings.Contains(s, "\n") || len(s) > 400 {
		t.Errorf("got %d bytes %q, want one short line", len(s), s)
	}
	if !strings.HasPrefix(s, displayName(path)+": ") || strings.Count(s, displayName(path)) != 1 {
		t.Errorf("got %q, want the name once, at the start", s)
	}
	if !strings.Contains(s, text) {
		t.Errorf("got %q, want it to say %q", s, text)
	}
}

func TestDecodeMaxPixels(t *testing.T) {
	for _, s := range samples(photo(37, 29)) {
		t.Run(s.name, func(t *testing.T) {
			pixels := int64(s.size.X * s.size.Y)
			if _, err := decodeBytes(t, s.data, DecodeOptions{MaxPixels: pixels}); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			if pixels == 1 {
				return // a limit of 0 is the default
			}
			_, err := decodeBytes(t, s.data, DecodeOptions{MaxPixels: pixels - 1})
			if !errors.Is(err, ErrTooManyPixels) {
				t.Fatalf("over the limit: got %v, want %v", err, ErrTooManyPixels)
			}
			if !strings.Contains(err.Error(), "37x29") || !strings.Contains(err.Error(), "--max-pixels") {
				t.Errorf("got %q, want the size and the flag in it", err)
			}
		})
	}
}

// A frame at an offset on a larger screen, with and without room for a
// transparent color.
func TestDecodeGIFScreen(t *testing.T) {
	small, large := image.Rect(2, 3, 6, 5), image.Rect(2, 3, 42, 23)
	tests := []struct {
		name    string
		palette color.Palette
		frame   image.Rectangle
		want    image.Image // its type
	}{
		{"transparent entry first", color.Palette{color.Transparent, color.White}, small, &image.Paletted{}},
		{"transparent entry last", color.Palette{color.White, color.Transparent}, small, &image.Paletted{}},
		{"room for one", color.Palette{color.Black, color.White}, small, &image.Paletted{}},
		{"palette full", palette.Plan9, small, &image.Paletted{}},
		{"palette full and used", palette.Plan9, large, &image.NRGBA{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			frame := test.frame
			m := image.NewPaletted(frame, test.palette)
			for i := range m.Pix {
				m.Pix[i] = uint8(i % len(m.Palette))
			}
			data := mustEncode(func(w io.Writer) error {
				return gif.EncodeAll(w, &gif.GIF{
					Image:  []*image.Paletted{m, m},
					Delay:  []int{1, 1},
					Config: image.Config{Width: 50, Height: 27},
				})
			})
			f, err := decodeBytes(t, data, DecodeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			want := image.NewNRGBA(image.Rect(0, 0, 50, 27))
			for y := frame.Min.Y; y < frame.Max.Y; y++ {
				for x := frame.Min.X; x < frame.Max.X; x++ {
					want.Set(x, y, m.At(x, y))
				}
			}
			checkSameColors(t, f.Image, want)
			if got, want := fmt.Sprintf("%T", f.Image), fmt.Sprintf("%T", test.want); got != want {
				t.Errorf("got a %s, want a %s", got, want)
			}
		})
	}
}

// cancelAfter is a context that is done after Err was asked n times.
type cancelAfter struct {
	context.Context
	n int64
}

func (c *cancelAfter) Err() error {
	if c.n--; c.n < 0 {
		return context.Canceled
	}
	return nil
}

func TestDecodeCancelled(t *testing.T) {
	leaveOutWithRace(t)
	for _, s := range samples(photo(300, 300)) {
		t.Run(s.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "image")
			if err := os.WriteFile(path, s.data, 0o600); err != nil {
				t.Fatal(err)
			}
			const never = 1 << 40
			ctx := &cancelAfter{context.Background(), never}
			if _, err := Decode(ctx, path, DecodeOptions{}); err != nil {
				t.Fatal(err)
			}
			asked := never - ctx.n
			if asked < 4 {
				t.Errorf("the context was asked %d times, want it at every read", asked)
			}
			for n := int64(0); n < asked; n += 1 + asked/10 {
				_, err := Decode(&cancelAfter{context.Background(), n}, path, DecodeOptions{})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("cancelled after %d of %d reads: got %v, want %v", n, asked, err, context.Canceled)
				}
			}
		})
	}
}

func TestDecodePanicIsError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	err = newSource(context.Background(), file, 1).attempt(&formats[0], func() error { panic("index out of range") })
	if !errors.Is(err, ErrTruncated) || !strings.Contains(err.Error(), "PNG decoder") {
		t.Errorf("got %v, want an error that names the decoder", err)
	}
}

func FuzzDecode(f *testing.F) {
	const maxPixels = 10_000
	for _, s := range samples(photo(20, 10)) {
		f.Add(s.data)
	}
	paths, err := filepath.Glob("testdata/read/*[0-9a-z]")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		// The decoders of HEIC and AVIF are slow, and in a sandbox.
		if data, err := os.ReadFile(path); err == nil && len(data) < 6000 && !strings.HasSuffix(path, "f") && !strings.HasSuffix(path, "c") {
			f.Add(data)
		}
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(dir, "image")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := Decode(context.Background(), path, DecodeOptions{MaxPixels: maxPixels})
		if err != nil {
			checkErrorText(t, err, path, "")
			return
		}
		if size := file.Image.Bounds().Size(); size.X <= 0 || size.Y <= 0 || size.X*size.Y > maxPixels {
			t.Errorf("got size %v, the limit is %d pixels", size, maxPixels)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, s := range samples(photo(2000, 1500)) {
		b.Run(s.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "image")
			if err := os.WriteFile(path, s.data, 0o600); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(s.size.X * s.size.Y))
			for b.Loop() {
				if _, err := Decode(context.Background(), path, DecodeOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestDecodeProgress(t *testing.T) {
	leaveOutWithRace(t)
	path := filepath.Join(t.TempDir(), "noise.png")
	m := image.NewNRGBA(image.Rect(0, 0, 1000, 1500))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.Uint32())
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var shares []float64
	o := DecodeOptions{Progress: func(share float64) { shares = append(shares, share) }}
	if _, err := Decode(context.Background(), path, o); err != nil {
		t.Fatal(err)
	}
	if len(shares) < 5 || !slices.IsSorted(shares) || shares[0] <= 0 || shares[len(shares)-1] > 1 {
		t.Errorf("got %v, want some shares that rise to at most 1", shares)
	}
}
