package tiff

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"kompress/imagefile/bands"
)

// layouts are sizes of bands and of what is decoded at a time: rows by themselves, a few,
// and all of most images of the tests.
var layouts = []struct{ band, most int64 }{{1, 1}, {1, 1 << 30}, {2000, 5000}, {bandBytes, maxBand}}

// checkBands decodes by all layouts.
func checkBands(t *testing.T, name string, h *Header, want []uint8) {
	t.Helper()
	for _, size := range layouts {
		for _, keep := range []bool{false, true} {
			l := h.layout(size.band, size.most)
			var got []uint8
			bottom := 0
			whole, err := l.each(context.Background(), keep, func(band image.Image) error {
				r := band.Bounds()
				if r.Min != image.Pt(0, bottom) || r.Max.X != h.Width || r.Empty() {
					t.Fatalf("%s: got %v after row %d", name, r, bottom)
				}
				bottom = r.Max.Y
				raster, _ := bands.RasterOf(band)
				for y := r.Min.Y; y < r.Max.Y; y++ {
					got = append(got, raster.Row(y)...)
				}
				return nil
			})
			if err != nil || bottom != h.Height || !bytes.Equal(got, want) {
				t.Fatalf("%s by %+v: got %d rows of %d, error %v, the same pixels: %v", name, size, bottom, h.Height, err, bytes.Equal(got, want))
			}
			if keep && !bytes.Equal(pix(whole), want) {
				t.Errorf("%s by %+v: kept other pixels", name, size)
			}
		}
	}
}

// grid makes an image of samples from 0 on, in strips or tiles as high as chunk, and as
// it says.
type grid struct {
	size, chunk image.Point
	samples     int
	planar      bool
	compression uint32
}

// sample is that of a pixel.
func (g grid) sample(x, y, i int) uint8 { return uint8(x*5 + y*y*3 + x*y + i*77) }

// pixels are those of the image as they are decoded, RGB or gray.
func (g grid) pixels() (pix []uint8) {
	for y := range g.size.Y {
		for x := range g.size.X {
			for i := range g.samples {
				pix = append(pix, g.sample(x, y, i))
			}
			if g.samples == 3 {
				pix = append(pix, 255)
			}
		}
	}
	return pix
}

func (g grid) tiled() bool { return g.chunk.X != g.size.X }

// chunkData are the samples of a strip or tile that begins at a pixel.
func (g grid) chunkData(at image.Point, from, to int) (data []byte) {
	bottom := at.Y + g.chunk.Y
	if !g.tiled() {
		bottom = min(bottom, g.size.Y)
	}
	for y := at.Y; y < bottom; y++ {
		for x := at.X; x < at.X+g.chunk.X; x++ {
			for i := from; i < to; i++ {
				data = append(data, g.sample(x, y, i))
			}
		}
	}
	return data
}

func (g grid) file() []byte {
	var data []byte
	var offsets, counts []uint32
	planes := [][2]int{{0, g.samples}}
	if g.planar {
		planes = nil
		for i := range g.samples {
			planes = append(planes, [2]int{i, i + 1})
		}
	}
	for _, plane := range planes {
		for y := 0; y < g.size.Y; y += g.chunk.Y {
			for x := 0; x < g.size.X; x += g.chunk.X {
				b := compressed(g.compression, g.chunkData(image.Pt(x, y), plane[0], plane[1]))
				offsets, counts = append(offsets, uint32(8+len(data))), append(counts, uint32(len(b)))
				data = append(data, b...)
			}
		}
	}
	return file(binary.LittleEndian, data, g.fields(offsets, counts)...)
}

func (g grid) fields(offsets, counts []uint32) []field {
	fields := []field{
		one(tagWidth, uint32(g.size.X)), one(tagHeight, uint32(g.size.Y)), {tagBitsPerSample, slices.Repeat([]uint32{8}, g.samples)},
		one(tagCompression, g.compression), one(tagPhotometric, blackIsZero), one(tagSamplesPerPixel, uint32(g.samples)),
	}
	if g.samples == 3 {
		fields[4] = one(tagPhotometric, rgb)
	}
	if g.planar {
		fields = append(fields, one(tagPlanar, 2))
	}
	if g.tiled() {
		return append(fields, one(tagTileWidth, uint32(g.chunk.X)), one(tagTileHeight, uint32(g.chunk.Y)),
			field{tagTileOffsets, offsets}, field{tagTileByteCounts, counts})
	}
	return append(fields, one(tagRowsPerStrip, uint32(g.chunk.Y)), field{tagStripOffsets, offsets}, field{tagStripByteCounts, counts})
}

var deflater = zlib.NewWriter(nil)

