package main

import (
	"encoding/json"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kompress/cmd/kompress/palettefile"
	"kompress/imagefile"
)

// flat returns an image of so many pixels of each color.
func flat(counts map[color.NRGBA]int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 0, 1))
	for c, n := range counts {
		for range n {
			m.Pix = append(m.Pix, c.R, c.G, c.B, c.A)
		}
	}
	m.Rect.Max.X = len(m.Pix) / 4
	m.Stride = len(m.Pix)
	return m
}

var (
	black = color.NRGBA{0, 0, 0, 255}
	white = color.NRGBA{255, 255, 255, 255}
	red   = color.NRGBA{255, 0, 0, 255}
	green = color.NRGBA{0, 128, 0, 255}
	blue  = color.NRGBA{0, 0, 170, 255}
	glass = color.NRGBA{1, 2, 3, 100}
)

func TestPaletteText(t *testing.T) {
	folder := t.TempDir()
	a := writePNG(t, filepath.Join(folder, "a.png"), flat(map[color.NRGBA]int{white: 10, red: 30, glass: 5, {}: 5}))
	b := writePNG(t, filepath.Join(folder, "b.png"), flat(map[color.NRGBA]int{blue: 20, white: 30}))
	for order, want := range map[string]string{
		"luma":  "#0000aa\t 20.00 %\n#ff0000\t 30.00 %\n#ffffff\t 40.00 %\n#01020364\t  5.00 %\n#00000000\t  5.00 %\n",
		"hue":   "#ffffff\t 40.00 %\n#ff0000\t 30.00 %\n#0000aa\t 20.00 %\n#01020364\t  5.00 %\n#00000000\t  5.00 %\n",
		"count": "#ffffff\t 40.00 %\n#ff0000\t 30.00 %\n#0000aa\t 20.00 %\n#01020364\t  5.00 %\n#00000000\t  5.00 %\n",
	} {
		for _, extra := range [][]string{nil, {"-o", "-"}, {"-q"}} {
			r := kompress(t, append([]string{"palette", "--sort", order, a, b}, extra...)...)
			if r != (result{exitDone, want, ""}) {
				t.Errorf("%s: got %+v, want %q", order, r, want)
			}
		}
	}
	if r := kompress(t, "palette", "--format", "hex", b); r != (result{exitDone, "0000aa\nffffff\n", ""}) {
		t.Errorf("--format hex: got %+v", r)
	}
	checkFiles(t, folder, "a.png", "b.png")
}

func TestPaletteSwatches(t *testing.T) {
	f := &foundPalette{pixels: 4, shares: []share{{red, 3}, {color.NRGBA{}, 1}}}
	want := "\x1b[48;2;255;0;0m    \x1b[0m #ff0000\t 75.00 %\n     #00000000\t 25.00 %\n"
	if got := f.lines(true); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, test := range []struct {
		noColor, colorTerm string
		want               bool
	}{{"", "truecolor", true}, {"", "24bit", true}, {"", "", false}, {"1", "truecolor", false}} {
		getenv := func(name string) string {
			return map[string]string{"NO_COLOR": test.noColor, "COLORTERM": test.colorTerm}[name]
		}
		if got := showsColors(getenv); got != test.want {
			t.Errorf("%+v: got %v", test, got)
		}
	}
}

func TestHue(t *testing.T) {
	var last int
	for i, c := range []color.NRGBA{{200, 190, 195, 255}, red, {255, 128, 0, 255}, {255, 255, 0, 255}, green, {0, 255, 255, 255}, blue, {255, 0, 255, 255}, {255, 0, 20, 255}} {
		got := hue(share{NRGBA: c})
		if i == 0 && got != -1 || i > 0 && got <= last {
			t.Errorf("%v: got %d after %d", c, got, last)
		}
		last = got
	}
}

