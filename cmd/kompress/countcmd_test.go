package main

import (
	"encoding/json"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kompress/cmd/kompress/countsfile"
	"kompress/imagefile"
	"kompress/quantize"
)

// tiles writes an image in parts that cover it, and returns their paths.
func tiles(t *testing.T, folder string, m *image.RGBA) (paths []string) {
	t.Helper()
	b := m.Bounds()
	xs, ys := []int{b.Min.X, b.Min.X + 17, b.Max.X - 1, b.Max.X}, []int{b.Min.Y, b.Min.Y + 1, b.Max.Y - 40, b.Max.Y}
	for i := range 9 {
		r := image.Rect(xs[i%3], ys[i/3], xs[i%3+1], ys[i/3+1])
		paths = append(paths, writePNG(t, filepath.Join(folder, "tile"+strconv.Itoa(i)+".png"), m.SubImage(r)))
	}
	return paths
}

func mustCount(t *testing.T, args ...string) {
	t.Helper()
	if r := kompress(t, append([]string{"count", "-qf"}, args...)...); r != (result{}) {
		t.Fatalf("count %q: got %+v", args, r)
	}
}

// The counts of an image's parts, in whatever order and by however many files, are the
// file that the counts of the image are, but for how many images there were.
func TestCountParts(t *testing.T) {
	folder := t.TempDir()
	m := decode(t, photo(t, folder)).(*image.RGBA)
	parts := tiles(t, folder, m)
	whole := filepath.Join(folder, "whole.counts")
	mustCount(t, "-o", whole, filepath.Join(folder, "photo.png"))
	want, err := countsfile.Read(t.Context(), whole)
	if err != nil {
		t.Fatal(err)
	}
	want.Images = 9
	if _, err := countsfile.Write(t.Context(), whole, want, imagefile.WriteOptions{Force: true}); err != nil {
		t.Fatal(err)
	}
	for round := range 6 {
		rand.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		at := func(name string) string { return filepath.Join(folder, name+".counts") }
		cut := 1 + round
		mustCount(t, append([]string{"-o", at("a")}, parts[:cut]...)...)
		mustCount(t, append([]string{"-j1", "-o", at("b")}, parts[cut:8]...)...)
		mustCount(t, "-o", at("sum"), at("b"), parts[8], at("a"))
		if string(readFile(t, at("sum"))) != string(readFile(t, whole)) {
			t.Errorf("%d: got another file than of the whole image", cut)
		}
	}
}

// A palette of counts is that of the images, and so are the images in it.
func TestPaletteOfCounts(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	m := decode(t, photo(t, ".")).(*image.RGBA)
	images := append(tiles(t, ".", m), writePNG(t, "soft.png", flat(map[color.NRGBA]int{glass: 900, {}: 300, red: 5})))
	mustCount(t, append([]string{"-o", "a.counts"}, images[:4]...)...)
	mustCount(t, append([]string{"-o", "b.counts"}, images[4:7]...)...)
	for _, flags := range [][]string{{"-k5"}, {"-k256", "--space=oklab"}, {"-k9", "--lock=red", "--effort=best"}} {
		made := map[string]string{}
		for name, inputs := range map[string][]string{"images": images, "counts": slices.Concat([]string{"b.counts"}, images[7:], []string{"a.counts"})} {
			args := slices.Concat([]string{"palette", "-f", "-o", "p.hex"}, flags, inputs)
			r := kompress(t, args...)
			if r.code != exitDone || !strings.Contains(r.stdout, " of 10 images, ") {
				t.Fatalf("got %+v", r)
			}
			s := mustKompress(t, "photo.png", "-f", "--palette", "p.hex")
			made[name] = string(readFile(t, "p.hex")) + string(readFile(t, s.Output))
		}
		if made["images"] != made["counts"] {
			t.Errorf("%q: got another palette, or image in it, from counts", flags)
		}
	}
	var p paletteJSON
	r := kompress(t, "palette", "--json", "a.counts", "soft.png")
	if err := json.Unmarshal([]byte(r.stdout), &p); err != nil || !slices.Equal(p.Images, []string{"a.counts", "soft.png"}) || p.ImageCount != 5 {
		t.Errorf("got %+v", r)
	}
}

func TestCountLines(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "a.png", flat(map[color.NRGBA]int{white: 10, red: 30, {}: 5}))
	writePNG(t, "b.png", flat(map[color.NRGBA]int{white: 1}))
	const a, b = "a.png: 3 colors, 45 pixels (45 x 1)\n", "b.png: 1 color, 1 pixel (1 x 1)\n"
	lines := func(text string) int { return len(strings.Split(strings.TrimSuffix(text, "\n"), "\n")) }
	for _, test := range []struct{ args, want string }{
		{"a.png", a},
		{"a.png b.png", a + b + "together: 3 colors, 46 pixels, 2 images, "},
		{"b.png a.png -j1", b + a + "together: 3 colors, 46 pixels, 2 images, "},
		{"a.png -o x.counts", a + "x.counts: 3 colors, 45 pixels, 1 image, "},
		{". -fo y", a + b + "y: 3 colors, 46 pixels, 2 images, "}, // and nothing of x.counts
		{"x.counts", "x.counts: 3 colors, 45 pixels, 1 image\n"},
		{"*.counts b.png", "x.counts: 3 colors, 45 pixels, 1 image\n" + b + "together: 3 colors, 46 pixels, 2 images, "},
	} {
		r := kompress(t, append([]string{"count"}, strings.Fields(test.args)...)...)
		if r.code != exitDone || r.stderr != "" || !strings.HasPrefix(r.stdout, test.want) || lines(r.stdout) != lines(test.want) {
			t.Errorf("%s: got %+v, want %q", test.args, r, test.want)
		}
	}
	checkFiles(t, ".", "a.png", "b.png", "x.counts", "y")
}

