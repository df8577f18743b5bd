package palettefile

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kompress/imagefile"
)

var (
	red   = Color{NRGBA: color.NRGBA{255, 0, 0, 255}}
	blue  = Color{NRGBA: color.NRGBA{0, 0, 170, 255}}
	glass = Color{NRGBA: color.NRGBA{1, 200, 30, 128}}
	clear = Color{}
)

// many has the colours that a file has room for, none twice.
func many(n int) *Palette {
	p := new(Palette)
	for i := range n {
		p.Colors = append(p.Colors, Color{NRGBA: color.NRGBA{uint8(255 - i), uint8(i * 7), uint8(i), 255}})
	}
	return p
}

// written is what the formats are to be, byte for byte: other programs read these.
var written = map[string]string{
	"gpl":  "GIMP Palette\nName: My colors\nColumns: 2\n#\n255   0   0\twarning\n  0   0 170\t#0000aa\n",
	"act":  "\xff\x00\x00\x00\x00\xaa" + strings.Repeat("\x00", 762) + "\x00\x02\xff\xff",
	"pal":  "JASC-PAL\r\n0100\r\n2\r\n255 0 0\r\n0 0 170\r\n",
	"hex":  "ff0000\n0000aa\n",
	"json": "[\n  \"#ff0000\",\n  \"#0000aa\"\n]\n",
}

func TestEncode(t *testing.T) {
	p := &Palette{Name: "My\ncolors ", Colors: []Color{{red.NRGBA, "warning"}, blue}}
	for format, want := range written {
		if got := string(encoded(t, p, format)); got != want {
			t.Errorf("%s: got %q, want %q", format, got, want)
		}
	}
}

func encoded(t testing.TB, p *Palette, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, p, format); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.Bytes()
}

func TestRoundTrip(t *testing.T) {
	translucent := many(256)
	translucent.Colors[0], translucent.Colors[200] = glass, clear
	for _, p := range []*Palette{many(1), many(2), many(17), many(256), {Colors: []Color{blue, clear, red}}, translucent} {
		for _, format := range Formats {
			fitted, _ := p.Fit(format)
			path := filepath.Join(t.TempDir(), "x."+format)
			if err := os.WriteFile(path, encoded(t, fitted, format), 0o666); err != nil {
				t.Fatal(err)
			}
			checkRead(t, path, fitted.Colors...)
			// The name is not needed, but for a table that is all text.
			other := filepath.Join(t.TempDir(), "x")
			if err := os.Rename(path, other); err != nil {
				t.Fatal(err)
			}
			checkRead(t, other, fitted.Colors...)
		}
	}
}

// checkRead wants the colours, whatever they are called.
func checkRead(t testing.TB, path string, want ...Color) {
	t.Helper()
	p, err := Read(context.Background(), path, imagefile.DecodeOptions{})
	if err != nil {
		t.Error(err)
		return
	}
	same := slices.EqualFunc(p.Colors, want, func(a, b Color) bool { return a.NRGBA == b.NRGBA })
	if !same {
		t.Errorf("%s: got %v, want %v", filepath.Base(path), p.Colors, want)
	}
}

func TestFit(t *testing.T) {
	p := &Palette{Colors: []Color{red, glass, clear, {NRGBA: color.NRGBA{1, 200, 30, 255}}}}
	solid := Color{NRGBA: color.NRGBA{1, 200, 30, 255}}
	for format, want := range map[string][]Color{
		"gpl": {red, solid}, "pal": {red, solid}, "act": {red, solid, clear},
		"hex": p.Colors, "json": p.Colors, "png": p.Colors,
	} {
		fitted, lost := p.Fit(format)
		if !slices.Equal(fitted.Colors, want) || (lost > 0) != (len(want) < 4) {
			t.Errorf("%s: got %v, %d lost, want %v", format, fitted.Colors, lost, want)
		}
		err := Encode(new(bytes.Buffer), p, format)
		if (err != nil) != (lost > 0) {
			t.Errorf("%s: got error %v for alpha that gets lost: %d", format, err, lost)
		}
	}
}

