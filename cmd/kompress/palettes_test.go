package main

import (
	"fmt"
	"image"
	"image/color"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kompress/cmd/kompress/palettefile"
)

// Whatever file the palette is in, each pixel gets the nearest of its colors.
func TestCompressToPalette(t *testing.T) {
	folder := t.TempDir()
	in := photo(t, folder)
	colors := []color.NRGBA{black, white, red, green, blue, {200, 190, 120, 255}}
	p := new(palettefile.Palette)
	for _, c := range append(slices.Clone(colors), color.NRGBA{255, 0, 255, 255}) { // that no pixel is near
		p.Colors = append(p.Colors, palettefile.Color{NRGBA: c})
	}
	var first []byte
	for _, format := range palettefile.Formats {
		file := savePalette(t, folder, p, format)
		s := mustKompress(t, in, "--palette", file, "-f")
		if s.Asked != 7 || s.Colors > 6 || filepath.Base(s.Output) != "photo.k7.png" {
			t.Fatalf("%s: got %+v", format, s)
		}
		checkQuality(t, s)
		if first == nil {
			first = readFile(t, s.Output)
			checkNearest(t, decode(t, in), decode(t, s.Output), colors)
		} else if string(readFile(t, s.Output)) != string(first) {
			t.Errorf("%s: got another file than with .%s", format, palettefile.Formats[0])
		}
	}
}

func savePalette(t *testing.T, folder string, p *palettefile.Palette, format string) string {
	t.Helper()
	var b strings.Builder
	if err := palettefile.Encode(&b, p, format); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, filepath.Join(folder, "palette."+format), []byte(b.String()))
}

func checkNearest(t *testing.T, before, after image.Image, colors []color.NRGBA) {
	t.Helper()
	distance := func(a, b color.NRGBA) int {
		square := func(a, b uint8) int { return (int(a) - int(b)) * (int(a) - int(b)) }
		return square(a.R, b.R) + square(a.G, b.G) + square(a.B, b.B)
	}
	for y := range before.Bounds().Dy() {
		for x := range before.Bounds().Dx() {
			was, is := nrgba(before, x, y), nrgba(after, x, y)
			if !slices.Contains(colors, is) {
				t.Fatalf("at %d, %d: got %v, which is not in the palette", x, y, is)
			}
			for _, c := range colors {
				if distance(was, c) < distance(was, is) {
					t.Fatalf("at %d, %d: got %v for %v, but %v is nearer", x, y, is, was, c)
				}
			}
		}
	}
}

// An image that has few colors is a palette for others.
func TestCompressToImage(t *testing.T) {
	folder := t.TempDir()
	in := photo(t, folder)
	s := mustKompress(t, in, "-k5")
	again := mustKompress(t, in, "--palette", s.Output, "-o", filepath.Join(folder, "again.png"))
	if string(readFile(t, s.Output)) != string(readFile(t, again.Output)) || again.Asked != 5 {
		t.Errorf("got %+v, want the file that the palette is of", again)
	}
	few := writePNG(t, filepath.Join(folder, "few.png"), colorful(9))
	if s := mustKompress(t, few, "--palette", few); !s.Lossless || s.Colors != 9 {
		t.Errorf("got %+v, want that all stays as it is", s)
	}
}

// A palette without a transparent color does not make what is transparent a box.
func TestPaletteWithoutTransparent(t *testing.T) {
	folder := t.TempDir()
	in := writePNG(t, filepath.Join(folder, "in.png"), flat(map[color.NRGBA]int{red: 9, blue: 9, {}: 9}))
	p := writeFile(t, filepath.Join(folder, "p.gpl"), []byte("GIMP Palette\n255 0 0\n0 0 170\n"))
	for _, dither := range flagValues["dither"] {
		if s := mustKompress(t, in, "--palette", p, "-f", "--dither", dither); s.Colors != 3 || !s.Lossless {
			t.Errorf("%s: got %+v, want the transparent color, too", dither, s)
		}
	}
	soft := writePNG(t, filepath.Join(folder, "soft.png"), flat(map[color.NRGBA]int{red: 9, glass: 9}))
	if r := kompress(t, "compress", soft, "--palette", p); r.code != exitDone || !strings.Contains(r.stderr, "soft.png: soft edges become hard: ") {
		t.Errorf("got %+v", r)
	}
	full := new(palettefile.Palette)
	for i := range 256 {
		full.Colors = append(full.Colors, palettefile.Color{NRGBA: color.NRGBA{uint8(i), 0, 0, 255}})
	}
	file := savePalette(t, folder, full, "gpl")
	if r := kompress(t, "compress", in, "-f", "--palette", file); r.code != exitDone || !strings.Contains(r.stderr, "in.png: transparent pixels become opaque: ") || strings.Contains(r.stderr, "soft") {
		t.Errorf("got %+v", r)
	}
}

