package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/quantize"
)

// What does not fit into memory is read by bands, and becomes the same file.
func TestByBands(t *testing.T) {
	t.Chdir(t.TempDir())
	images := map[string]bool{ // by bands, if there is no room
		photo(t, "."):                        true,
		writeJPEG(t, "photo.jpg"):            true,
		softEdges(t, "soft.png"):             true,
		writePNG(t, "few.png", colorful(16)): true,
	}
	writeFile(t, "all.hex", []byte(hexOf(colorful(20)))) // those of an image, and more
	writeFile(t, "four.hex", []byte("102030\n40a050\nf0f0f0\n00ff00\n"))
	for _, flags := range []string{
		"", "-k 200", "-k 2 --compression best", "--compression fast -k 40",
		"--dither floyd-steinberg", "--dither blue-noise", "--dither ordered --dither-strength 0.5",
		"--format gif", "--format webp --dither floyd-steinberg", "--space oklab", "--importance hue",
		"--palette four.hex", "--palette four.hex --dither blue-noise", "--palette four.hex --dither floyd-steinberg --format gif",
		"--palette all.hex --dither ordered", "--target-psnr 30", "--engine gpu",
	} {
		for name, byBands := range images {
			checkByBands(t, name, byBands, strings.Fields(flags)...)
		}
	}
}

func checkByBands(t *testing.T, name string, byBands bool, flags ...string) {
	t.Helper()
	if len(flags) > 1 && flags[1] == "gpu" {
		requireGPU(t)
	}
	compress := func(args ...string) (s summary) {
		r := kompress(t, slices.Concat([]string{"compress", "--json", "-f", name}, flags, args)...)
		if err := json.Unmarshal([]byte(r.stdout), &s); err != nil || r.code != exitDone {
			t.Fatalf("%s %q: got %+v, %v", name, flags, r, err)
		}
		return s
	}
	whole, bands := compress("-o", "whole/"), compress("-o", "bands/", "--memory", "1")
	if whole.ByBands || bands.ByBands != byBands {
		t.Errorf("%s %q: by bands %v, and %v without memory, want false and %v", name, flags, whole.ByBands, bands.ByBands, byBands)
	}
	if !bytes.Equal(readFile(t, whole.Output), readFile(t, bands.Output)) {
		t.Errorf("%s %q: by bands it becomes another file", name, flags)
	}
	if byBands && whole.FormatOut != "png" {
		whole.Notes = append(whole.Notes, "the result is held in memory, about "+words.Bytes(int64(whole.Width*whole.Height))+": only PNG is written by bands")
	}
	whole.Output, whole.ByBands, whole.Seconds = bands.Output, bands.ByBands, bands.Seconds
	if got, want := bands, whole; !reflect.DeepEqual(got, want) {
		t.Errorf("%s %q: got %+v, want %+v", name, flags, got, want)
	}
}

func writeJPEG(t *testing.T, path string) string {
	var b bytes.Buffer
	m := decode(t, filepath.Join(testdata, "kodim05.png")).(*image.RGBA)
	if err := jpeg.Encode(&b, m.SubImage(image.Rect(300, 100, 501, 301)), nil); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, path, b.Bytes())
}

// softEdges writes an image of all alphas, which GIF does not have.
func softEdges(t *testing.T, path string) string {
	m := image.NewNRGBA(image.Rect(0, 0, 256, 90))
	for i := range 256 * 90 {
		m.SetNRGBA(i%256, i/256, color.NRGBA{uint8(i / 256 * 2), uint8(i * 7), 200, uint8(i % 256)})
	}
	return writePNG(t, path, m)
}

