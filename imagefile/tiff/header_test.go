package tiff

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// field is one of a TIFF's: a tag, and numbers of 32 bits.
type field struct {
	tag    uint16
	values []uint32
}

type appender interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// file makes a TIFF of one directory, and data at the offset 8.
func file(order appender, data []byte, fields ...field) []byte {
	b := []byte("II*\x00")
	if order.String() == "BigEndian" {
		b = []byte("MM\x00*")
	}
	b = append(order.AppendUint32(b, uint32(8+len(data))), data...)
	b = order.AppendUint16(b, uint16(len(fields)))
	at := uint32(len(b) + 12*len(fields) + 4)
	var far []byte
	for _, f := range fields {
		b = order.AppendUint16(b, f.tag)
		b = order.AppendUint16(b, 4)
		b = order.AppendUint32(b, uint32(len(f.values)))
		if len(f.values) == 1 {
			b = order.AppendUint32(b, f.values[0])
			continue
		}
		b = order.AppendUint32(b, at+uint32(len(far)))
		for _, v := range f.values {
			far = order.AppendUint32(far, v)
		}
	}
	return append(order.AppendUint32(b, 0), far...)
}

func header(b []byte) (*Header, error) {
	f, err := Open(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	d, err := f.First()
	if err != nil {
		return nil, err
	}
	return d.Header(int64(len(b)))
}

func one(tag uint16, v uint32) field { return field{tag, []uint32{v}} }

// grayFields describe a gray image whose pixels are at the offset 8.
func grayFields(width, height, depth, compression, length uint32, more ...field) []field {
	fields := []field{
		one(tagWidth, width), one(tagHeight, height), one(tagBitsPerSample, depth), one(tagCompression, compression),
		one(tagPhotometric, blackIsZero), one(tagStripOffsets, 8), one(tagStripByteCounts, length),
	}
	for _, f := range more {
		fields = slices.DeleteFunc(fields, func(g field) bool { return g.tag == f.tag })
		fields = append(fields, f)
	}
	return fields
}

// A header must not ask for more memory than the file can have pixels for.
func TestHeaderRefuses(t *testing.T) {
	data := make([]byte, 100)
	tests := []struct {
		name   string
		fields []field
		want   error // nil for any
	}{
		{"plain claim", grayFields(40000, 40000, 8, 1, 100), ErrShort},
		{"LZW claim", grayFields(40000, 40000, 8, 5, 100), ErrShort},
		{"deflate claim", grayFields(40000, 40000, 8, 8, 100), ErrShort},
		{"PackBits claim", grayFields(40000, 40000, 8, 32773, 100), ErrShort},
		{"fax claim", grayFields(40000, 40000, 1, 4, 100), ErrShort},
		{"wide fax claim", grayFields(1<<20, 128, 1, 4, 100), ErrShort},
		{"JPEG claim", grayFields(40000, 40000, 8, 7, 100), ErrShort},
		{"zstd claim", grayFields(40000, 40000, 8, 50000, 100), ErrShort},
		{"16 bits", grayFields(11, 5, 16, 1, 100), ErrShort},
		{"strips that share their bytes", grayFields(100, 100, 8, 1, 0, one(tagRowsPerStrip, 1),
			field{tagStripOffsets, slices.Repeat([]uint32{8}, 100)}, field{tagStripByteCounts, slices.Repeat([]uint32{100}, 100)}), ErrShort},
		{"strips that have the whole file, each", grayFields(1, 50, 8, 1, 0, one(tagRowsPerStrip, 1),
			field{tagStripOffsets, slices.Repeat([]uint32{8}, 50)}, field{tagStripByteCounts, slices.Repeat([]uint32{100}, 50)}), ErrShort},
		{"JPEG strips that have the whole file, each", grayFields(1, 50, 8, 7, 0, one(tagRowsPerStrip, 1),
			field{tagStripOffsets, slices.Repeat([]uint32{8}, 50)}, field{tagStripByteCounts, slices.Repeat([]uint32{100}, 50)}), ErrShort},
		{"more strips than bytes", grayFields(1, 1<<20, 8, 1, 100, one(tagRowsPerStrip, 1)), ErrShort},
		{"a tile of gigabytes", grayFields(10, 10, 8, 8, 100, one(tagTileWidth, 1<<30), one(tagTileHeight, 1<<30)), nil},
		{"a tile of no width", grayFields(10, 10, 8, 1, 100, one(tagTileWidth, 0), one(tagTileHeight, 10)), nil},
		{"no strips", grayFields(10, 10, 8, 1, 100, field{tagStripOffsets, nil}), nil},
		{"5 samples of different depths", grayFields(2, 2, 8, 1, 100, one(tagSamplesPerPixel, 2), field{tagBitsPerSample, []uint32{8, 4}}), nil},
		{"17 bits", grayFields(2, 2, 17, 1, 100), nil},
		{"a thousand samples", grayFields(1, 1, 1, 1, 100, one(tagSamplesPerPixel, 1000)), nil},
		{"RGB of one sample", grayFields(2, 2, 8, 1, 100, one(tagPhotometric, rgb)), nil},
		{"a palette that is not there", grayFields(2, 2, 8, 1, 100, one(tagPhotometric, palette)), nil},
		{"CIELab", grayFields(2, 2, 8, 1, 100, one(tagPhotometric, 8)), nil},
		{"predictor of bits", grayFields(2, 2, 4, 5, 100, one(tagPredictor, 2)), nil},
		{"predictor 9", grayFields(2, 2, 8, 5, 100, one(tagPredictor, 9)), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h, err := header(file(binary.LittleEndian, data, test.fields...))
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %+v, %v, want %v", h, err, test.want)
			}
		})
	}
}

