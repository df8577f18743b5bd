package imagefile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"kompress/imagefile/bands"
)

// A slicedDecoder is the slow, obvious bandDecoder: it decodes a file as a whole, and
// hands out copies of its rows, which it spoils after that.
type slicedDecoder struct {
	*Rows
	rows int // of the highest band
}

func (d slicedDecoder) bytesPerPixel() int64 { return 8 }

func (d slicedDecoder) decode(keep bool, do func(band image.Image) error) (image.Image, error) {
	m, err := d.format.decode(d.source)
	if err != nil {
		return nil, err
	}
	m = onScreen(m, d.config)
	for top, n := 0, 1; top < d.config.Height; n = n%d.rows + 1 {
		r := image.Rect(0, top, d.config.Width, min(top+n, d.config.Height))
		band := m.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(r)
		raster, ok := bands.RasterOf(band)
		if ok && !keep {
			raster = raster.With(compact(raster), r)
			band = raster.Image()
		}
		if err := do(band); err != nil {
			return nil, err
		}
		if ok && !keep {
			fill(raster.Pix, 0xa5)
		}
		top = r.Max.Y
	}
	if !keep {
		return nil, nil
	}
	return m, nil
}

// compact returns the pixels of r without gaps.
func compact(r bands.Raster) (pix []uint8) {
	for y := r.Rect.Min.Y; y < r.Rect.Max.Y; y++ {
		pix = append(pix, r.Row(y)...)
	}
	return pix
}

// reference decodes a file without bands.
func reference(t testing.TB, path string, o DecodeOptions) (*File, error) {
	t.Helper()
	r, err := OpenRows(context.Background(), path, o)
	if err != nil {
		return nil, err
	}
	r.decoder = nil
	return r.decode(context.Background())
}

// A joiner puts bands together to the pixels that package quantize counts.
type joiner struct {
	pix    []uint8
	bounds []image.Rectangle
	deep   bool
}

func (j *joiner) add(band image.Image) error {
	j.pix = append(j.pix, pixels8(band)...)
	j.bounds = append(j.bounds, band.Bounds())
	j.deep = Deep(band)
	return nil
}