// A file that changes between the two readings is refused by its own name, and nothing
// is written.
func TestChangedBetween(t *testing.T) {
	t.Chdir(t.TempDir())
	name := photo(t, ".")
	outputs, err := newOutputs("few.png", true, []string{name}, naming{"k4", "png"})
	if err != nil {
		t.Fatal(err)
	}
	j := &compression{
		options: quantize.Options{Colors: 4}, memory: 1, outputs: outputs,
		encoding: imagefile.EncodeOptions{Format: "png"}, pool: newEnginePool(&engines{mode: "cpu", least: leastPixels}),
	}
	defer j.close()
	course := newWay(new(progress), 1).begin(0, name)
	read := &task{input: input{path: name}, output: "few.png"}
	in, err := j.open(t.Context(), read, course)
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	m, err := j.quantize(t.Context(), in, new(summary), newClock(), new(seat), course)
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	data := readFile(t, name)
	data[len(data)-100] ^= 1
	writeFile(t, name, data)
	_, err = j.write(t.Context(), read, m, in, false)
	if !errors.Is(err, imagefile.ErrChanged) || !strings.HasPrefix(err.Error(), name+": ") {
		t.Errorf("got %v, want that %s has changed", err, name)
	}
	checkFiles(t, ".", name)
}

// When the output cannot be written that is what is said, whatever the reading of the image
// is at just then.
func TestOutputFails(t *testing.T) {
	t.Chdir(t.TempDir())
	m := image.NewGray(image.Rect(0, 0, 1000, 3000))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = uint8(r.Uint32())
	}
	j := &compression{
		options: quantize.Options{Colors: 4}, memory: 1, outputs: &outputs{stream: true},
		encoding: imagefile.EncodeOptions{Format: "png"}, pool: newEnginePool(&engines{mode: "cpu", least: leastPixels}),
	}
	course := newWay(new(progress), 1).begin(0, "gray.png")
	in, err := j.open(t.Context(), &task{input: input{path: writePNG(t, "gray.png", m)}}, course)
	if err != nil {
		t.Fatal(err)
	}
	defer in.close()
	picture, err := j.quantize(t.Context(), in, new(summary), newClock(), new(seat), course)
	if err != nil {
		t.Fatal(err)
	}
	defer picture.close()
	for n := range 20 {
		err := j.encodePicture(t.Context(), &fullAfter{left: 1000 * n}, picture, in)
		if !errors.Is(err, errFull) || in.err != nil {
			t.Fatalf("got %v, and of reading %v, want %v", err, in.err, errFull)
		}
	}
}

var errFull = errors.New("no space left")

// A fullAfter takes so many bytes, and no more.
type fullAfter struct{ left int }

func (w *fullAfter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// The sample is the rows that are wanted, however the bands are cut, and whether or not they
// have come before.
func TestSample(t *testing.T) {
	m := decode(t, filepath.Join(testdata, "kodim05.png")).(*image.RGBA).SubImage(image.Rect(0, 0, 5, 90)).(*image.RGBA)
	want := []int{0, 1, 2, 7, 8, 20, 21, 22, 60, 89}
	for _, height := range []int{1, 2, 21, 90} {
		s := &sample{want: want}
		for range 2 {
			for y := 0; y < 90; y += height {
				s.keep(m.SubImage(image.Rect(0, y, 5, y+height)))
			}
		}
		var got []int
		for _, rows := range s.have {
			for y := rows.Bounds().Min.Y; y < rows.Bounds().Max.Y; y++ {
				got = append(got, y)
				for x := range 5 {
					if rows.At(x, y) != m.At(x, y) {
						t.Fatalf("bands of %d rows: got other pixels in row %d", height, y)
					}
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("bands of %d rows: got rows %v, want %v", height, got, want)
		}
		if height == 90 && len(s.have) != 5 {
			t.Errorf("got %d images of rows, want 5", len(s.have))
		}
	}
}

// hexOf returns the colors of an image as a palette.
func hexOf(m image.Image) string {
	var b strings.Builder
	for x := range m.Bounds().Dx() {
		c := nrgba(m, x, 0)
		fmt.Fprintf(&b, "%02x%02x%02x\n", c.R, c.G, c.B)
	}
	return b.String()
}
