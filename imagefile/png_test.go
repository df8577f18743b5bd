package imagefile

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"kompress/imagefile/inflate"
)

// A pngKind is a color type with a depth, and what else is in the header.
type pngKind struct {
	name             string
	depth, colorType int
	palette, key     []byte
}

func (k pngKind) header() *pngHeader {
	return &pngHeader{depth: k.depth, colorType: k.colorType}
}

var pngKinds = []pngKind{
	{"gray1", 1, pngGray, nil, nil},
	{"gray2", 2, pngGray, nil, nil},
	{"gray4", 4, pngGray, nil, nil},
	{"gray8", 8, pngGray, nil, nil},
	{"gray16", 16, pngGray, nil, nil},
	{"gray1 key", 1, pngGray, nil, []byte{0, 1}},
	{"gray2 key", 2, pngGray, nil, []byte{7, 2}},
	{"gray4 key", 4, pngGray, nil, []byte{0, 200}},
	{"gray8 key", 8, pngGray, nil, []byte{1, 3}},
	{"gray16 key", 16, pngGray, nil, []byte{0, 0}},
	{"grayalpha8", 8, pngGrayAlpha, nil, nil},
	{"grayalpha16", 16, pngGrayAlpha, nil, nil},
	{"rgb8", 8, pngRGB, nil, nil},
	{"rgb8 palette", 8, pngRGB, make([]byte, 9), nil},
	{"rgb16", 16, pngRGB, nil, nil},
	{"rgb8 key", 8, pngRGB, nil, []byte{9, 0, 9, 0, 9, 0}},
	{"rgb16 key", 16, pngRGB, nil, make([]byte, 6)},
	{"rgba8", 8, pngRGBA, nil, nil},
	{"rgba16", 16, pngRGBA, nil, nil},
	{"indexed1", 1, pngIndexed, []byte("abc"), nil},
	{"indexed2", 2, pngIndexed, []byte("abcdefghi"), []byte{7, 8, 9, 10}},
	{"indexed4", 4, pngIndexed, []byte("abcdefghi"), []byte{0}},
	{"indexed8", 8, pngIndexed, []byte("abcdefghi"), []byte{}},
	{"indexed8 full", 8, pngIndexed, make([]byte, 768), []byte{1, 2, 3}},
}

// rawRows are random filtered rows, each with its own filter, with many zeros, so that
// transparent colors occur.
func (k pngKind) rawRows(width, height int, filter func(y int) byte) []byte {
	r := rand.New(rand.NewPCG(uint64(width), uint64(height)))
	h := k.header()
	h.width = width
	var rows []byte
	for y := range height {
		rows = append(rows, filter(y))
		zeros := r.IntN(2) * 3 // in every fourth pixel, or nowhere
		for range h.rowBytes() - 1 {
			v := byte(r.Uint32() >> (y % 8))
			if zeros > 0 && r.IntN(4) < zeros {
				v = 0
			}
			rows = append(rows, v)
		}
	}
	return rows
}

// around puts a PNG around compressed rows.
func (k pngKind) around(width, height int, data []byte) []byte {
	var header [13]byte
	binary.BigEndian.PutUint32(header[:], uint32(width))
	binary.BigEndian.PutUint32(header[4:], uint32(height))
	header[8], header[9] = byte(k.depth), byte(k.colorType)
	b := []byte(pngSignature)
	b = appendChunk(b, "IHDR", header[:])
	b = appendChunk(b, "tEXt", []byte("a\x00b"))
	if k.palette != nil {
		b = appendChunk(b, "PLTE", k.palette)
	}
	if k.key != nil {
		b = appendChunk(b, "tRNS", k.key)
	}
	for len(data) > 100 && len(b) < 10_000 { // in several chunks, one of them empty
		b = appendChunk(b, "IDAT", data[:100])
		b = appendChunk(b, "IDAT", nil)
		data = data[100:]
	}
	b = appendChunk(b, "IDAT", data)
	b = appendChunk(b, "tIME", make([]byte, 7))
	return appendChunk(b, "IEND", nil)
}

