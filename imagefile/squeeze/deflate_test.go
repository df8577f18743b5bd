package squeeze

import (
	"bytes"
	"compress/flate"
	"context"
	"io"
	"math/rand/v2"
	"testing"
)

func TestDeflateRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 3, 4, 5, 100, 3000, 70_000} {
		for _, colors := range []int{1, 2, 16, 256} {
			data := make([]byte, n)
			for i := range data {
				data[i] = uint8((i/50 + rng.IntN(3)*rng.IntN(2)) % colors)
			}
			from := n / 3
			var d Deflater
			var all Bits
			for _, part := range []struct {
				data []byte
				from int
				last bool
			}{{data[:from], 0, false}, {data, from, true}} {
				b, err := d.Compress(context.Background(), part.data, part.from, part.last)
				if err != nil {
					t.Fatal(err)
				}
				all.Append(b)
			}
			got, err := io.ReadAll(flate.NewReader(bytes.NewReader(all.Finish())))
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes of %d: got %d others, %v", n, colors, len(got), err)
			}
		}
	}
}