func TestPaletteUsage(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	photo(t, ".")
	writeFile(t, "p.hex", []byte("ff0000\n00ff00\n"))
	writeFile(t, "bad.gpl", []byte("GIMP Palette\nx y z\n"))
	for _, flag := range []string{"-k 2", "--lock red", "--posterize 1", "--quality 80", "--target-psnr 30", "--max-bytes 9k", "--importance hue"} {
		args := append([]string{"compress", "photo.png", "--palette", "p.hex"}, strings.Fields(flag)...)
		checkFails(t, kompress(t, args...), exitUsage, "--palette does not go with --")
	}
	for _, test := range []struct {
		args  string
		code  int
		words string
	}{
		{"--palette -", exitUsage, "--palette: standard input is for images"},
		{"--palette=", exitUsage, "--palette: got an empty name"},
		{"--palette no.gpl", exitFailed, "--palette: no.gpl: no such file"},
		{"--palette bad.gpl", exitFailed, "--palette: bad.gpl: line 2: got x, want 3 numbers"},
		{"--palette photo.png", exitFailed, "--palette: photo.png: got an image of"},
		{"--lock nocolor", exitUsage, "--lock: got nocolor, want a color"},
		{"-k 1 --lock red,blue", exitUsage, "--lock: got 2 colors, want at most the 1 of --colors"},
	} {
		args := append([]string{"compress", "photo.png"}, strings.Fields(test.args)...)
		checkFails(t, kompress(t, args...), test.code, test.words)
	}
	checkFiles(t, folder, "bad.gpl", "p.hex", "photo.png")
}

func TestSortShares(t *testing.T) {
	shares := []share{{white, 1}, {color.NRGBA{}, 9}, {red, 5}, {glass, 9}, {black, 5}, {blue, 7}}
	for order, want := range map[string][]color.NRGBA{
		"luma":  {black, blue, red, white, glass, {}},
		"hue":   {black, white, red, blue, glass, {}},
		"count": {blue, black, red, white, glass, {}},
	} {
		sortShares(shares, order)
		var got []color.NRGBA
		for _, s := range shares {
			got = append(got, s.NRGBA)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", order, got, want)
		}
	}
}

func TestLock(t *testing.T) {
	folder := t.TempDir()
	in := photo(t, folder)
	pink, orange := color.NRGBA{255, 0, 255, 255}, color.NRGBA{255, 165, 0, 255}
	for _, flags := range [][]string{{"-k6"}, {"-k", "2"}, {"--target-psnr=24"}, {"--quality=-5"}, {"--max-bytes=4k"}, {"-k6", "--posterize=3"}} {
		s := mustKompress(t, append([]string{in, "-f", "--lock", "#f0f, Orange,ff00ff"}, flags...)...)
		var got []color.NRGBA
		for _, c := range decode(t, s.Output).(*image.Paletted).Palette {
			got = append(got, color.NRGBAModel.Convert(c).(color.NRGBA))
		}
		if !slices.Contains(got, pink) || !slices.Contains(got, orange) || len(got) > s.Asked || s.Colors != len(got) {
			t.Errorf("%v: got %v", flags, got)
		}
		checkQuality(t, s)
	}
	checkFails(t, kompress(t, "compress", in, "-f", "--lock=red,lime,blue", "--max-bytes=100"), exitFailed, "--max-bytes: with 3 colors the file has ")
	if r := kompress(t, "palette", in, "-k3", "--lock=red,lime", "--sort=count"); strings.Count(r.stdout, "\n") != 3 || !strings.Contains(r.stdout, "#ff0000\t") || !strings.Contains(r.stdout, "#00ff00\t") {
		t.Errorf("got %+v", r)
	}
}

// What is between the colors of a palette is a mixture of them, even where all pixels
// are nearest the same one; and the file has only what was used.
func TestDitherToPalette(t *testing.T) {
	folder := t.TempDir()
	gray := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range gray.Pix {
		gray.Pix[i] = 120
	}
	in := writePNG(t, filepath.Join(folder, "gray.png"), gray)
	p := writeFile(t, filepath.Join(folder, "p.hex"), []byte("000000\nff0000\nffffff\n"))
	for _, method := range flagValues["dither"][1:] {
		s := mustKompress(t, in, "--palette", p, "--dither", method, "-f")
		m := decode(t, s.Output).(*image.Paletted)
		if s.Colors != 2 || len(m.Palette) != 2 {
			t.Errorf("%s: got %d colors, %d in the file, want black and white", method, s.Colors, len(m.Palette))
		}
		light := 0
		for i := range gray.Pix {
			if nrgba(m, i%64, i/64) == white {
				light++
			}
		}
		if light < 64*64*2/5 || light > 64*64*3/5 {
			t.Errorf("%s: got %d white pixels of %d, want about 120/255 of them", method, light, 64*64)
		}
	}
}