func TestDecode(t *testing.T) {
	riff := "RIFF\x1c\x00\x00\x00PAL data\x0c\x00\x00\x00\x00\x03\x02\x00\xff\x00\x00\x00\x00\x00\xaa\x00"
	table := "\xff\x00\x00\x00\x00\xaa" + strings.Repeat("\x00", 762)
	for name, text := range map[string]string{
		"as GIMP 2.10 writes it":   "GIMP Palette\nName: x\nColumns: 0\n#\n255   0   0\tUntitled\n  0   0 170\tUntitled\n",
		"old gpl":                  "GIMP Palette\n255 0 0\n\n# 1 2 3\n0 0 170 dark blue: very",
		"gpl with alpha, Aseprite": "GIMP Palette\nChannels: RGBA\n#\n255 0 0 255 Untitled\n0 0 170 255 Untitled\n",
		"gpl in Latin-1":           "GIMP Palette\nName: Caf\xe9\n255 0 0 Ros\xe9\n0 0 170\n",
		"pal, LF":                  "JASC-PAL\n0100\n2\n255 0 0\n0 0 170\n\n",
		"pal with alpha, Aseprite": "JASC-PAL\n0100\n2\n255 0 0 255\n0 0 170 255\n",
		"RIFF pal":                 riff,
		"act, count and no more":   table + "\x00\x02\xff\xff",
		"hex with #":               "#FF0000\n\n#0000Aa",
		"hex with alpha":           "ff0000ff\n0000aaff\n",
		"hex, short":               "f00\n00a\n",
		"what kompress prints":     "#ff0000\t60.00 %\n#0000aa  40.00 %\n",
		"json":                     `["#f00", "0000AA"]`,
		"json of Lospec":           `{"name":"x","author":"","colors":["ff0000","0000aa"]}`,
		"json of names":            ` ["Red", "#0000aa"]`,
	} {
		for _, form := range []string{text, "\ufeff" + text, strings.ReplaceAll(text, "\n", "\r\n"), strings.ReplaceAll(text, "\n", "\r")} {
			if form != text && looksBinary([]byte(text)) {
				continue
			}
			p, err := Decode([]byte(form), "")
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if len(p.Colors) != 2 || p.Colors[0].NRGBA != red.NRGBA || p.Colors[1].NRGBA != blue.NRGBA {
				t.Errorf("%s: got %v", name, p.Colors)
			}
		}
	}
}

func TestDecodeAlpha(t *testing.T) {
	for _, text := range []string{
		"GIMP Palette\nName: x\nChannels: RGBA\n1 200 30 128\n0 0 0 0 nothing\n",
		"JASC-PAL\n0100\n2\n1 200 30 128\n5 5 5 0\n", "01c81e80\n12345600", `["#01c81e80", "#0000"]`,
	} {
		p, err := Decode([]byte(text), "")
		if err != nil || len(p.Colors) != 2 || p.Colors[0].NRGBA != glass.NRGBA || p.Colors[1].NRGBA != clear.NRGBA {
			t.Errorf("%q: got %+v, %v", text, p, err)
		}
	}
}

