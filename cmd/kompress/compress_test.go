package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// chunks returns the contents of a PNG's chunks, for those that occur once.
func chunks(t testing.TB, data []byte) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for data = data[8:]; len(data) >= 12; {
		n := binary.BigEndian.Uint32(data)
		found[string(data[4:8])] = data[8 : 8+n]
		data = data[12+n:]
	}
	return found
}

func TestBitDepth(t *testing.T) {
	leaveOutWithRace(t)
	folder := t.TempDir()
	in := photo(t, folder)
	for _, test := range []struct{ colors, depth int }{
		{1, 1}, {2, 1}, {3, 2}, {4, 2}, {5, 4}, {16, 4}, {17, 8}, {256, 8},
	} {
		t.Run(fmt.Sprint(test.colors), func(t *testing.T) {
			s := mustKompress(t, in, "-k", fmt.Sprint(test.colors))
			checkIndexed(t, s, test.colors, test.depth)
			checkQuality(t, s)
			few := writePNG(t, filepath.Join(t.TempDir(), "few.png"), colorful(test.colors))
			s = mustKompress(t, few, "-k256")
			if !s.Lossless || s.PSNR != nil || s.Asked != 256 {
				t.Errorf("got lossless %v, PSNR %v, asked %d, want lossless", s.Lossless, s.PSNR, s.Asked)
			}
			checkIndexed(t, s, test.colors, test.depth)
			checkSame(t, s)
		})
	}
}

// checkIndexed wants the smallest indexed PNG of so many colors.
func checkIndexed(t *testing.T, s summary, colors, depth int) {
	t.Helper()
	c := chunks(t, readFile(t, s.Output))
	if ihdr := c["IHDR"]; int(ihdr[8]) != depth || ihdr[9] != 3 {
		t.Errorf("got bit depth %d, color type %d, want %d, 3", ihdr[8], ihdr[9], depth)
	}
	if s.Colors != colors || len(c["PLTE"]) != 3*colors {
		t.Errorf("summary has %d colors, palette %d, want %d", s.Colors, len(c["PLTE"])/3, colors)
	}
	m := decode(t, s.Output).(*image.Paletted)
	var used [256]bool
	for _, i := range m.Pix {
		used[i] = true
	}
	seen := map[color.Color]bool{}
	opaque := 0
	for i, c := range m.Palette {
		if !used[i] || seen[c] {
			t.Errorf("entry %d, %v, is not used or there twice", i, c)
		}
		seen[c] = true
		if nrgba := color.NRGBAModel.Convert(c).(color.NRGBA); nrgba.A == 255 {
			opaque++
		}
	}
	if got := len(c["tRNS"]); got != colors-opaque {
		t.Errorf("got tRNS of %d entries, want %d", got, colors-opaque)
	}
}

// checkSame wants each pixel to be as it was; what cannot be seen has no color.
func checkSame(t *testing.T, s summary) {
	t.Helper()
	a, b := decode(t, s.Input), decode(t, s.Output)
	if a.Bounds().Size() != b.Bounds().Size() {
		t.Fatalf("got size %v, want %v", b.Bounds().Size(), a.Bounds().Size())
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if p, q := nrgba(a, x, y), nrgba(b, x, y); p != q && (p.A != 0 || q.A != 0) {
				t.Fatalf("at %d, %d: got %v, want %v", x, y, q, p)
			}
		}
	}
}

// checkQuality compares the summary with what the files say.
func checkQuality(t *testing.T, s summary) {
	t.Helper()
	a, b := decode(t, s.Input), decode(t, s.Output)
	var sum float64
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p, q := nrgba(a, x, y), nrgba(b, x, y)
			for _, background := range []float64{0, 255} {
				sum += squared(p.R, p.A, q.R, q.A, background) / 2
				sum += squared(p.G, p.A, q.G, q.A, background) / 2
				sum += squared(p.B, p.A, q.B, q.A, background) / 2
			}
		}
	}
	mse := sum / float64(a.Bounds().Dx()*a.Bounds().Dy())
	psnr := 10 * math.Log10(3*255*255/mse)
	if s.PSNR == nil || math.Abs(*s.PSNR-psnr) > 1e-6 || math.Abs(s.MSE-mse) > 1e-6*mse {
		t.Fatalf("got MSE %v, PSNR %v, want %v, %v", s.MSE, s.PSNR, mse, psnr)
	}
}

