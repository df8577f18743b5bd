package imagefile

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"testing"

	kzlib "github.com/klauspost/compress/zlib"

	"kompress/imagefile/inflate"
)

// photoPNG is a photograph, of which its rows are bytes.
func photoPNG(b *testing.B) (file []byte, rows int) {
	file, err := os.ReadFile("../testdata/kodim23.png")
	if err != nil {
		b.Fatal(err)
	}
	h, err := (&chunkReader{r: bytes.NewReader(file)}).header()
	if err != nil {
		b.Fatal(err)
	}
	return file, h.height * h.rowBytes()
}

// BenchmarkInflatePNG inflates the rows of a photograph: the bytes are those of the rows.
func BenchmarkInflatePNG(b *testing.B) {
	file, rows := photoPNG(b)
	room := make([]byte, rows+inflate.Slack+1)
	for name, all := range map[string]func(c *chunkReader) error{
		"inflate": func(c *chunkReader) error {
			_, err := inflate.NewReader(c).Fill(room, 0)
			return err
		},
		"klauspost": func(c *chunkReader) error {
			z, err := kzlib.NewReader(c)
			if err != nil {
				return err
			}
			if _, err := io.ReadFull(z, room[:rows]); err != nil {
				return err
			}
			_, err = z.Read(room)
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(rows))
			for b.Loop() {
				c := &chunkReader{r: bytes.NewReader(file)}
				if _, err := c.header(); err != nil {
					b.Fatal(err)
				}
				if err := all(c); err != io.EOF {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkUnfilter(b *testing.B) {
	const pixels = 6000
	r := rand.New(rand.NewPCG(1, 2))
	for _, bpp := range []int{1, 3, 4, 6} {
		row, above := make([]uint8, pixels*bpp), make([]uint8, pixels*bpp)
		for i := range row {
			row[i], above[i] = uint8(r.Uint32()), uint8(r.Uint32())
		}
		for filter, name := range []string{1: "Sub", 2: "Up", 3: "Average", 4: "Paeth"} {
			if name == "" {
				continue
			}
			b.Run(fmt.Sprintf("%s/%d", name, bpp), func(b *testing.B) {
				b.SetBytes(int64(len(row)))
				for b.Loop() {
					unfilter(byte(filter), row, above, bpp)
				}
			})
		}
	}
}

// BenchmarkPNG decodes a photograph in the ways there are: the bytes are those of the rows.
func BenchmarkPNG(b *testing.B) {
	file, rows := photoPNG(b)
	nothing := func(image.Image) error { return nil }
	for name, decode := range map[string]func(r io.Reader) (image.Image, error){
		"bands":    func(r io.Reader) (image.Image, error) { return (&pngBands{r: r}).decode(false, nothing) },
		"kept":     func(r io.Reader) (image.Image, error) { return (&pngBands{r: r}).decode(true, nothing) },
		"imagepng": png.Decode,
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(rows))
			for b.Loop() {
				if _, err := decode(bytes.NewReader(file)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDecodeIcon shows what a small file costs.
func BenchmarkDecodeIcon(b *testing.B) {
	path := b.TempDir() + "/icon.png"
	if err := os.WriteFile(path, pngKinds[17].png(32, 32, everyFilter), 0o666); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Decode(context.Background(), path, DecodeOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