func (k pngKind) png(width, height int, filter func(y int) byte) []byte {
	return k.around(width, height, zlibBytes(k.rawRows(width, height, filter)))
}

func zlibBytes(b []byte) []byte {
	var out bytes.Buffer
	z, err := zlib.NewWriterLevel(&out, zlib.BestSpeed)
	if err != nil {
		panic(err)
	}
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func appendChunk(b []byte, kind string, data []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	from := len(b)
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[from:]))
}

func everyFilter(y int) byte { return byte(y*7+y/3) % 5 }

// byBands decodes a PNG by bands and puts them together.
func byBands(b []byte) (image.Image, error) {
	h, err := (&chunkReader{r: bytes.NewReader(b)}).header()
	if err != nil {
		return nil, err
	}
	d := &pngBands{r: bytes.NewReader(b), header: h}
	if h.interlaced {
		return nil, errInterlaced
	}
	var last image.Image
	var pix []uint8
	bottom := 0
	m, err := d.decode(false, func(band image.Image) error {
		r := band.Bounds()
		if r.Min != image.Pt(0, bottom) || r.Dx() != h.width || len(pixOf(band)) != r.Dx()*r.Dy()*int(d.bytesPerPixel()) {
			return fmt.Errorf("got a band %v with %d bytes behind row %d", r, len(pixOf(band)), bottom)
		}
		last, pix, bottom = band, append(pix, pixOf(band)...), r.Max.Y
		return nil
	})
	if err != nil {
		return nil, err
	}
	if m != nil || bottom != h.height {
		return nil, fmt.Errorf("got the image %v, rows to %d", m, bottom)
	}
	return withPix(last, pix, image.Rect(0, 0, h.width, h.height)), nil
}

func pixOf(m image.Image) []uint8 {
	return reflect.ValueOf(m).Elem().FieldByName("Pix").Bytes()
}

// withPix is an image like m of other pixels.
func withPix(m image.Image, pix []uint8, r image.Rectangle) image.Image {
	v := reflect.New(reflect.TypeOf(m).Elem())
	v.Elem().Set(reflect.ValueOf(m).Elem())
	v.Elem().FieldByName("Pix").SetBytes(pix)
	v.Elem().FieldByName("Rect").Set(reflect.ValueOf(r))
	return v.Interface().(image.Image)
}

func kept(b []byte) (image.Image, error) {
	return (&pngBands{r: bytes.NewReader(b)}).decode(true, func(image.Image) error { return nil })
}

// sameAsImagePNG says what is different between what image/png and this package make of
// a PNG.
func sameAsImagePNG(b []byte) error {
	want, wantErr := png.Decode(bytes.NewReader(b))
	for name, decode := range map[string]func([]byte) (image.Image, error){"by bands": byBands, "kept": kept} {
		got, err := decode(b)
		switch {
		case errors.Is(err, errInterlaced):
		case err == nil && errors.Is(wantErr, errManyPixels) && rightLength(b):
			// There is something behind the compressed rows.
		case (err == nil) != (wantErr == nil):
			return fmt.Errorf("%s: got %v, want %v", name, err, wantErr)
		case err == nil && !reflect.DeepEqual(got, want):
			return fmt.Errorf("%s: got another image", name)
		}
	}
	return nil
}

// rightLength says whether the rows of a PNG inflate to as many bytes as there should be.
func rightLength(b []byte) bool {
	c := &chunkReader{r: bytes.NewReader(b)}
	h, err := c.header()
	if err != nil {
		return false
	}
	z, err := zlib.NewReader(c)
	if err != nil {
		return false
	}
	n, err := io.Copy(io.Discard, z)
	return err == nil && n == int64(h.height*h.rowBytes())
}