// An empty page of many pixels takes few bytes as a fax.
func TestHeaderTakesAnEmptyPage(t *testing.T) {
	b := file(binary.LittleEndian, make([]byte, 900), grayFields(4960, 7016, 1, 4, 900)...)
	if _, err := header(b); err != nil {
		t.Error(err)
	}
}

// Tables may be longer than they need be, but what they say they have is not taken
// from the memory.
func TestHeaderReadsNoMoreOfTablesThanItNeeds(t *testing.T) {
	longer := grayFields(1, 2, 8, 1, 0, one(tagRowsPerStrip, 1),
		field{tagStripOffsets, []uint32{8, 9, 0, 0, 0}}, field{tagStripByteCounts, []uint32{1, 1, 900, 900, 900}})
	if h, err := header(file(binary.LittleEndian, []byte{1, 2}, longer...)); err != nil || len(h.offsets) != 2 {
		t.Errorf("got %+v, %v", h, err)
	}
	b := file(binary.LittleEndian, []byte{1, 2}, longer...)
	for _, tag := range []byte{tagStripOffsets & 0xff, tagStripByteCounts & 0xff} { // of millions of values
		at := bytes.Index(b, []byte{tag, 1, 4, 0})
		binary.LittleEndian.PutUint32(b[at+4:], maxChunks)
	}
	bytesOf := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.TotalAlloc
	}
	before := bytesOf()
	_, err := header(b)
	if used := bytesOf() - before; err != nil || used > 1<<20 {
		t.Errorf("took %d bytes, %v", used, err)
	}
}

// A strip that says it has more than its pixels take is not read to its end.
func TestDecodeReadsNoMoreThanThePixels(t *testing.T) {
	b := file(binary.LittleEndian, make([]byte, 1<<16), grayFields(1, 1, 8, 1, 1<<16)...)
	h, err := header(b)
	if err != nil {
		t.Fatal(err)
	}
	counted := &countingReader{r: bytes.NewReader(b)}
	h.dir.file.r = counted
	if _, err := h.Decode(context.Background()); err != nil || counted.n != 1 {
		t.Errorf("got %d bytes, %v, want 1", counted.n, err)
	}
}

// A countingReader counts the bytes that are read, by one goroutine.
type countingReader struct {
	r io.ReaderAt
	n int
}

func (c *countingReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.n += n
	return n, err
}

