package imagefile

import (
	"context"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// readTolerance is by how much the pixels of files in testdata/read may differ from
// what another program made of them: it cuts 16 bits down to 8 where kompress rounds,
// converts YCbCr in other steps, or multiplies by alpha and divides again.
var readTolerance = map[string]int{
	"flower-minisblack-06.tif":       1,
	"flower-rgb-contig-10.tif":       1,
	"flower-rgb-contig-12.tif":       1,
	"flower-separated-contig-08.tif": 1,
	"gradient-1c-32b-float.tiff":     1,
	"gradient-3c-32b.tiff":           1,
	"float-zip3.tif":                 1,
	"int16.tif":                      1,
	"issue_69_lzw.tiff":              1,
	"issue_69_packbits.tiff":         1,
	"jpeg.tif":                       1,
	"lzw2-16.tif":                    1,
	"single-black-fp16.tiff":         1,
	"parrots420.jpg":                 3,
	"parrots422.jpg":                 3,
	"parrots440.jpg":                 2,
	"parrots-cmyk.jpg":               3,
	"parrots-4channels.jpg":          2,
	"parrots.heic":                   7, // at few pixels, at edges; neither blends colors, which would make it 62
	"parrots.avif":                   1,
	"parrots10.avif":                 1,
	"flower-alpha.avif":              7,
}

func TestReadsAsOthersDo(t *testing.T) {
	paths, err := filepath.Glob("testdata/read/*.*")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, path := range paths {
		name := filepath.Base(path)
		if strings.HasSuffix(name, ".png") || name == "README.md" || name == "LICENCES.tsv" {
			continue
		}
		read++
		t.Run(name, func(t *testing.T) {
			if strings.HasSuffix(name, ".avif") || strings.HasSuffix(name, ".heic") {
				leaveOutWithRace(t) // the code that is made of a decoder runs too slowly
			}
			f, err := Decode(context.Background(), path, DecodeOptions{KeepProfile: true})
			if err != nil {
				t.Fatal(err)
			}
			if format := strings.TrimPrefix(filepath.Ext(name), "."); !strings.HasPrefix(strings.Replace(f.Format, "jpeg", "jpg", 1), format) {
				t.Errorf("got format %s", f.Format)
			}
			got, want := pixels8(f.Image), referencePixels(t, path+".png", f)
			worst, sum := 0, 0
			for i := range want {
				if want[i|3] != 0 || got[i|3] != 0 { // else it has no color
					d := max(int(want[i])-int(got[i]), int(got[i])-int(want[i]))
					worst, sum = max(worst, d), sum+d
				}
			}
			if worst > readTolerance[name] {
				t.Errorf("a sample differs by %d, wanted at most %d", worst, readTolerance[name])
			}
			if mean := float64(sum) / float64(len(want)); mean > 0.5 {
				t.Errorf("samples differ by %.2f in the mean, wanted at most 0.5", mean)
			}
		})
	}
	if read < 35 {
		t.Errorf("only %d files are there", read)
	}
}

// referencePixels reads a picture that must have the size of f.
func referencePixels(t *testing.T, path string, f *File) []uint8 {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	m, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Image.Bounds().Size(), m.Bounds().Size(); got != want {
		t.Fatalf("got size %v, want %v", got, want)
	}
	return pixels8(m)
}

// No file that is cut off, or damaged, may be taken for a whole one with other pixels,
// and none may end the program.
func TestReadsNoHalves(t *testing.T) {
	leaveOutWithRace(t)
	paths, err := filepath.Glob("testdata/read/*.[bwthaj]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, ".png") || strings.HasSuffix(path, ".tsv") {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := decodeBytes(t, data, DecodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for cut := range 20 {
			f, err := decodeBytes(t, data[:len(data)*cut/20], DecodeOptions{})
			if err == nil && string(pixels8(f.Image)) != string(pixels8(whole.Image)) {
				t.Errorf("%s: %d of 20 parts are taken for the whole", filepath.Base(path), cut)
			}
		}
	}
}
