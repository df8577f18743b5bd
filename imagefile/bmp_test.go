package imagefile

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// bmpFile makes a file of a header of 40 or 64 bytes, masks or a palette, and pixels.
func bmpFile(headerLen, width, height, depth, compression uint32, between, pixels []byte) []byte {
	b := append([]byte("BM"), make([]byte, 12+headerLen)...)
	binary.LittleEndian.PutUint32(b[10:], uint32(len(b)+len(between)))
	for i, v := range []uint32{headerLen, width, height, 1 | depth<<16, compression} {
		binary.LittleEndian.PutUint32(b[14+4*i:], v)
	}
	return slices.Concat(b, between, pixels)
}

// grays is a palette of n grays, each one brighter.
func grays(n int) []byte {
	var b []byte
	for i := range n {
		b = append(b, byte(i), byte(i), byte(i), 0)
	}
	return b
}

func TestBMPRuns(t *testing.T) {
	tests := []struct {
		name string
		file []byte
		want []uint8 // the red of each pixel
	}{
		{"RLE8", bmpFile(40, 4, 3, 8, 1, grays(256), []byte{
			2, 9, 0, 0, // two pixels, end of the row
			0, 3, 7, 8, 9, 0, 1, 5, 0, 0, // three pixels as they are, padded, one more
			0, 2, 1, 0, 2, 4, // skip one, then two
			0, 1,
		}), []uint8{0, 4, 4, 0, 7, 8, 9, 5, 9, 9, 0, 0}},
		{"RLE8 upward", bmpFile(40, 2, 2, 8, 1, grays(256), []byte{0, 2, 1, 1, 1, 6, 0, 1}), []uint8{0, 6, 0, 0}},
		{"RLE8 beyond the row", bmpFile(40, 2, 1, 8, 1, grays(256), []byte{9, 3, 0, 1}), []uint8{3, 3}},
		{"RLE8 without an end", bmpFile(40, 2, 1, 8, 1, grays(256), []byte{2, 3}), []uint8{3, 3}},
		{"RLE4", bmpFile(40, 5, 2, 4, 2, grays(16), []byte{
			5, 0x12, 0, 0,
			0, 5, 0x34, 0x56, 0x70, 0, // five pixels, padded
			0, 1,
		}), []uint8{3, 4, 5, 6, 7, 1, 2, 1, 2, 1}},
		{"RLE24", bmpFile(64, 3, 2, 24, 4, nil, []byte{
			2, 1, 2, 3, 1, 4, 5, 6, 0, 0,
			0, 3, 1, 1, 11, 2, 2, 22, 3, 3, 33, 0,
			0, 1,
		}), []uint8{11, 22, 33, 3, 3, 6}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := decodeBytes(t, test.file, DecodeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var got []uint8
			for p := pixels8(f.Image); len(p) > 0; p = p[4:] {
				got = append(got, p[0])
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// Runs that stop before the picture does are no picture.
func TestBMPRunsCutOff(t *testing.T) {
	whole := bmpFile(40, 4, 2, 8, 1, grays(256), []byte{4, 9, 0, 0, 0, 4, 7, 8, 9, 1})
	if _, err := decodeBytes(t, whole, DecodeOptions{}); err != nil {
		t.Fatal(err)
	}
	for cut := 1; cut <= 10; cut++ {
		if _, err := decodeBytes(t, whole[:len(whole)-cut], DecodeOptions{}); !errors.Is(err, ErrTruncated) {
			t.Errorf("without %d bytes: got %v, want %v", cut, err, ErrTruncated)
		}
	}
}

func TestBMPMasks(t *testing.T) {
	masks := func(m ...uint32) (b []byte) {
		for _, v := range m {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		return b
	}
	pixel := func(v uint32) []byte { return masks(v) }
	tests := []struct {
		name string
		file []byte
		want []uint8
	}{
		{"555", bmpFile(40, 1, 1, 16, 0, nil, pixel(31<<10|16<<5|1)), []uint8{255, 132, 8, 255}},
		{"565", bmpFile(40, 1, 1, 16, 3, masks(31<<11, 63<<5, 31), pixel(31<<11|32<<5)), []uint8{255, 130, 0, 255}},
		{"4444", bmpFile(40, 1, 1, 16, 6, masks(15<<8, 15<<4, 15, 15<<12), pixel(1<<12|2<<8|3<<4|15)), []uint8{34, 51, 255, 17}},
		{"1010102", bmpFile(40, 1, 1, 32, 6, masks(1023<<20, 1023<<10, 1023, 3<<30), pixel(2<<30|1023<<20|512<<10)), []uint8{255, 128, 0, 170}},
		{"no green", bmpFile(40, 1, 1, 32, 3, masks(255, 0, 255<<16), pixel(0x102030)), []uint8{48, 255, 16, 255}},
		{"888 and nothing", bmpFile(40, 1, 1, 32, 0, nil, pixel(0x00102030)), []uint8{16, 32, 48, 255}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := decodeBytes(t, test.file, DecodeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := pixels8(f.Image); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestBMPRefuses(t *testing.T) {
	for name, file := range map[string][]byte{
		"a depth of 3":                   bmpFile(40, 1, 1, 3, 0, nil, make([]byte, 4)),
		"runs of 24 bits outside OS/2":   bmpFile(40, 1, 1, 24, 4, nil, make([]byte, 4)),
		"JPEG":                           bmpFile(40, 1, 1, 24, 4, nil, make([]byte, 4)),
		"masks of 24 bits":               bmpFile(40, 1, 1, 24, 3, make([]byte, 12), make([]byte, 4)),
		"a negative width":               bmpFile(40, 1<<31, 1, 24, 0, nil, make([]byte, 4)),
		"no height":                      bmpFile(40, 1, 0, 24, 0, nil, make([]byte, 4)),
		"the least height that there is": bmpFile(40, 1, 1<<31, 24, 0, nil, make([]byte, 4)),
	} {
		if f, err := decodeBytes(t, file, DecodeOptions{}); err == nil {
			t.Errorf("%s: got %v", name, f.Image.Bounds())
		}
	}
}