// squared is the squared difference of a channel over a background.
func squared(v, a, w, b uint8, background float64) float64 {
	d := float64(v)*float64(a)/255 + background*(1-float64(a)/255)
	d -= float64(w)*float64(b)/255 + background*(1-float64(b)/255)
	return d * d
}

// translucent has all alphas, and colors that cannot be seen.
func translucent() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		m.SetNRGBA(i%64, i/64, color.NRGBA{uint8(i), uint8(i >> 4), uint8(i * 5), uint8(max(0, i%64*5-40))})
		if i%64 > 55 {
			m.Pix[4*i+3] = 255
		}
	}
	return m
}

func TestAlpha(t *testing.T) {
	folder := t.TempDir()
	in := writePNG(t, filepath.Join(folder, "in.png"), translucent())
	for _, k := range []int{2, 16, 255} {
		s := mustKompress(t, in, "-k", fmt.Sprint(k))
		checkQuality(t, s)
		out := chunks(t, readFile(t, s.Output))
		if n := len(out["tRNS"]); n == 0 || n > len(out["PLTE"])/3 {
			t.Errorf("k=%d: got tRNS of %d entries, PLTE of %d", k, n, len(out["PLTE"])/3)
		}
	}
	m := decode(t, filepath.Join(folder, "in.k255.png"))
	if got := nrgba(m, 0, 0); got != (color.NRGBA{}) {
		t.Errorf("got %v, want what is fully transparent to stay so", got)
	}
	if got := nrgba(m, 63, 5); got.A != 255 {
		t.Errorf("got %v, want what is opaque to stay so", got)
	}
	few := image.NewNRGBA(image.Rect(0, 0, 3, 2))
	copy(few.Pix, "\x01\x02\x03\xff\x04\x05\x06\x80\x07\x08\x09\x00\x0a\x0b\x0c\x00\x01\x02\x03\xff\x0d\x0e\x0f\x01")
	s := mustKompress(t, writePNG(t, filepath.Join(folder, "few.png"), few))
	checkIndexed(t, s, 4, 2) // both invisible ones are one color
	checkSame(t, s)
}

func Test16Bit(t *testing.T) {
	m := image.NewNRGBA64(image.Rect(0, 0, 3, 1))
	m.SetNRGBA64(0, 0, color.NRGBA64{0x00ff, 0x8079, 0xff7e, 0xffff}) // truncated: 0, 128, 255
	m.SetNRGBA64(1, 0, color.NRGBA64{0x0080, 0x0081, 0xff7f, 0xffff})
	m.SetNRGBA64(2, 0, color.NRGBA64{0, 0x1234, 0x4321, 0xffff})
	s := mustKompress(t, writePNG(t, filepath.Join(t.TempDir(), "in.png"), m))
	out := decode(t, s.Output)
	for x := range 3 {
		c := m.NRGBA64At(x, 0)
		round := func(v uint16) uint8 { return uint8(math.Round(float64(v) / 257)) }
		if got, want := nrgba(out, x, 0), (color.NRGBA{round(c.R), round(c.G), round(c.B), 255}); got != want {
			t.Errorf("%d: got %v, want %v", x, got, want)
		}
	}
}

func encoded(t testing.TB, encode func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// samples are small files of all formats.
func samples(t testing.TB) map[string][]byte {
	m, a := colorful(200), translucent()
	bits := image.NewPaletted(image.Rect(0, 0, 9, 5), color.Palette{color.Black, color.White})
	bits.Pix[7], bits.Pix[40] = 1, 1
	webp, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"png":      encoded(t, func(w io.Writer) error { return png.Encode(w, m) }),
		"jpeg":     encoded(t, func(w io.Writer) error { return jpeg.Encode(w, grayed(m), nil) }),
		"gif":      encoded(t, func(w io.Writer) error { return gif.Encode(w, m, nil) }),
		"bmp":      encoded(t, func(w io.Writer) error { return bmp.Encode(w, m) }),
		"tiff":     encoded(t, func(w io.Writer) error { return tiff.Encode(w, m, nil) }),
		"webp":     webp,
		"png.a":    encoded(t, func(w io.Writer) error { return png.Encode(w, a) }),
		"tiff.a":   encoded(t, func(w io.Writer) error { return tiff.Encode(w, a, nil) }),
		"png.gray": encoded(t, func(w io.Writer) error { return png.Encode(w, image.NewGray16(image.Rect(0, 0, 5, 1))) }),
		"png.1":    encoded(t, func(w io.Writer) error { return png.Encode(w, bits) }),
		"gif.1":    encoded(t, func(w io.Writer) error { return gif.Encode(w, bits, nil) }),
		"bmp.1":    encoded(t, func(w io.Writer) error { return bmp.Encode(w, bits) }),
	}
}