// Compressions that are not read are named.
func TestHeaderNamesCompressions(t *testing.T) {
	for compression, want := range map[uint32]string{32809: "compression 32809 (ThunderScan) is not supported", 9: "compression 9 is not supported"} {
		_, err := header(file(binary.LittleEndian, make([]byte, 100), grayFields(2, 2, 4, compression, 2)...))
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A fax whose lines end at bytes, and one that refers to lines above, are told of.
func TestFaxOptions(t *testing.T) {
	data := []byte{0b00000000, 0b00000001, 0b10011000, 0b00000000, 0b00000001}
	for options, want := range map[uint32]string{1: "two-dimensional", 4: "with fill bits"} {
		h, err := header(file(binary.LittleEndian, data, grayFields(8, 2, 1, compressionFax3, 5, one(tagT4Options, options))...))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Decode(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("options %d: got %v, want one that says %s", options, err, want)
		}
	}
}

func TestDecodeSamples(t *testing.T) {
	float := func(order appender, v ...float32) (b []byte) {
		for _, f := range v {
			b = order.AppendUint32(b, math.Float32bits(f))
		}
		return b
	}
	var le, be appender = binary.LittleEndian, binary.BigEndian
	tests := []struct {
		name   string
		order  appender
		data   []byte
		fields []field
		want   []uint8 // pixels as they are in memory
	}{
		{"1 bit, white is 0", le, []byte{0b10100000}, grayFields(3, 1, 1, 1, 1, one(tagPhotometric, whiteIsZero)), []uint8{0, 255, 0}},
		{"bits from the other end", le, []byte{0b101}, grayFields(3, 1, 1, 1, 1, one(tagFillOrder, 2)), []uint8{255, 0, 255}},
		{"3 bits", le, []byte{0b00011101, 0b10000000}, grayFields(3, 1, 3, 1, 2), []uint8{0, 255, 109}},
		{"12 bits", le, []byte{0xff, 0xf0, 0x01}, grayFields(2, 1, 12, 1, 3), []uint8{0xff, 0xff, 0, 16}},
		{"16 bits", be, []byte{1, 2, 3, 4}, grayFields(2, 1, 16, 1, 4), []uint8{1, 2, 3, 4}},
		{"16 bits, the lower first", le, []byte{1, 2, 3, 4}, grayFields(2, 1, 16, 1, 4), []uint8{2, 1, 4, 3}},
		{"signed", le, []byte{0x80, 0, 0x7f}, grayFields(3, 1, 8, 1, 3, one(tagSampleFormat, signed)), []uint8{0, 128, 255}},
		{"floats", le, float(le, 0.5, -1, 7, float32(math.NaN())), grayFields(4, 1, 32, 1, 16, one(tagSampleFormat, floating)),
			[]uint8{128, 0, 0, 0, 255, 255, 0, 0}},
		{"halves", be, []byte{0x38, 0, 0x3c, 0, 0x80, 0, 0x7c, 0}, grayFields(4, 1, 16, 1, 8, one(tagSampleFormat, floating)),
			[]uint8{128, 0, 255, 255, 0, 0, 255, 255}},
		{"differences", le, []byte{5, 1, 255}, grayFields(3, 1, 8, 1, 3, one(tagPredictor, 2)), []uint8{5, 6, 5}},
		{"differences of 16 bits", be, []byte{0, 200, 0, 100}, grayFields(2, 1, 16, 1, 4, one(tagPredictor, 2)), []uint8{0, 200, 1, 44}},
		{"PackBits", le, []byte{0xfe, 7, 0x80, 1, 8, 9}, grayFields(5, 1, 8, 32773, 6), []uint8{7, 7, 7, 8, 9}},
		{"RGB", le, []byte{1, 2, 3}, grayFields(1, 1, 8, 1, 3, one(tagPhotometric, rgb), one(tagSamplesPerPixel, 3)), []uint8{1, 2, 3, 255}},
		{"alpha", le, []byte{1, 2, 3, 4}, grayFields(1, 1, 8, 1, 4, one(tagPhotometric, rgb), one(tagSamplesPerPixel, 4), one(tagExtraSamples, straight)),
			[]uint8{1, 2, 3, 4}},
		{"multiplied alpha, less than a color", le, []byte{1, 9, 3, 4}, grayFields(1, 1, 8, 1, 4, one(tagPhotometric, rgb), one(tagSamplesPerPixel, 4), one(tagExtraSamples, multiplied)),
			[]uint8{1, 4, 3, 4}},
		{"a sample that says nothing", le, []byte{1, 2, 3, 4}, grayFields(1, 1, 8, 1, 4, one(tagPhotometric, rgb), one(tagSamplesPerPixel, 4)), []uint8{1, 2, 3, 255}},
		{"planes", le, []byte{1, 2, 3, 4, 5, 6}, grayFields(2, 1, 8, 1, 0, one(tagPhotometric, rgb), one(tagSamplesPerPixel, 3), one(tagPlanar, 2),
			field{tagStripOffsets, []uint32{8, 10, 12}}, field{tagStripByteCounts, []uint32{2, 2, 2}}), []uint8{1, 3, 5, 255, 2, 4, 6, 255}},
		{"tiles", le, []byte{1, 2, 3, 4, 5, 0, 6, 0}, grayFields(3, 2, 8, 1, 0, one(tagTileWidth, 2), one(tagTileHeight, 2),
			field{tagTileOffsets, []uint32{8, 12}}, field{tagTileByteCounts, []uint32{4, 4}}), []uint8{1, 2, 5, 3, 4, 6}},
		{"the last strip is shorter", le, []byte{1, 2, 3}, grayFields(1, 3, 8, 1, 0, one(tagRowsPerStrip, 2),
			field{tagStripOffsets, []uint32{8, 10}}, field{tagStripByteCounts, []uint32{2, 1}}), []uint8{1, 2, 3}},
		{"CMYK", le, []byte{1, 2, 3, 4}, grayFields(1, 1, 8, 1, 4, one(tagPhotometric, cmyk), one(tagSamplesPerPixel, 4)), []uint8{1, 2, 3, 4}},
		{"YCbCr 2x1", le, []byte{50, 200, 128, 128}, grayFields(2, 1, 8, 1, 4, one(tagPhotometric, yCbCr), one(tagSamplesPerPixel, 3),
			field{tagYCbCrSubsample, []uint32{2, 1}}), []uint8{50, 50, 50, 255, 200, 200, 200, 255}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := file(test.order, test.data, test.fields...)
			h, err := header(b)
			if err != nil {
				t.Fatal(err)
			}
			m, err := h.Decode(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if got := pix(m); !slices.Equal(got, test.want) {
				t.Errorf("got %v in a %T, want %v", got, m, test.want)
			}
		})
	}
}
