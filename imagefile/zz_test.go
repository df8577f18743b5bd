package imagefile

import (
	"context"
	"image"
	"image/png"
	"io"
	"os"
	"testing"
)

func BenchmarkZ(b *testing.B) {
	f, _ := os.Open("/tmp/enc/ours/256/kodim13.k256.png")
	i, _ := png.Decode(f)
	m := i.(*image.Paletted)
	for _, c := range []Compression{0, 1} {
		b.Run("", func(b *testing.B) {
			for b.Loop() {
				Encode(context.Background(), io.Discard, m, EncodeOptions{Compression: c})
			}
		})
	}
}