func TestPNGEqualsImagePNG(t *testing.T) {
	leaveOutWithRace(t)
	for _, k := range pngKinds {
		for filter := range 6 {
			for _, size := range []image.Point{{1, 1}, {2, 3}, {3, 2}, {5, 9}, {7, 40}, {17, 3}, {300, 20}, {20_000, 2}} {
				if size.X > 17 && filter < 5 {
					continue
				}
				b := k.png(size.X, size.Y, func(y int) byte {
					if filter == 5 {
						return everyFilter(y)
					}
					return byte(filter)
				})
				if err := sameAsImagePNG(b); err != nil {
					t.Errorf("%s, filter %d, %v: %v", k.name, filter, size, err)
				}
			}
		}
	}
}

// Rows refer to those of the band before, and the inflater to what is there.
func TestPNGOfSeveralBands(t *testing.T) {
	kinds := pngKinds[9:14]
	if raceEnabled {
		kinds = pngKinds[12:13]
	}
	for _, k := range kinds {
		h := k.header()
		h.key = k.key
		if err := sameAsImagePNG(k.png(501, 5*pngBandBytes/2/501/h.layout().bytes, everyFilter)); err != nil {
			t.Errorf("%s: %v", k.name, err)
		}
	}
	if raceEnabled {
		return
	}
	k := pngKinds[0] // whose rows of one byte all come with some of the band before
	if err := sameAsImagePNG(k.around(1, 1_100_001, zlibBytes(make([]byte, 2_200_002)))); err != nil {
		t.Errorf("%s: %v", k.name, err)
	}
}

func TestPNGDamage(t *testing.T) {
	leaveOutWithRace(t)
	for _, k := range pngKinds {
		b := k.png(5, 4, everyFilter)
		for i := range b {
			damaged := bytes.Clone(b)
			damaged[i] ^= 1 << (i % 8)
			if err := sameAsImagePNG(damaged); err != nil {
				t.Errorf("%s: byte %d: %v", k.name, i, err)
			}
			for _, decode := range []func([]byte) (image.Image, error){byBands, kept} {
				if _, err := decode(b[:i]); !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("%s: the first %d bytes: got %v", k.name, i, err)
				}
			}
		}
	}
}

// pngOfChunks has what are names and contents of chunks, in turn.
func pngOfChunks(chunks ...string) []byte {
	b := []byte(pngSignature)
	for i := 0; i < len(chunks); i += 2 {
		b = appendChunk(b, chunks[i], []byte(chunks[i+1]))
	}
	return b
}

