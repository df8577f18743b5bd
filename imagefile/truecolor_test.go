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
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// rawPNG makes a PNG of random filtered rows, each with its own filter.
func rawPNG(width, height, channels int, filter func(y int) byte) []byte {
	r := rand.New(rand.NewPCG(uint64(width), uint64(height)))
	var rows bytes.Buffer
	z := zlib.NewWriter(&rows)
	for y := range height {
		row := make([]byte, 1+width*channels)
		row[0] = filter(y)
		for i := range row[1:] {
			row[1+i] = byte(r.Uint32() >> (y % 8))
		}
		z.Write(row)
	}
	z.Close()
	var header [13]byte
	binary.BigEndian.PutUint32(header[:], uint32(width))
	binary.BigEndian.PutUint32(header[4:], uint32(height))
	header[8], header[9] = 8, map[int]byte{3: 2, 4: 6}[channels]
	b := []byte("\x89PNG\r\n\x1a\n")
	b = appendChunk(b, "IHDR", header[:])
	b = appendChunk(b, "tEXt", []byte("a\x00b"))
	data := rows.Bytes()
	for len(data) > 100 { // in several chunks, one of them empty
		b = appendChunk(b, "IDAT", data[:100])
		b = appendChunk(b, "IDAT", nil)
		data = data[100:]
	}
	b = appendChunk(b, "IDAT", data)
	b = appendChunk(b, "tIME", make([]byte, 7))
	return appendChunk(b, "IEND", nil)
}

func appendChunk(b []byte, kind string, data []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	from := len(b)
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[from:]))
}

func TestTruecolorEqualsImagePNG(t *testing.T) {
	leaveOutWithRace(t)
	for _, channels := range []int{3, 4} {
		for filter := range 6 {
			for _, size := range []image.Point{{1, 1}, {2, 3}, {3, 2}, {7, 40}, {300, 700}, {70_000, 2}} {
				name := fmt.Sprintf("%d channels, filter %d, %v", channels, filter, size)
				b := rawPNG(size.X, size.Y, channels, func(y int) byte {
					if filter == 5 {
						return byte(y*7+y/3) % 5
					}
					return byte(filter)
				})
				want, err := png.Decode(bytes.NewReader(b))
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				got, err := decodeTruecolor(bytes.NewReader(b))
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s: got another image", name)
				}
			}
		}
	}
}

// What is wrong is left to image/png, and every byte matters but those that say
// nothing.
func TestTruecolorRefusesDamage(t *testing.T) {
	leaveOutWithRace(t)
	b := rawPNG(9, 40, 3, func(y int) byte { return byte(y % 5) })
	for i := range b {
		damaged := bytes.Clone(b)
		damaged[i] ^= 4
		want, wantErr := png.Decode(bytes.NewReader(damaged))
		got, err := decodeTruecolor(bytes.NewReader(damaged))
		if err == nil && (wantErr != nil || !reflect.DeepEqual(got, want)) {
			t.Errorf("byte %d: got an image, want what image/png says: %v", i, wantErr)
		}
		if _, err := decodeTruecolor(bytes.NewReader(b[:i])); err == nil {
			t.Errorf("got an image of %d bytes", i)
		}
	}
	for name, b := range map[string][]byte{
		"a filter that is none": rawPNG(9, 40, 3, func(y int) byte { return byte(y / 39 * 5) }),
		"a palette":             mustPNG(t, image.NewPaletted(image.Rect(0, 0, 4, 4), testPalette(3))),
		"16 bits":               mustPNG(t, image.NewRGBA64(image.Rect(0, 0, 4, 4))),
	} {
		if _, err := decodeTruecolor(bytes.NewReader(b)); !errors.Is(err, errUnusual) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func mustPNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecodeFallsBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	for _, m := range []image.Image{image.NewRGBA64(image.Rect(0, 0, 4, 4)), image.NewNRGBA(image.Rect(0, 0, 5, 4))} {
		if err := os.WriteFile(path, mustPNG(t, m), 0o666); err != nil {
			t.Fatal(err)
		}
		f, err := Decode(context.Background(), path, DecodeOptions{})
		if err != nil || f.Image.Bounds() != m.Bounds() {
			t.Errorf("got %v, %v", f, err)
		}
	}
}

func TestPaeth(t *testing.T) {
	for a := 0; a < 256; a += 3 {
		for b := 0; b < 256; b += 5 {
			for c := range 256 {
				pa, pb, pc := magnitude(b-c), magnitude(a-c), magnitude(a+b-2*c)
				want := c
				if pa <= pb && pa <= pc {
					want = a
				} else if pb <= pc {
					want = b
				}
				if got := paeth(a, b, c); got != want {
					t.Fatalf("paeth(%d, %d, %d): got %d, want %d", a, b, c, got, want)
				}
			}
		}
	}
}