// The palette of several images is that of one that has all their pixels, in any order.
func TestPaletteOfSeveral(t *testing.T) {
	folder := t.TempDir()
	whole := decode(t, photo(t, folder)).(*image.RGBA)
	both := filepath.Join(folder, "photo.png")
	b := whole.Bounds()
	left := writePNG(t, filepath.Join(folder, "left.png"), whole.SubImage(image.Rect(0, 0, 50, b.Dy())))
	right := writePNG(t, filepath.Join(folder, "right.png"), whole.SubImage(image.Rect(50, 0, b.Dx(), b.Dy())))
	want := kompress(t, "palette", "-k8", both)
	for _, images := range [][]string{{left, right}, {right, left}} {
		if got := kompress(t, append([]string{"palette", "-k8"}, images...)...); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if n := strings.Count(want.stdout, "\n"); n != 8 {
		t.Errorf("got %d colors, want 8", n)
	}
}

func TestPaletteFiles(t *testing.T) {
	folder := t.TempDir()
	in := photo(t, folder)
	want := mustKompress(t, in, "-k8", "--seed", "3")
	for _, format := range palettefile.Formats {
		out := filepath.Join(folder, "x."+format)
		r := kompress(t, "palette", "-k8", "--seed=3", "-o", out, in)
		if r.code != exitDone || r.stderr != "" || !strings.HasPrefix(r.stdout, out+": 8 colors of 1 image, PSNR ") {
			t.Fatalf("%s: got %+v", format, r)
		}
		p, err := palettefile.Read(t.Context(), out, imagefile.DecodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var got, compressed []string
		for _, c := range p.Colors {
			got = append(got, palettefile.Hex(c.NRGBA))
		}
		for _, c := range decode(t, want.Output).(*image.Paletted).Palette {
			compressed = append(compressed, palettefile.Hex(color.NRGBAModel.Convert(c).(color.NRGBA)))
		}
		slices.Sort(compressed)
		slices.Sort(got)
		if !slices.Equal(got, compressed) {
			t.Errorf("%s: got %v, want %v as compress finds", format, got, compressed)
		}
		checkFails(t, kompress(t, "palette", "-o", out, in), exitFailed, "x."+format, "--force")
	}
}

func TestPaletteJSON(t *testing.T) {
	folder := t.TempDir()
	in := writePNG(t, filepath.Join(folder, "a & b.png"), flat(map[color.NRGBA]int{black: 10, {2, 0, 0, 255}: 10, red: 20}))
	out := filepath.Join(folder, "x.gpl")
	r := kompress(t, "palette", "--json", "-k2", in, "-o", out)
	var p paletteJSON
	if err := json.Unmarshal([]byte(r.stdout), &p); err != nil || r.code != exitDone {
		t.Fatalf("got %+v, %v", r, err)
	}
	if !strings.Contains(r.stdout, "a & b") || p.Output != out || p.Format != "gpl" || p.Pixels != 40 || p.Distinct != 3 || p.MSE != 0.5 ||
		p.PSNR == nil || math.Abs(*p.PSNR-10*math.Log10(3*255*255/0.5)) > 1e-9 || !slices.Equal(p.Colors, []colorJSON{{"#010000", 20, 0.5}, {"#ff0000", 20, 0.5}}) {
		t.Errorf("got %s", r.stdout)
	}
}

func TestPaletteWithoutAlpha(t *testing.T) {
	folder := t.TempDir()
	in := writePNG(t, filepath.Join(folder, "a.png"), flat(map[color.NRGBA]int{red: 10, glass: 10, {}: 10}))
	out := filepath.Join(folder, "x.gpl")
	r := kompress(t, "palette", in, "-qo", out)
	if r.code != exitDone || r.stdout != "" || !strings.Contains(r.stderr, "warning: .gpl has no alpha: 2 translucent colors made opaque or left out") {
		t.Errorf("got %+v", r)
	}
	if got := string(readFile(t, out)); !strings.HasSuffix(got, "#\n255   0   0\t#ff0000\n  1   2   3\t#010203\n") {
		t.Errorf("got %q", got)
	}
	clear := writePNG(t, filepath.Join(folder, "clear.png"), flat(map[color.NRGBA]int{{}: 10}))
	r = kompress(t, "palette", clear, "-fo", out)
	if r.code != exitFailed || !strings.Contains(r.stderr, "got 0 colors") {
		t.Errorf("nothing left: got %+v", r)
	}
}

func TestPaletteRefuses(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	writePNG(t, "x.png", colorful(3))
	writeFile(t, "bad.png", []byte("no"))
	for _, test := range []struct {
		args  string
		code  int
		words string
	}{
		{"", exitUsage, "image is missing;palette --help"},
		{"x.png -k 0", exitUsage, "--colors: got 0"},
		{"x.png --sort x", exitUsage, `--sort: got "x", want luma, hue or count`},
		{"x.png --format jpg", exitUsage, `--format: got "jpg", want gpl, act`},
		{"x.png -o y.jpg", exitUsage, "y.jpg does not say what to write;.gpl"},
		{"x.png -o=", exitUsage, "--output: got an empty name"},
		{"x.png --json -q", exitUsage, "--quiet;--json"},
		{"x.png --json --format hex", exitUsage, "--json and --format hex"},
		{"x.png --lock #12", exitUsage, "--lock: got #12, want a color"},
		{"x.png --lock=", exitUsage, "--lock: got nothing, want a color"},
		{"x.png --lock red,,blue", exitUsage, "--lock: got nothing"},
		{"x.png -k2 --lock red,blue,lime", exitUsage, "--lock: got 3 colors, want at most the 2 of --colors"},
		{"x.png -o x.png", exitFailed, "x.png;--force"},
		{". -fo x.png", exitFailed, "x.png: it is one of the images"},
		{"nothing*.png", exitFailed, "nothing*.png: no such files"},
		{"- x.png", exitUsage, "standard input"},
		{"x.png -fo x.png", exitFailed, "x.png: it is one of the images"},
		{"x.png -o bad.png", exitFailed, "bad.png;--force"},
		{"bad.png -o y.gpl", exitFailed, "bad.png: not an image"},
		{"missing.png", exitFailed, "missing.png: no such file"},
	} {
		t.Run(test.args, func(t *testing.T) {
			args := append([]string{"palette"}, strings.Fields(test.args)...)
			checkFails(t, kompress(t, args...), test.code, strings.Split(test.words, ";")...)
		})
	}
	r := kompress(t, "palette", "x.png", "bad.png", "-o", "y.gpl")
	if r.code != exitFailed || r.stdout != "" || !strings.HasSuffix(r.stderr, "kompress: no palette: 1 of 2 failed\n") || !strings.HasPrefix(r.stderr, "kompress: bad.png: ") {
		t.Errorf("got %+v", r)
	}
	checkFiles(t, folder, "bad.png", "x.png")
	if err := os.Mkdir("d", 0o777); err != nil {
		t.Fatal(err)
	}
	checkFails(t, kompress(t, "palette", "x.png", "--format=gpl", "-o", "d"), exitFailed, "d: it is a folder")
}