func TestPNGErrors(t *testing.T) {
	const (
		header  = "\x00\x00\x00\x02\x00\x00\x00\x02\x08"
		rgb     = header + "\x02\x00\x00\x00"
		gray    = header + "\x00\x00\x00\x00"
		indexed = header + "\x03\x00\x00\x00"
	)
	grayRows := string(zlibBytes(make([]byte, 6)))
	long := pngOfChunks("IHDR", gray, "IDAT", grayRows, "juNk", "a", "IEND", "")
	binary.BigEndian.PutUint32(long[len(long)-25:], 1<<31)
	for _, c := range []struct {
		name string
		b    []byte
		want error
	}{
		{"order: no header", pngOfChunks("IDAT", grayRows), errChunkOrder},
		{"order: two headers", pngOfChunks("IHDR", gray, "IHDR", gray), errChunkOrder},
		{"order: palette after pixels", pngOfChunks("IHDR", gray, "IDAT", grayRows, "PLTE", "abc", "IEND", ""), errChunkOrder},
		{"order: no palette", pngOfChunks("IHDR", indexed, "IDAT", grayRows), errChunkOrder},
		{"order: no pixels", pngOfChunks("IHDR", gray, "IEND", ""), errChunkOrder},
		{"order: two keys", pngOfChunks("IHDR", gray, "tRNS", "aa", "tRNS", "aa"), errChunkOrder},
		{"key's length", pngOfChunks("IHDR", rgb, "tRNS", "aa", "IDAT", grayRows), errKeySize},
		{"palette's length", pngOfChunks("IHDR", rgb, "PLTE", "aa", "IDAT", grayRows), errPaletteSize},
		{"too few pixels", pngOfChunks("IHDR", rgb, "IDAT", grayRows, "IEND", ""), errFewPixels},
		{"pixels end early", pngOfChunks("IHDR", rgb, "IDAT", grayRows[:5], "IEND", ""), errFewPixels},
		{"too many pixels", pngOfChunks("IHDR", gray, "IDAT", string(zlibBytes(make([]byte, 7))), "IEND", ""), errManyPixels},
		{"filter", pngOfChunks("IHDR", gray, "IDAT", string(zlibBytes([]byte{5, 0, 0, 0, 0, 0})), "IEND", ""), errFilter},
		{"chunk's length", long, png.FormatError("Bad chunk length: 2147483648")},
		{"something behind the rows", pngOfChunks("IHDR", gray, "IDAT", grayRows+"more", "IDAT", "x", "IEND", ""), nil},
	} {
		for _, decode := range []func([]byte) (image.Image, error){byBands, kept} {
			if _, err := decode(c.b); !errors.Is(err, c.want) {
				t.Errorf("%s: got %v, want %v", c.name, err, c.want)
			}
		}
		if err := sameAsImagePNG(c.b); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A readCounter counts what is read from it.
type readCounter struct {
	r io.Reader
	n int64
}

func (c *readCounter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// An endlessZlib is a zlib stream of zeros that does not end.
type endlessZlib struct{ repeated, left []byte }

func newEndlessZlib() *endlessZlib {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	var heads [2]int
	for i := range heads {
		z.Write(make([]byte, 1<<20))
		z.Flush()
		heads[i] = b.Len()
	}
	return &endlessZlib{left: b.Bytes(), repeated: b.Bytes()[heads[0]:]}
}

func (e *endlessZlib) Read(p []byte) (int, error) {
	if len(e.left) == 0 {
		e.left = e.repeated
	}
	n := copy(p, e.left)
	e.left = e.left[n:]
	return n, nil
}

// A chunk may go on for gigabytes: no more of it is inflated than the image needs.
func TestPNGBombStops(t *testing.T) {
	b := pngOfChunks("IHDR", "\x00\x00\x00\x08\x00\x00\x00\x08\x08\x00\x00\x00\x00")
	b = append(b, "\x7f\xff\xff\xffIDAT"...)
	c := &readCounter{r: io.MultiReader(bytes.NewReader(b), newEndlessZlib())}
	_, err := (&pngBands{r: c}).decode(false, func(image.Image) error { return nil })
	if !errors.Is(err, errManyPixels) || c.n > 200_000 {
		t.Errorf("got %v after %d bytes", err, c.n)
	}
}

// The checksum of the rows is that of all bands.
func TestPNGChecksum(t *testing.T) {
	k := pngKinds[12]
	for _, height := range []int{1, 1500} {
		data := zlibBytes(k.rawRows(400, height, everyFilter))
		data[len(data)-1]++
		_, err := (&pngBands{r: bytes.NewReader(k.around(400, height, data))}).decode(false, func(image.Image) error { return nil })
		if !errors.Is(err, inflate.ErrChecksum) {
			t.Errorf("%d rows: got %v", height, err)
		}
	}
}

// What is wrong behind the rows is found, however far the file was read ahead.
func TestPNGDamageBehindRows(t *testing.T) {
	k := pngKinds[12]
	for _, height := range []int{1, 1500} {
		b := k.png(400, height, everyFilter)
		for _, c := range []struct {
			behind int // bytes before the end
			want   error
		}{{1, errChunkSum}, {20, errChunkSum}} {
			damaged := bytes.Clone(b)
			damaged[len(b)-c.behind]++
			if _, err := kept(damaged); !errors.Is(err, c.want) {
				t.Errorf("%d rows, %d bytes before the end: got %v, want %v", height, c.behind, err, c.want)
			}
		}
		if _, err := kept(b[:len(b)-1]); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d rows, a byte short: got %v", height, err)
		}
	}
}

func TestPNGBandsEnd(t *testing.T) {
	b := pngKinds[12].png(600, 1000, everyFilter)
	broken := errors.New("broken")
	for _, keep := range []bool{false, true} {
		calls := 0
		_, err := (&pngBands{r: bytes.NewReader(b)}).decode(keep, func(image.Image) error {
			if calls++; calls == 2 {
				return broken
			}
			return nil
		})
		if err != broken || calls != 2 {
			t.Errorf("got %v after %d bands, want the error of the second", err, calls)
		}
		if !panics(func() {
			(&pngBands{r: bytes.NewReader(b)}).decode(keep, func(image.Image) error { panic("a consumer's") })
		}) {
			t.Error("got no panic")
		}
	}
}

type panickingReader struct{ io.Reader }

func (p panickingReader) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if err == io.EOF {
		panic("a reader's")
	}
	return n, err
}

func TestPNGStagesPanicWhereTheyAreAwaited(t *testing.T) {
	for _, height := range []int{100, 1000} { // of one band, and of several
		b := pngKinds[12].png(600, height, everyFilter)
		r := panickingReader{bytes.NewReader(b[:len(b)/2])}
		if !panics(func() { (&pngBands{r: r}).decode(false, func(image.Image) error { return nil }) }) {
			t.Errorf("%d rows: got no panic", height)
		}
	}
}

// A file may become another one between two passes.
func TestPNGChangedHeader(t *testing.T) {
	h, err := (&chunkReader{r: bytes.NewReader(pngKinds[12].png(5, 5, everyFilter))}).header()
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{
		pngKinds[12].png(5, 6, everyFilter), pngKinds[12].png(6, 5, everyFilter),
		pngKinds[14].png(5, 5, everyFilter), pngKinds[15].png(5, 5, everyFilter), pngKinds[17].png(5, 5, everyFilter),
	} {
		d := &pngBands{r: bytes.NewReader(b), header: h}
		if _, err := d.decode(false, func(image.Image) error { return nil }); !errors.Is(err, ErrChanged) {
			t.Errorf("got %v", err)
		}
	}
}

func TestPNGBandsOfFormat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	interlaced := pngOfChunks("IHDR", "\x00\x00\x00\x02\x00\x00\x00\x02\x08\x00\x00\x00\x01", "IDAT", "")
	for _, c := range []struct {
		b     []byte
		whole string
		fails bool
	}{
		{pngKinds[0].png(3, 3, everyFilter), "", false},
		{interlaced, "it is interlaced", false},
		{interlaced[:20], "", true},
	} {
		if err := os.WriteFile(path, c.b, 0o666); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		d, whole, err := bandsPNG(newSource(context.Background(), f, int64(len(c.b))))
		if whole != c.whole || (err != nil) != c.fails || (d != nil) != (whole == "" && err == nil) {
			t.Errorf("got %v, %q, %v", d, whole, err)
		}
	}
}

func FuzzPNG(f *testing.F) {
	for _, k := range pngKinds {
		f.Add(k.png(5, 6, everyFilter))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		b = mended(b)
		c, err := png.DecodeConfig(bytes.NewReader(b))
		if err != nil || c.Width*c.Height > 1<<20 {
			return
		}
		if err := sameAsImagePNG(b); err != nil {
			t.Error(err)
		}
	})
}

// mended is b with right checksums of chunks, which few mutations keep.
func mended(b []byte) []byte {
	b = bytes.Clone(b)
	for at := len(pngSignature); at+12 <= len(b); {
		n := int(binary.BigEndian.Uint32(b[at:]))
		if n > len(b)-at-12 {
			break
		}
		binary.BigEndian.PutUint32(b[at+8+n:], crc32.ChecksumIEEE(b[at+4:at+8+n]))
		at += 12 + n
	}
	return b
}