func TestCountJSON(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "a & b.png", flat(map[color.NRGBA]int{white: 10, red: 30}))
	r := kompress(t, "count", "--json", "a & b.png", "-o", "x.counts")
	var one countsSummary
	var all struct{ Summary countsSummary }
	lines := strings.SplitAfter(r.stdout, "\n")
	if r.code != exitDone || len(lines) != 3 || json.Unmarshal([]byte(lines[0]), &one) != nil || json.Unmarshal([]byte(lines[1]), &all) != nil {
		t.Fatalf("got %+v", r)
	}
	if one.Input != "a & b.png" || one.Format != "png" || one.Width != 40 || one.Height != 1 || one.BytesIn == 0 || one.Images != 1 || one.Pixels != 40 || one.Distinct != 2 {
		t.Errorf("got %s", lines[0])
	}
	if s := all.Summary; s.Output != "x.counts" || s.BytesOut != int64(len(readFile(t, "x.counts"))) || s.Images != 1 || s.Pixels != 40 || s.Distinct != 2 || s.Seconds <= 0 {
		t.Errorf("got %s", lines[1])
	}
}

// What goes through pipes is what goes through files.
func TestCountStreams(t *testing.T) {
	t.Chdir(t.TempDir())
	data := readFile(t, photo(t, "."))
	mustCount(t, "-o", "x.counts", "photo.png")
	feed(t, data)
	r := kompress(t, "count", "-", "-o", "-")
	if r.code != exitDone || r.stdout != string(readFile(t, "x.counts")) || !strings.HasPrefix(r.stderr, "standard input: ") || !strings.Contains(r.stderr, "\nstandard output: ") {
		t.Errorf("got status %d, %d bytes, %q", r.code, len(r.stdout), r.stderr)
	}
}

func TestCountRefuses(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	writePNG(t, "x.png", colorful(3))
	writeFile(t, "bad.png", []byte("no"))
	writePNG(t, "y.png", colorful(4))
	mustCount(t, "-o", "good.counts", "y.png")
	good := readFile(t, "good.counts")
	writeFile(t, "cut.counts", good[:len(good)-3])
	writeFile(t, "more.counts", append(slices.Clone(good), 1))
	for name, at := range map[string]int{"damaged.counts": len(good) - 20, "newer.counts": 8} {
		bad := slices.Clone(good)
		bad[at] ^= 2
		writeFile(t, name, bad)
	}
	for _, test := range []struct {
		args  string
		code  int
		words string
	}{
		{"", exitUsage, "image is missing;count --help"},
		{"x.png -q", exitUsage, "--quiet without --output"},
		{"x.png -j0 -o y.counts", exitUsage, "--jobs: got 0"},
		{"x.png --max-pixels 0", exitUsage, "--max-pixels: got 0"},
		{"x.png --max-pixels 9", exitFailed, "x.png: too many pixels"},
		{"x.png -o=", exitUsage, "--output: got an empty name"},
		{"x.png -o .", exitUsage, "--output: . is a folder"},
		{"x.png -o z.png", exitUsage, "--output: z.png has the ending of something else, want .counts"},
		{"x.png -o z.gpl", exitUsage, "--output: z.gpl has the ending of something else, want .counts"},
		{"x.png -o /dev/stdout", exitUsage, "for standard output: -"},
		{"x.png --json -q -o z", exitUsage, "--quiet;--json"},
		{"- x.png", exitUsage, "standard input"},
		{"- --shard 0/2", exitUsage, "--shard: standard input has no name"},
		{"x.png -o good.counts", exitFailed, "good.counts: file already exists;--force"},
		{"x.png good.counts -fo good.counts", exitFailed, "good.counts: it is one of the files to count"},
		{"bad.png -o z", exitFailed, "bad.png: not an image"},
		{"missing.png -o z", exitFailed, "missing.png: no such file"},
		{"cut.counts -o z", exitFailed, "cut.counts: counts file is truncated"},
		{"damaged.counts -o z", exitFailed, "damaged.counts: counts file is damaged: its checksum is wrong"},
		{"more.counts -o z", exitFailed, "more.counts: counts file is damaged: there is more behind its end"},
		{"newer.counts -o z", exitFailed, "newer.counts: counts file of a newer kompress: got version 3, want 1"},
	} {
		t.Run(test.args, func(t *testing.T) {
			args := append([]string{"count"}, strings.Fields(test.args)...)
			checkFails(t, kompress(t, args...), test.code, strings.Split(test.words, ";")...)
		})
	}
	r := kompress(t, "count", "-qo", "new/z.counts", "x.png", "bad.png")
	if r.code != exitFailed || r.stdout != "" || !strings.HasSuffix(r.stderr, "kompress: no counts: 1 of 2 failed\n") {
		t.Errorf("got %+v", r)
	}
	checkFails(t, kompress(t, "palette", "cut.counts"), exitFailed, "cut.counts: counts file is truncated")
	checkFiles(t, folder, "bad.png", "cut.counts", "damaged.counts", "good.counts", "more.counts", "newer.counts", "x.png", "y.png")
}