// checkRows compares what Each gives, more than once, with the reference.
func checkRows(t *testing.T, name, path string, o DecodeOptions, change func(r *Rows)) {
	t.Helper()
	want, err := reference(t, path, o)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	pix := pixels8(want.Image)
	for _, keep := range []bool{false, true} {
		r, err := OpenRows(context.Background(), path, o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		defer r.Close()
		change(r)
		if keep {
			r.Keep()
		}
		size := want.Image.Bounds().Size()
		if r.Size != size || r.Format != want.Format || r.Bytes != want.Bytes || r.Need() < int64(size.X*size.Y) {
			t.Fatalf("%s: got %v, %s, %d bytes, need %d, want %v, %s, %d", name, r.Size, r.Format, r.Bytes, r.Need(), size, want.Format, want.Bytes)
		}
		var first []image.Rectangle
		for pass := range 2 {
			var j joiner
			if err := r.Each(context.Background(), j.add); err != nil {
				t.Fatalf("%s, keep %v, pass %d: %v", name, keep, pass, err)
			}
			if pass == 0 {
				first = j.bounds
			}
			if !bytes.Equal(j.pix, pix) || !reflect.DeepEqual(j.bounds, first) {
				t.Fatalf("%s, keep %v, pass %d: got other pixels than of the whole, or other bands", name, keep, pass)
			}
			if keep && !bytes.Equal(pixels8(r.Image()), pix) {
				t.Fatalf("%s: kept other pixels than of the whole", name)
			}
			if j.deep != Deep(want.Image) || r.Deep != j.deep {
				t.Errorf("%s: got deep %v, the bands are %v, want %v", name, r.Deep, j.deep, Deep(want.Image))
			}
		}
		checkTold(t, name, r, want)
	}
}

func checkTold(t *testing.T, name string, r *Rows, want *File) {
	t.Helper()
	if !reflect.DeepEqual(r.Metadata, want.Metadata) || !reflect.DeepEqual(r.Notes, want.Notes) || r.ConvertedFrom != want.ConvertedFrom {
		t.Errorf("%s: got %+v, %q from %q, want %+v, %q, %q", name, r.Metadata, r.Notes, r.ConvertedFrom, want.Metadata, want.Notes, want.ConvertedFrom)
	}
}

func untouched(*Rows) {}

func inSlices(r *Rows) {
	r.decoder, r.Whole = slicedDecoder{r, 7}, ""
	r.colors = newBandColors(&r.about.color, r.options, r.config)
}

// Each file of testdata by its own bands, or by those of the slow decoder.
func TestRowsAreThoseOfTheWhole(t *testing.T) {
	leaveOutWithRace(t)
	paths, err := filepath.Glob("testdata/read/*.[bwtj]*")
	if err != nil || len(paths) < 30 {
		t.Fatalf("got %v, %v", paths, err)
	}
	for _, path := range append(paths, "../testdata/bahamas.png", "../testdata/cdwriter.png", "../testdata/desktop-theme.png") {
		if strings.HasSuffix(path, ".tsv") {
			continue
		}
		checkRows(t, path, path, DecodeOptions{}, untouched)
		checkRows(t, path+" sliced", path, DecodeOptions{}, inSlices)
	}
}

// Kinds of files in which something is to be done to the pixels.
func coloredFiles(t *testing.T) map[string][]byte {
	t.Helper()
	p3, table := readProfile(t, "display-p3.icc"), readProfile(t, "rgb-table.icc")
	gray, cmyk := readProfile(t, "gray.icc"), readProfile(t, "cmyk.icc")
	m := photo(29, 23)
	grays := image.NewGray(m.Rect)
	copy(grays.Pix, m.Pix)
	faint, almost := image.NewNRGBA(m.Rect), image.NewNRGBA(m.Rect)
	for i := range faint.Pix {
		faint.Pix[i] = uint8(i / 4 * 5)
	}
	copy(almost.Pix, faint.Pix)
	almost.Pix[len(almost.Pix)-4] ^= 1
	indexed := image.NewPaletted(m.Rect, color.Palette{color.NRGBA{200, 100, 50, 255}, color.NRGBA{20, 90, 250, 99}})
	for i := range indexed.Pix {
		indexed.Pix[i] = uint8(i * i % 3 % 2)
	}
	files := map[string][]byte{}
	for name, m := range map[string]image.Image{"RGB": m, "gray": grays, "gray with alpha": faint, "almost gray": almost, "indexed": indexed, "deep": deep(m)} {
		for profile, data := range map[string][]byte{"P3": p3, "tables": table, "gray": gray, "CMYK": cmyk, "damaged": p3[:200]} {
			files["PNG of "+name+" in "+profile] = pngWith(m, pngChunk{"iCCP", profileChunk(data)})
		}
		files["PNG of "+name+" with gamma"] = pngWith(m, pngChunk{"gAMA", binary.BigEndian.AppendUint32(nil, 100_000)})
		for orientation := range uint32(9) {
			exif := pngChunk{"eXIf", testEXIF(binary.BigEndian, orientation)}
			files[fmt.Sprintf("PNG of %s turned %d", name, orientation)] = pngWith(m, exif)
			if orientation == 3 || orientation == 6 {
				files[fmt.Sprintf("PNG of %s in P3 turned %d", name, orientation)] = pngWith(m, exif, pngChunk{"iCCP", profileChunk(p3)})
			}
		}
	}
	for orientation := range uint32(9) {
		exif := segment(0xe1, "Exif\x00\x00", string(testEXIF(binary.LittleEndian, orientation)))
		files[fmt.Sprintf("JPEG turned %d", orientation)] = jpegWith(m, exif)
		files[fmt.Sprintf("JPEG in P3 turned %d", orientation)] = jpegWith(m, exif, segment(0xe2, "ICC_PROFILE\x00\x01\x01", string(p3)))
	}
	files["JPEG in gray"] = jpegWith(m, segment(0xe2, "ICC_PROFILE\x00\x01\x01", string(gray)))
	return files
}

// profileChunk is what an iCCP chunk has.
func profileChunk(profile []byte) []byte {
	return append([]byte("profile\x00\x00"), deflated(profile)...)
}

func TestRowsAreColoredAndTurned(t *testing.T) {
	path := filepath.Join(t.TempDir(), "image")
	for name, data := range coloredFiles(t) {
		if raceEnabled && !strings.HasSuffix(name, "in P3 turned 6") {
			continue
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		checkRows(t, name, path, DecodeOptions{}, untouched)
		checkRows(t, name+", sliced", path, DecodeOptions{}, inSlices)
		if strings.Contains(name, " in ") {
			checkRows(t, name+", sliced, in its space", path, DecodeOptions{KeepProfile: true}, inSlices)
		}
	}
}

// Records and tiles that are not complete, in all directions.
func TestTurnedBands(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {17, 29}, {67, 35}} {
		for i, m := range orientable(size) {
			if raceEnabled && i%4 != 3 {
				continue
			}
			for orientation := 2; orientation <= 8; orientation++ {
				for _, layout := range []image.Point{{1, 1}, {16, 1000}, {1000, 7}} {
					checkTurned(t, m, orientation, layout)
				}
			}
		}
	}
}

func checkTurned(t *testing.T, m image.Image, orientation int, layout image.Point) {
	t.Helper()
	ctx := context.Background()
	want, err := orient(ctx, m, orientation)
	if err != nil {
		t.Fatal(err)
	}
	turned, err := newTurnedBands(ctx, orientation, m.Bounds().Size())
	if err != nil {
		t.Fatal(err)
	}
	defer turned.close()
	raster, _ := bands.RasterOf(m)
	turned.begin(raster)
	turned.rows = min(layout.Y, m.Bounds().Dy())
	if turned.turn.transposes() {
		turned.across = min(layout.X, m.Bounds().Dx())
	}
	turned.record = make([]uint8, turned.rows*turned.stride())
	if err := turned.add(m); err != nil {
		t.Fatal(err)
	}
	if err := turned.finish(); err != nil {
		t.Fatal(err)
	}
	var j joiner
	if err := turned.each(ctx, j.add); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(j.pix, pixels8(want)) {
		t.Fatalf("a %T of %v, orientation %d, layout %v: got other pixels", m, m.Bounds(), orientation, layout)
	}
}

func TestRowsReader(t *testing.T) {
	for _, s := range samples(photo(37, 29)) {
		want, err := decodeBytes(t, s.data, DecodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := OpenRowsReader(context.Background(), "-", io.MultiReader(bytes.NewReader(s.data)), DecodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			var j joiner
			if err := r.Each(context.Background(), j.add); err != nil || !bytes.Equal(j.pix, pixels8(want.Image)) {
				t.Errorf("%s: got other pixels than of the file, error %v", s.name, err)
			}
		}
		if err := errors.Join(r.Close(), r.Close()); err != nil {
			t.Error(err)
		}
	}
}

// An error of whoever takes the bands is returned as it is, and the next time all is
// well.
func TestRowsEndEarly(t *testing.T) {
	enough := errors.New("enough")
	path := filepath.Join(t.TempDir(), "image")
	for name, data := range coloredFiles(t) {
		if !strings.HasSuffix(name, "turned 6") && !strings.HasSuffix(name, "turned 1") {
			continue
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := OpenRows(context.Background(), path, DecodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		inSlices(r)
		if err := r.Each(context.Background(), func(image.Image) error { return enough }); err != enough {
			t.Errorf("%s: got %v, want %v", name, err, enough)
		}
		if !panics(func() { r.Each(context.Background(), func(image.Image) error { panic("done") }) }) {
			t.Errorf("%s: got no panic", name)
		}
		ctx, cancel := context.WithCancel(context.Background())
		if err := r.Each(ctx, func(image.Image) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want %v", name, err, context.Canceled)
		}
		var j joiner
		if err := r.Each(context.Background(), j.add); err != nil || len(j.pix) != 4*29*23 {
			t.Errorf("%s: got %d samples, error %v", name, len(j.pix), err)
		}
		r.Close()
	}
}

// However a file changes between two passes, or during one, it is found out.
func TestRowsFindChanges(t *testing.T) {
	ppm := encodePPM(photo(60, 40))
	other := bytes.Clone(ppm)
	other[len(other)-1] ^= 1
	changes := map[string]func(t *testing.T, path string){
		"a pixel, the same time": func(t *testing.T, path string) { rewriteAtSameTime(t, path, other) },
		"its time": func(t *testing.T, path string) {
			info, err := os.Stat(path)
			if err == nil {
				err = os.Chtimes(path, info.ModTime(), info.ModTime().Add(1))
			}
			if err != nil {
				t.Fatal(err)
			}
		},
		"cut off": func(t *testing.T, path string) { truncate(t, path, int64(len(ppm)/2)) },
		"longer":  func(t *testing.T, path string) { truncate(t, path, int64(len(ppm)+1)) },
		"another size, the same time": func(t *testing.T, path string) {
			rewriteAtSameTime(t, path, bytes.Replace(other, []byte("60 40"), []byte("40 60"), 1))
		},
		"no image, the same time": func(t *testing.T, path string) { rewriteAtSameTime(t, path, make([]byte, len(ppm))) },
	}
	for name, change := range changes {
		for _, during := range []bool{false, true} {
			for _, decoder := range []func(*Rows){untouched, inSlices} {
				checkChange(t, name, ppm, change, during, decoder)
			}
		}
	}
}

func checkChange(t *testing.T, name string, ppm []byte, change func(t *testing.T, path string), during bool, decoder func(*Rows)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(path, ppm, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := OpenRows(context.Background(), path, DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	decoder(r)
	nothing := func(image.Image) error { return nil }
	if err := r.Each(context.Background(), nothing); err != nil {
		t.Fatal(err)
	}
	if during {
		err = r.Each(context.Background(), func(image.Image) error {
			if during {
				change(t, path)
				during = false
			}
			return nil
		})
		if err == nil && strings.HasSuffix(name, "same time") {
			err = r.Each(context.Background(), nothing) // it had been read already
		}
	} else {
		change(t, path)
		err = r.Each(context.Background(), func(band image.Image) error {
			if strings.HasSuffix(name, "same time") && band.Bounds().Max.Y == r.Size.Y {
				t.Errorf("%s: got a band that has changed", name)
			}
			return nil
		})
	}
	if !errors.Is(err, ErrChanged) || !strings.HasPrefix(err.Error(), displayName(path)+": ") {
		t.Errorf("%s: got %v, want %v", name, err, ErrChanged)
	}
}

func rewriteAtSameTime(t *testing.T, path string, data []byte) {
	t.Helper()
	info, err := os.Stat(path)
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err == nil {
		err = os.Chtimes(path, info.ModTime(), info.ModTime())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

// A file that is put in the place of another is not read.
func TestRowsReadWhatWasOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(path, encodePPM(photo(60, 40)), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := OpenRows(context.Background(), path, DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := os.Rename(path, path+" before"); err != nil {
		t.Skip(err) // where open files cannot be moved
	}
	if err := os.WriteFile(path, encodePPM(photo(60, 41)), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		var j joiner
		if err := r.Each(context.Background(), j.add); err != nil || len(j.pix) != 4*60*40 {
			t.Errorf("got %d samples, error %v", len(j.pix), err)
		}
	}
}

// Whatever a file has, its bands agree with the whole, and so do the errors.
func FuzzRows(f *testing.F) {
	const maxPixels = 10_000
	for _, s := range samples(photo(20, 10)) {
		f.Add(s.data)
	}
	for _, pnm := range []string{"P1 3 2 101 0 11", "P2 2 2 7 1 2 3 4", "P4 9 2 \x81\x80\xff\x00", "P5 2 1 65535 abcd", "P7\nWIDTH 1\nHEIGHT 2\nDEPTH 4\nMAXVAL 99\nENDHDR\nabcdabcd"} {
		f.Add([]byte(pnm))
	}
	paths, err := filepath.Glob("testdata/read/*.tif")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		if data, err := os.ReadFile(path); err == nil && len(data) < 6000 {
			f.Add(data)
		}
	}
	path := filepath.Join(f.TempDir(), "image")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		o := DecodeOptions{MaxPixels: maxPixels}
		want, wantErr := reference(t, path, o)
		r, err := OpenRows(context.Background(), path, o)
		if err != nil {
			if wantErr == nil {
				t.Fatalf("got %v", err)
			}
			return
		}
		defer r.Close()
		for range 2 {
			var j joiner
			err := r.Each(context.Background(), j.add)
			if (err == nil) != (wantErr == nil) {
				t.Fatalf("got %v, the whole gives %v", err, wantErr)
			}
			if err == nil && !bytes.Equal(j.pix, pixels8(want.Image)) {
				t.Fatal("got other pixels than of the whole")
			}
		}
	})
}

// KOMPRESS_TEST_IMAGES is a folder of images to compare by hand.
func TestRowsOfFolder(t *testing.T) {
	root := os.Getenv("KOMPRESS_TEST_IMAGES")
	if root == "" {
		t.Skip("KOMPRESS_TEST_IMAGES names no folder")
	}
	files, byBands := 0, map[string]int{}
	err := filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		r, err := OpenRows(context.Background(), path, DecodeOptions{MaxPixels: 30e6})
		if err != nil {
			return nil
		}
		defer r.Close()
		if _, err := reference(t, path, DecodeOptions{}); err != nil {
			if err := r.Each(context.Background(), func(image.Image) error { return nil }); err == nil {
				t.Errorf("%s: got no error", path)
			}
			return nil
		}
		files++
		if r.Whole == "" {
			byBands[r.Format]++
		}
		checkRows(t, path, path, DecodeOptions{}, untouched)
		return nil
	})
	t.Logf("%d files, by bands %v, error %v", files, byBands, err)
}

// A palette may be longer in each band, as far as its indices show it: what is turned has
// the longest.
func TestTurnedPalette(t *testing.T) {
	turned, err := newTurnedBands(t.Context(), 3, image.Pt(2, 2))
	if err != nil {
		t.Fatal(err)
	}
	defer turned.close()
	short := color.Palette{color.NRGBA{1, 2, 3, 255}}
	long := color.Palette{short[0], color.NRGBA{4, 5, 6, 255}}
	for y, p := range []color.Palette{short, long} {
		band := &image.Paletted{Pix: []uint8{0, uint8(y)}, Stride: 2, Rect: image.Rect(0, y, 2, y+1), Palette: p}
		if err := turned.add(band); err != nil {
			t.Fatal(err)
		}
	}
	if err := turned.finish(); err != nil {
		t.Fatal(err)
	}
	err = turned.each(t.Context(), func(band image.Image) error {
		if got := band.At(0, 0); band.Bounds().Min.Y == 0 && got != color.Color(color.NRGBA{4, 5, 6, 255}) {
			t.Errorf("got %v in the corner, want the color of the longer palette", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