func TestDecodeNames(t *testing.T) {
	p, err := Decode([]byte("GIMP Palette\nName: Caf\xe9\n1 2 3\tRos\xe9 clair\n"), "")
	if err != nil || p.Name != "Café" || p.Colors[0].Name != "Rosé clair" {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestDecodeACT(t *testing.T) {
	table := encoded(t, many(256), "act")[:768]
	for tail, want := range map[string]int{"": 256, "\x00\x00\xff\xff": 256, "\x01\x00\xff\xff": 256, "\xff\xff\xff\xff": 256, "\x00\x03\x00\x01": 3} {
		p, err := Decode(append(slices.Clone(table), tail...), "act")
		if err != nil || len(p.Colors) != want {
			t.Fatalf("%q: got %d colors, %v, want %d", tail, len(p.Colors), err, want)
		}
		if isClear := p.Colors[1] == clear; isClear != (want == 3) {
			t.Errorf("%q: got color 1 %v", tail, p.Colors[1])
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, test := range []struct{ ending, text, words string }{
		{"", "", "empty"},
		{"", "hello\n", "neither a palette"},
		{"", strings.Repeat("x", 2<<20), "too large"},
		{"", strings.Repeat("\x00", 2<<20), "neither a palette"},
		{"txt", ";paint.net Palette File\nFFFF0000\n", "neither a palette"},
		{"gpl", "ff0000\n", "line 1: got ff0000, want GIMP Palette"},
		{"gpl", "GIMP Palette\n", "got 0 colors, want 1 to 256"},
		{"gpl", "GIMP Palette\nName: x\n1 2\n", "line 3: got nothing, want 3 numbers from 0 to 255"},
		{"gpl", "GIMP Palette\n1 2 256 x\n", "line 2: got 256"},
		{"gpl", "GIMP Palette\n1 2 3\n-1 2 3\n", "line 3: got -1"},
		{"gpl", "GIMP Palette\n" + strings.Repeat("1 2 3\n", 257), "got 257 colors"},
		{"gpl", "GIMP Palette\n\x1b[31m 2 3\n", `line 2: got "\x1b[31m"`},
		{"gpl", "GIMP Palette\n" + strings.Repeat("7", 5000), "line 2: got 7777777777777777777777777777777777777777..., want"},
		{"pal", "x", "line 1: got x, want JASC-PAL"},
		{"pal", "JASC-PAL\n", "got 2 lines"},
		{"pal", "JASC-PAL\n0100\nmany\n", "line 3: got many"},
		{"pal", "JASC-PAL\n0100\n-1\n", "line 3: got -1"},
		{"pal", "JASC-PAL\n0100\n3\n1 2 3\n", "got 1 colors, want 3"},
		{"pal", "JASC-PAL\n0100\n1\n1 2 3 4 5\n", "line 4: got 4 5 behind the numbers"},
		{"pal", "JASC-PAL\n0100\n2\n1 2 3\n\n1 2 3\n", "line 5: got nothing"},
		{"", "RIFF\x1c\x00\x00\x00PAL data\x0c\x00\x00\x00\x00\x03\x02\x00\xff", "truncated"},
		{"", "RIFF\x18\x00\x00\x00PAL data\x0c\x00\x00\x00\x00\x03\xff\xff\xff\x00\x00\x00\x00\x00\xaa\x00", "truncated"},
		{"", "RIFF\x04\x00\x00\x00PAL ", "no colors"},
		{"act", "\x00\x01\x02", "got 3 bytes, want 768 or 772"},
		{"hex", "ff0000\n\nred\n", "line 3: got red, want a color such as ff8800"},
		{"hex", "ff00\nff000\n", "line 2: got ff000"},
		{"", "ff0000\n\x00\n", `line 2: got "\x00"`},
		{"json", "[\n\"#f00\",\n]", "line 3: invalid character"},
		{"json", "[\n1]", "line 2: got JSON with a number in it, want [\"#rrggbb\""},
		{"json", `["#ff"]`, "color 1: got #ff, want a color such as #ff8800"},
		{"json", `["#f00", ""]`, "color 2: got nothing"},
		{"json", `{"palette": []}`, "got 0 colors"},
		{"json", "x", "line 1: invalid character"},
		{"json", strings.Repeat("[", 100000), "line 1: "},
		{"json", "", "empty"},
	} {
		_, err := Decode([]byte(test.text), test.ending)
		if err == nil || !strings.Contains(err.Error(), test.words) {
			t.Errorf("%.40q as %s: got %v, want %q", test.text, test.ending, err, test.words)
		}
	}
}

// Nothing that is cut short or changed may panic.
func FuzzDecode(f *testing.F) {
	for _, format := range Formats {
		f.Add(encoded(f, many(3), format), format)
	}
	f.Fuzz(func(t *testing.T, data []byte, ending string) {
		p, err := Decode(data, ending)
		if err == nil && (len(p.Colors) < 1 || len(p.Colors) > 256) {
			t.Errorf("got %d colors", len(p.Colors))
		}
	})
}

func TestReadImage(t *testing.T) {
	folder := t.TempDir()
	save := func(name string, m image.Image) string {
		var b bytes.Buffer
		var err error
		if strings.HasSuffix(name, ".gif") {
			err = gif.Encode(&b, m, nil)
		} else {
			err = png.Encode(&b, m)
		}
		path := filepath.Join(folder, name)
		if err == nil {
			err = os.WriteFile(path, b.Bytes(), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	m := image.NewNRGBA(image.Rect(0, 0, 300, 2))
	for x, c := range []Color{blue, red, blue, glass, clear, {NRGBA: color.NRGBA{9, 9, 9, 0}}} {
		m.SetNRGBA(x, 0, c.NRGBA)
	}
	m.SetNRGBA(299, 1, color.NRGBA{7, 7, 7, 255})
	checkRead(t, save("true.png", m), blue, red, glass, clear, Color{NRGBA: color.NRGBA{7, 7, 7, 255}})
	p := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{red.NRGBA, blue.NRGBA, red.NRGBA, color.NRGBA{5, 6, 7, 255}, glass.NRGBA})
	p.Pix = []uint8{1, 0}
	checkRead(t, save("indexed.png", p), red, blue, Color{NRGBA: color.NRGBA{5, 6, 7, 255}}, glass)
	checkRead(t, save("indexed.gif", p), red, blue)
	for i := range 257 {
		m.SetNRGBA(i, 1, color.NRGBA{uint8(i), uint8(i >> 8), 100, 255})
	}
	_, err := Read(context.Background(), save("many.png", m), imagefile.DecodeOptions{})
	if err == nil || !strings.Contains(err.Error(), "many.png: got an image of 262 colors") {
		t.Errorf("got %v, want how many colors there are", err)
	}
}

func TestReadRefuses(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "x.txt")
	if err := os.WriteFile(text, []byte("hello"), 0o666); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		text:                            "x.txt: neither a palette",
		folder:                          "directory",
		filepath.Join(folder, "no.gpl"): "no.gpl: no such file",
		filepath.Join(folder, "no.act"): "no.act: no such file",
	} {
		_, err := Read(context.Background(), path, imagefile.DecodeOptions{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Count(err.Error(), folder) != 1 {
			t.Errorf("got %v, want %q, and the name once", err, want)
		}
	}
}

func TestParseColor(t *testing.T) {
	for text, want := range map[string]color.NRGBA{
		"#ff8800": {255, 136, 0, 255}, "FF8800": {255, 136, 0, 255}, "#f80": {255, 136, 0, 255},
		"#f808": {255, 136, 0, 136}, "#ff880080": {255, 136, 0, 128}, "#ff880000": {},
		"Tomato": {255, 99, 71, 255}, "rebeccapurple": {0x66, 0x33, 0x99, 255}, "transparent": {},
	} {
		if got, err := ParseColor(text); got != want || err != nil {
			t.Errorf("%s: got %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "#", "#ff", "#ff880", "##ff8800", "#red", "#ff8800ff0", "ff 8800", "ff00", "f80", "nosuchcolor"} {
		if got, err := ParseColor(text); err == nil {
			t.Errorf("%s: got %v, want an error", text, got)
		}
	}
}

func ExampleHex() {
	fmt.Println(Hex(color.NRGBA{255, 136, 0, 255}), Hex(color.NRGBA{255, 136, 0, 128}))
	// Output: #ff8800 #ff880080
}
