package squeeze

import (
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"testing"
)

// indices returns n bytes below colors, with runs and noise.
func indices(n, colors int) []byte {
	rng := rand.New(rand.NewPCG(1, uint64(colors)))
	data := make([]byte, n)
	for i := range data {
		data[i] = uint8((i/50 + rng.IntN(3)*rng.IntN(2)) % colors)
	}
	return data
}

// The second half refers to the first, and begins within a byte.
func TestDeflateRoundTrip(t *testing.T) {
	for _, n := range []int{2, 3, 4, 5, 100, 3000, 40_000} {
		for _, colors := range []int{1, 2, 16, 256} {
			data := indices(n, colors)
			var all Bits
			d := Deflater{Iterations: 2}
			for _, part := range []struct {
				from, to int
			}{{0, n / 2}, {n / 2, n}} {
				b, err := d.Compress(context.Background(), data[:part.to], part.from, part.to == n)
				if err != nil {
					t.Fatal(err)
				}
				all.Append(b)
			}
			length := all.Len
			compressed := append(all.Take(), all.Finish()...)
			if got := (length + 7) / 8; got != len(compressed) {
				t.Errorf("%d bytes of %d: got length %d of %d bytes", n, colors, got, len(compressed))
			}
			got, err := io.ReadAll(flate.NewReader(bytes.NewReader(compressed)))
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes of %d: got %d others, %v", n, colors, len(got), err)
			}
		}
	}
}

func TestDeflateIsSmallerThanCompressFlate(t *testing.T) {
	data := indices(30_000, 64)
	var usual bytes.Buffer
	w, _ := flate.NewWriter(&usual, flate.BestCompression)
	w.Write(data)
	w.Close()
	var d Deflater
	b, err := d.Compress(context.Background(), data, 0, true)
	if got := len(b.Finish()); err != nil || got > usual.Len()*96/100 {
		t.Errorf("got %d bytes and %v, compress/flate %d", got, err, usual.Len())
	}
}

func TestDeflateCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var d Deflater
	if _, err := d.Compress(ctx, indices(1000, 4), 0, true); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// Counts like Fibonacci's numbers make the deepest code.
func TestCodeLengthsAreLimited(t *testing.T) {
	counts := make([]uint32, 40)
	a, b := uint32(1), uint32(1)
	for i := range counts {
		counts[i] = a
		a, b = b, a+b
	}
	for _, limit := range []int{7, 15} {
		lengths := make([]uint8, len(counts))
		codeLengths(lengths, counts, limit)
		kraft := 0.0
		for s, n := range lengths {
			if n < 1 || int(n) > limit {
				t.Errorf("limit %d: symbol %d has length %d", limit, s, n)
			}
			kraft += math.Exp2(-float64(n))
		}
		if kraft != 1 {
			t.Errorf("limit %d: the code has a sum of %v, want 1", limit, kraft)
		}
	}
}

func TestLog2(t *testing.T) {
	for _, n := range []uint32{1, 2, 3, 255, 256, 257, 1000, 65535, 1 << 20, 1<<31 + 12345, math.MaxUint32} {
		want := math.Log2(float64(n)) * 65536
		if got := float64(Log2(n)); math.Abs(got-want) > 1.5 {
			t.Errorf("Log2(%d): got %v, want %v", n, got, want)
		}
	}
}

// Whatever the finder finds is alike and as long as can be, and the longest is the
// longest there is.
func TestFinder(t *testing.T) {
	const window, nice = 256, 20
	data := indices(2000, 5)
	f := new(finder)
	f.reset(data, window, 1<<20, nice)
	for pos := range data {
		longest := 0
		for _, m := range f.find(nil, pos) {
			length, from := int(m.length), pos-int(m.distance)
			if m.distance < 1 || m.distance >= window || !bytes.Equal(data[from:][:length], data[pos:][:length]) {
				t.Fatalf("at %d: %v is no match", pos, m)
			}
			if length <= longest {
				t.Fatalf("at %d: %v comes after one of %d", pos, m, longest)
			}
			longest = length
		}
		want := 0
		for from := max(pos-window+1, 0); from < pos; from++ {
			want = max(want, f.common(from, pos, 0, min(nice, len(data)-pos)))
		}
		if want >= 4 && longest != want {
			t.Fatalf("at %d: got %d, want %d", pos, longest, want)
		}
	}
}