// grayed returns an image without its colors: JPEGs have those at half the resolution,
// and what is between is not the same by all decoders.
func grayed(m image.Image) *image.Gray {
	gray := image.NewGray(m.Bounds())
	draw.Draw(gray, gray.Bounds(), m, m.Bounds().Min, draw.Src)
	return gray
}

func TestFormats(t *testing.T) {
	for name, data := range samples(t) {
		t.Run(name, func(t *testing.T) {
			// Names say nothing: what counts is in the file.
			s := mustKompress(t, writeFile(t, filepath.Join(t.TempDir(), "in.txt"), data), "-k5")
			if format, _, _ := strings.Cut(name, "."); s.Format != format {
				t.Errorf("got format %q", s.Format)
			}
			in, _, err := image.DecodeConfig(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			out := decode(t, s.Output)
			if size := out.Bounds().Size(); size != image.Pt(in.Width, in.Height) || s.Width != size.X || s.Height != size.Y {
				t.Errorf("got %v, summary %d x %d, want %d x %d", size, s.Width, s.Height, in.Width, in.Height)
			}
			if s.PSNR == nil {
				checkSame(t, s)
			} else {
				checkQuality(t, s)
			}
		})
	}
}

func TestDeepImagesAreNotCalledLossless(t *testing.T) {
	m := image.NewGray16(image.Rect(0, 0, 20, 1))
	for x := range 20 {
		m.SetGray16(x, 0, color.Gray16{Y: uint16(0x8000 + 7*x)})
	}
	in := writePNG(t, filepath.Join(t.TempDir(), "deep.png"), m)
	if s := mustKompress(t, in); s.Lossless || s.MSE != 0 || s.Colors != 1 {
		t.Errorf("got %+v", s)
	}
	if r := kompress(t, "compress", "-f", in); !strings.Contains(r.stdout, "exact at 8 bits") {
		t.Errorf("got %q", r.stdout)
	}
}

func TestTestdata(t *testing.T) {
	var files []string
	for _, name := range []string{"bahamas.png", "cdwriter.png", "desktop-theme.png", "kodim05.png"} {
		files = append(files, filepath.Join(testdata, name))
	}
	folder := filepath.Join(t.TempDir(), "made", "for it")
	if r := kompress(t, append([]string{"compress", "-k", "4", "-e", "fast", "-q", "-o", folder}, files...)...); r != (result{}) {
		t.Fatalf("got %+v", r)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)) + ".k4.png"
		out := decode(t, filepath.Join(folder, name)).(*image.Paletted)
		if out.Bounds().Size() != decode(t, file).Bounds().Size() || len(out.Palette) > 4 {
			t.Errorf("%s: got %v, %d colors", file, out.Bounds(), len(out.Palette))
		}
	}
}