func compressed(compression uint32, data []byte) []byte {
	var b bytes.Buffer
	switch compression {
	case compressionNone:
		return data
	case compressionDeflate:
		deflater.Reset(&b)
		deflater.Write(data)
		deflater.Close()
	case compressionPackBits: // nothing, a byte that is repeated once, and some that follow
		for len(data) > 0 {
			b.Write([]byte{0x80, 0, data[0]})
			n := min(len(data)-1, 5)
			if len(data) > 1 && data[0] == data[1] {
				b.Truncate(b.Len() - 2)
				b.Write([]byte{0xff, data[0]})
				n = 1
			} else if n > 0 {
				b.WriteByte(byte(n - 1))
				b.Write(data[1 : n+1])
			}
			data = data[n+1:]
		}
	}
	return b.Bytes()
}

func TestBandsAreThoseOfTheWhole(t *testing.T) {
	for _, samples := range []int{1, 3} {
		for _, size := range []image.Point{{1, 1}, {37, 41}, {48, 36}} {
			chunks := []image.Point{{size.X, 1}, {size.X, 12}, {size.X, 13}, {size.X, size.Y}, {16, 16}, {32, 48}}
			for _, chunk := range chunks {
				for _, compression := range []uint32{compressionNone, compressionDeflate, compressionPackBits} {
					for _, planar := range []bool{false, true} {
						g := grid{size, chunk, samples, planar, compression}
						h, err := header(g.file())
						if err != nil {
							t.Fatalf("%+v: %v", g, err)
						}
						checkBands(t, fmt.Sprintf("%+v", g), h, g.pixels())
					}
				}
			}
		}
	}
}

// All kinds of pixels and compressions.
func TestBandsOfFiles(t *testing.T) {
	paths, err := filepath.Glob("../testdata/read/*.tif*")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, path := range paths {
		if filepath.Ext(path) == ".png" {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		h, err := header(b)
		if err != nil {
			t.Fatal(err)
		}
		m, err := h.Decode(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		checkBands(t, path, h, pix(m))
		read++
	}
	if read < 18 {
		t.Errorf("only %d files are there", read)
	}
}

// Damage in one part is told whichever way the image is cut.
func TestBandsOfDamagedFiles(t *testing.T) {
	for _, compression := range []uint32{compressionNone, compressionDeflate, compressionPackBits} {
		for _, chunk := range []image.Point{{60, 50}, {60, 7}, {16, 16}} {
			g := grid{image.Pt(60, 50), chunk, 3, false, compression}
			b := g.file()
			h, err := header(b)
			if err != nil {
				t.Fatal(err)
			}
			last := len(h.counts) - 1
			for name, damage := range map[string]func(){
				"a short strip":        func() { h.counts[last] = 1 },
				"no strip":             func() { h.counts[last] = 0 },
				"a strip of 2^64":      func() { h.counts[last] = 1<<64 - 1 },
				"outside the file":     func() { h.offsets[last] = uint64(len(b)) },
				"at 2^64":              func() { h.offsets[last] = 1<<64 - 1 },
				"longer than the rest": func() { h.counts[last] = uint64(len(b)) },
			} {
				offset, count := h.offsets[last], h.counts[last]
				damage()
				for _, size := range layouts {
					if _, err := h.layout(size.band, size.most).each(context.Background(), false, func(image.Image) error { return nil }); err == nil {
						t.Errorf("%+v, %s by %+v: got no error", g, name, size)
					}
				}
				h.offsets[last], h.counts[last] = offset, count
			}
		}
	}
}

// What takes the memory of the whole says why.
func TestWhole(t *testing.T) {
	tests := []struct {
		name   string
		fields []field
		want   string
	}{
		{"plain", grayFields(6000, 6000, 8, 1, 36_000_000), ""},
		{"strips", grayFields(6000, 6000, 8, 5, 36_000_000), ""},
		{"small", grayFields(600, 600, 8, 7, 360_000), ""},
		{"tiles", grayFields(6000, 6000, 8, 5, 36_000_000, one(tagTileWidth, 3008), one(tagTileHeight, 6000),
			field{tagTileOffsets, []uint32{8, 8}}, field{tagTileByteCounts, []uint32{18_000_000, 17_000_000}}), ""},
		{"a strip of JPEG", grayFields(6000, 6000, 8, 7, 36_000_000), "it is one strip, compressed by JPEG"},
		{"large tiles", grayFields(6000, 6000, 8, compressionJPEG, 36_000_000, one(tagTileWidth, 3008), one(tagTileHeight, 6000),
			field{tagTileOffsets, []uint32{8, 8}}, field{tagTileByteCounts, []uint32{18_000_000, 17_000_000}}), "its tiles have 6000 rows, compressed by JPEG"},
	}
	for _, test := range tests {
		f, err := Open(bytes.NewReader(file(binary.LittleEndian, nil, test.fields...)))
		if err != nil {
			t.Fatal(err)
		}
		d, err := f.First()
		if err != nil {
			t.Fatal(err)
		}
		h, err := d.Header(36_001_000)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Whole(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestBandsAreCancelled(t *testing.T) {
	h, err := header(grid{image.Pt(60, 50), image.Pt(60, 7), 3, false, compressionDeflate}.file())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.Decode(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