// Wherever an interrupt arrives, there are no counts that are not whole.
func TestCountInterrupted(t *testing.T) {
	folder := t.TempDir()
	photo(t, folder)
	out := filepath.Join(folder, "new", "x.counts")
	interrupts := 0
	for n := int64(0); ; n += 1 + n/8 {
		c := newCountdown(t.Context(), n)
		r := kompressContext(c, "count", "-q", filepath.Join(folder, "photo.png"), "-o", out)
		if r.code == exitDone {
			break
		}
		interrupts++
		if r != (result{exitFailed, "", "kompress: interrupted\n"}) {
			t.Fatalf("after %d: got %+v, want it to be interrupted", n, r)
		}
		checkFiles(t, folder, "photo.png")
	}
	if _, err := countsfile.Read(t.Context(), out); err != nil || interrupts < 5 {
		t.Errorf("got error %v after %d interrupts", err, interrupts)
	}
}

// What has to be held although it is over --memory is told of.
func TestCountMemory(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(20))
	mustKompress(t, "x.png", "-o", "x.gif")
	const note = "kompress: warning: x.gif: held in memory, about 2.1 kB: GIF is not read by bands of rows\n"
	for args, want := range map[string]string{
		"count x.gif": "", "count --memory 1 x.gif x.png": note, "count --memory 1 -q -o x.counts x.gif": "", "count --memory 1 x.png": "",
		"palette --memory 5k x.gif": "", "palette --memory 2047 x.gif": note, "compress -f x.gif --memory 1": note,
	} {
		if r := kompress(t, strings.Fields(args)...); r.code != exitDone || r.stderr != want {
			t.Errorf("%s: got status %d and %q, want %q", args, r.code, r.stderr, want)
		}
	}
	for _, command := range []string{"count", "palette", "compress"} {
		checkFails(t, kompress(t, command, "--memory", "much", "x.png"), exitUsage, "--memory: ")
	}
}

// Large files of counts are read one after the other, and give the same sum.
func TestCountLarge(t *testing.T) {
	t.Chdir(t.TempDir())
	for i, name := range []string{"a.counts", "b.counts", "c.counts"} {
		keys, counts := make([]quantize.Key, smallImage+1), make([]uint32, smallImage+1)
		for n := range keys {
			keys[n], counts[n] = quantize.Key(n*(i+1)), uint32(n%3+1)
		}
		c, err := quantize.NewCounts(keys, counts)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := countsfile.Write(t.Context(), name, &countsfile.File{Counts: c, Images: 1}, imagefile.WriteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	mustCount(t, "-o", "all.counts", "a.counts", "b.counts", "c.counts")
	mustCount(t, "--memory", "1", "-o", "later.counts", "a.counts", "b.counts", "c.counts")
	if string(readFile(t, "later.counts")) != string(readFile(t, "all.counts")) {
		t.Error("got another sum of files that were read one after the other")
	}
	writeFile(t, "c.counts", readFile(t, "c.counts")[:500])
	checkFails(t, kompress(t, "palette", "--memory", "1", "c.counts"), exitFailed, "c.counts: counts file is truncated")
}

// Counts may come through a pipe, or from a file that is standard input, as images may.
func TestCountsInput(t *testing.T) {
	t.Chdir(t.TempDir())
	writePNG(t, "x.png", colorful(20))
	mustCount(t, "-o", "x.counts", "x.png")
	want, data := kompress(t, "palette", "-k4", "x.png").stdout, readFile(t, "x.counts")
	for _, test := range []struct {
		data         []byte
		code         int
		stdout, said string
	}{
		{data, exitDone, want, ""},
		{readFile(t, "x.png"), exitDone, want, ""},
		{data[:len(data)-1], exitFailed, "", "kompress: standard input: counts file is truncated\n"},
		{data[:5], exitFailed, "", "kompress: standard input: not an image format"},
		{nil, exitFailed, "", "kompress: standard input: file is empty\n"},
	} {
		feed(t, test.data)
		r := kompress(t, "palette", "-k4", "-")
		if r.code != test.code || r.stdout != test.stdout || !strings.HasPrefix(r.stderr, test.said) {
			t.Errorf("%d bytes of a file: got %+v, want %+v", len(test.data), r, test)
		}
		os.Stdin = pipe(t, test.data) // feed sets it back
		if got := kompress(t, "palette", "-k4", "-"); got != r {
			t.Errorf("%d bytes of a pipe: got %+v, want %+v", len(test.data), got, r)
		}
	}
}