func TestFailures(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	writeFile(t, "empty.png", nil)
	writeFile(t, "text.png", []byte("not an image"))
	whole := samples(t)["png"]
	writeFile(t, "half.png", whole[:len(whole)/2])
	writePNG(t, "good.png", colorful(3))
	if err := os.Mkdir("folder", 0o777); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ file, words string }{
		{"missing.png", "missing.png: no such file"},
		{"  two  spaces.png", "  two  spaces.png: "},
		{"new\nline.png", `"new\nline.png": `},
		{"", `"": an image cannot have an empty name`},
		{"empty.png", "empty.png: file is empty"},
		{"text.png", "text.png: not an image format"},
		{"half.png", "half.png: "},
		{"folder", "folder: no images in this folder"},
	} {
		t.Run(test.file, func(t *testing.T) {
			words := test.words
			if os.PathSeparator == '\\' {
				words, _, _ = strings.Cut(words, "no such")
			}
			checkFails(t, kompress(t, "compress", "--", test.file), exitFailed, words)
			checkFails(t, kompress(t, "compress", "-o", "made/it/", "--", test.file), exitFailed, words)
			checkFiles(t, ".", "empty.png", "folder", "good.png", "half.png", "text.png")
			// The others are still done.
			r := kompress(t, "compress", "good.png", "--", test.file, "good.png")
			if r.code != exitFailed || !strings.HasPrefix(r.stdout, "good.k16.png: ") || strings.Count(r.stderr, "\n") != 1 {
				t.Errorf("got %+v", r)
			}
			if err := os.Remove("good.k16.png"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "good.png", colorful(3))
	if err := os.Mkdir("folder", 0o777); err != nil {
		t.Fatal(err)
	}
	checkFails(t, kompress(t, "compress", "--max-pixels", "1023", "good.png"), exitFailed, "good.png: ", "32x32", "--max-pixels")
	checkFails(t, kompress(t, "compress", "-o", "good.png/x/", "good.png"), exitFailed, "good.png")
	checkFails(t, kompress(t, "compress", "-f", "-o", "folder/../good.png", "good.png"), exitFailed, "good.png: the output would overwrite it")
	checkFiles(t, ".", "folder", "good.png")
	mustKompress(t, "--max-pixels", "1024", "good.png")
}

// withFlags compresses a photograph to so many colors that no two searches end
// alike, and returns the file too.
func withFlags(t *testing.T) func(flags ...string) (summary, string) {
	folder := t.TempDir()
	in := photo(t, folder)
	runs := 0
	return func(flags ...string) (summary, string) {
		runs++
		out := filepath.Join(folder, fmt.Sprint(runs, ".png"))
		s := mustKompress(t, append([]string{"-k50", in, "-o", out}, flags...)...)
		return s, string(readFile(t, s.Output))
	}
}

// Each of the flags that change the clustering has to arrive.
func TestClusteringFlags(t *testing.T) {
	leaveOutWithRace(t)
	with := withFlags(t)
	_, file := with()
	for _, same := range [][]string{
		{"-k50"}, {"-e", "default"}, {"-s", "srgb"}, {"-a", "minibatch"}, {"--init=wu"}, {"--batch-size=4096"},
		{"--seed", "0"}, {"--engine", "cpu"}, {"--max-pixels=19200"}, {"--tolerance", "1e-5"},
	} {
		if _, got := with(same...); got != file {
			t.Errorf("%q: got another file, want that of the default", same)
		}
	}
	for _, other := range [][]string{
		{"-k49"}, {"-e", "fast"}, {"--effort", "best"}, {"--space", "oklab"}, {"--algorithm", "lloyd"}, {"--init=kmeans++"},
		{"--batch-size=100"}, {"--seed", "1"}, {"--max-passes", "1"},
	} {
		if _, got := with(other...); got == file {
			t.Errorf("%q: got the same file, want another", other)
		}
	}
}

func TestClusteringFlagsDoWhatTheySay(t *testing.T) {
	leaveOutWithRace(t)
	with := withFlags(t)
	standard, _ := with()
	fast, _ := with("-e", "fast")
	best, _ := with("-e", "best")
	if best.MSE >= standard.MSE || standard.MSE >= fast.MSE {
		t.Errorf("got MSE %v fast, %v, %v best, want it to fall", fast.MSE, standard.MSE, best.MSE)
	}
	if s, _ := with("-s", "oklab"); *s.PSNR >= *standard.PSNR {
		t.Errorf("got PSNR %v in Oklab, %v in sRGB, want less", *s.PSNR, *standard.PSNR)
	}
	lloyd, _ := with("-a", "lloyd")
	if lloyd.Steps != 0 || lloyd.Passes == 0 {
		t.Errorf("lloyd: got %d steps, %d passes", lloyd.Steps, lloyd.Passes)
	}
	if s, _ := with("--max-passes", "2"); s.Passes > 2 {
		t.Errorf("--max-passes 2: got %d", s.Passes)
	}
	if s, _ := with("-a", "lloyd", "--tolerance", "0.9"); s.Passes >= lloyd.Passes {
		t.Errorf("got %d passes at a tolerance of 0.9, %d by default", s.Passes, lloyd.Passes)
	}
}
