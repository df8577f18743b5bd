package imagefile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"
)

// testPalette returns n colors of which every third is not opaque, but not
// the last.
func testPalette(n int) color.Palette {
	p := make(color.Palette, n)
	for i := range p {
		alpha := uint8(255)
		if i%3 == 1 && i < n-1 {
			alpha = uint8(i)
		}
		p[i] = color.NRGBA{uint8(i), uint8(3 * i), uint8(255 - i), alpha}
	}
	return p
}

// testPaletted returns an image with structure and noise, all indices of
// which are below colors.
func testPaletted(r image.Rectangle, colors int) *image.Paletted {
	m := image.NewPaletted(r, testPalette(colors))
	rng := rand.New(rand.NewPCG(1, uint64(colors)))
	for i := range m.Pix {
		m.Pix[i] = uint8((i/50 + rng.IntN(3)) % colors)
	}
	return m
}

func encode(t testing.TB, m *image.Paletted) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := EncodePNG(context.Background(), &b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// leaveOutWithRace skips what runs in one thread: only the encoder has several.
func leaveOutWithRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("left out with the race detector")
	}
}

// checkSamePixels compares color by color: the palette may be in another order.
func checkSamePixels(t *testing.T, got image.Image, want *image.Paletted) {
	t.Helper()
	p, ok := got.(*image.Paletted)
	if !ok {
		t.Fatalf("got a %T, want a paletted image", got)
	}
	if p.Rect.Size() != want.Rect.Size() || len(p.Palette) != len(want.Palette) {
		t.Fatalf("got size %v and %d colors, want %v and %d",
			p.Rect.Size(), len(p.Palette), want.Rect.Size(), len(want.Palette))
	}
	gotColors, wantColors := nrgbas(p.Palette), nrgbas(want.Palette)
	for y := range want.Rect.Dy() {
		g, w := p.Pix[y*p.Stride:][:p.Rect.Dx()], want.Pix[y*want.Stride:]
		for x, v := range g {
			if gotColors[v] != wantColors[w[x]] {
				t.Fatalf("at (%d, %d): got %v, want %v", x, y, gotColors[v], wantColors[w[x]])
			}
		}
	}
}

func nrgbas(p color.Palette) []color.NRGBA {
	var list []color.NRGBA
	for _, c := range p {
		list = append(list, color.NRGBAModel.Convert(c).(color.NRGBA))
	}
	return list
}

func TestEncodeRoundTrip(t *testing.T) {
	depths := map[int]byte{1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 16: 4, 17: 8, 255: 8, 256: 8}
	for colors, depth := range depths {
		for width := 1; width <= 17; width++ {
			t.Run(fmt.Sprintf("%d colors, width %d", colors, width), func(t *testing.T) {
				m := testPaletted(image.Rect(0, 0, width, 5), colors)
				b := encode(t, m)
				if got := b[24]; got != depth {
					t.Errorf("got bit depth %d, want %d", got, depth)
				}
				got, err := png.Decode(bytes.NewReader(b))
				if err != nil {
					t.Fatal(err)
				}
				checkSamePixels(t, got, m)
			})
		}
	}
}

func TestEncodeSubImage(t *testing.T) {
	for _, colors := range []int{2, 16, 256} {
		m := testPaletted(image.Rect(-3, -4, 40, 40), colors)
		sub := m.SubImage(image.Rect(2, 3, 33, 39)).(*image.Paletted)
		got, err := png.Decode(bytes.NewReader(encode(t, sub)))
		if err != nil {
			t.Fatal(err)
		}
		checkSamePixels(t, got, sub)
	}
}

// Blocks end within rows, at their ends and after their filter bytes.
func TestEncodeManyBlocks(t *testing.T) {
	tests := []struct{ width, height, colors int }{
		{blockSize - 1, 3, 256},
		{blockSize, 2, 256},
		{blockSize - 2, 2, 256},
		{3*blockSize + 7, 2, 200},
		{1, blockSize, 2},
		{1000, 1000, 256},
		{2000, 2000, 4},
		{blockSize*8 - 9, 2, 2},
	}
	for i, test := range tests {
		if raceEnabled && (i < 4 || i == 6) {
			continue
		}
		m := testPaletted(image.Rect(0, 0, test.width, test.height), test.colors)
		got, err := png.Decode(bytes.NewReader(encode(t, m)))
		if err != nil {
			t.Fatalf("%+v: %v", test, err)
		}
		checkSamePixels(t, got, m)
	}
}

func TestEncodeTransparencyIsShort(t *testing.T) {
	tests := []struct {
		name   string
		alphas []uint8
		want   int
	}{
		{"opaque", []uint8{255, 255}, 0},
		{"first", []uint8{0, 255, 255}, 1},
		{"middle", []uint8{255, 254, 255}, 2},
		{"last", []uint8{255, 255, 0}, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var p color.Palette
			for _, a := range test.alphas {
				p = append(p, color.NRGBA{10, 20, 30, a})
			}
			b := encode(t, image.NewPaletted(image.Rect(0, 0, 1, 1), p))
			at := bytes.Index(b, []byte("tRNS"))
			if test.want == 0 && at >= 0 {
				t.Error("got a tRNS chunk, want none")
			}
			if test.want > 0 {
				if got := binary.BigEndian.Uint32(b[at-4:]); int(got) != test.want {
					t.Errorf("got %d alphas, want %d", got, test.want)
				}
			}
		})
	}
}

func TestEncodePremultipliedPalette(t *testing.T) {
	m := image.NewPaletted(image.Rect(0, 0, 1, 1), color.Palette{color.RGBA{50, 100, 0, 100}})
	got, err := png.Decode(bytes.NewReader(encode(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	want := color.NRGBA{127, 255, 0, 100}
	if got := got.(*image.Paletted).Palette[0]; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestEncodeRefuses(t *testing.T) {
	square := image.Rect(0, 0, 4, 4)
	badIndex := testPaletted(square, 3)
	badIndex.Pix[15] = 3
	short := testPaletted(square, 3)
	short.Pix = short.Pix[:15]
	narrow := testPaletted(square, 3)
	narrow.Stride = 3
	tests := []struct {
		name string
		m    *image.Paletted
		want error
	}{
		{"no width", image.NewPaletted(image.Rect(0, 0, 0, 4), testPalette(2)), ErrNoPixels},
		{"no height", image.NewPaletted(image.Rect(0, 0, 4, 0), testPalette(2)), ErrNoPixels},
		{"no colors", image.NewPaletted(square, nil), ErrPalette},
		{"257 colors", image.NewPaletted(square, testPalette(257)), ErrPalette},
		{"index out of palette", badIndex, ErrPalette},
		{"too few indices", short, ErrNoPixels},
		{"stride below width", narrow, ErrNoPixels},
		{"too wide", &image.Paletted{Rect: image.Rect(0, 0, math.MaxInt, 1), Palette: testPalette(2)}, ErrTooManyPixels},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b bytes.Buffer
			err := EncodePNG(context.Background(), &b, test.m)
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if b.Len() > 0 && test.m != badIndex {
				t.Errorf("%d bytes were written, want none", b.Len())
			}
		})
	}
}

func TestEncodeIsTheSameOnAnyNumberOfProcessors(t *testing.T) {
	m := testPaletted(image.Rect(0, 0, 1500, 1500), 200)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := encode(t, m)
	for _, n := range []int{2, 3, 7, 64} {
		if raceEnabled && n != 3 {
			continue
		}
		runtime.GOMAXPROCS(n)
		if !bytes.Equal(encode(t, m), want) {
			t.Errorf("other bytes with %d processors than with 1", n)
		}
	}
}

var errFull = errors.New("full")

// A limitedWriter fails once, after left bytes, as a disk does from which a
// file is then deleted.
type limitedWriter struct{ left int }

func (w *limitedWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		n := w.left
		w.left = math.MaxInt
		return n, errFull
	}
	w.left -= len(p)
	return len(p), nil
}

// checkGoroutines fails if more goroutines run at the end than now. One that
// is done counts until it is gone, which takes a moment.
func checkGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		after := runtime.NumGoroutine()
		for try := 0; after > before && try < 100; try++ {
			time.Sleep(time.Millisecond)
			after = runtime.NumGoroutine()
		}
		if after > before {
			t.Errorf("%d goroutines run, %d did before", after, before)
		}
	})
}

func TestEncodeWriterFails(t *testing.T) {
	m := testPaletted(image.Rect(0, 0, 1500, 1500), 200)
	size := len(encode(t, m))
	for _, n := range []int{0, 7, 8, 20, 33, 100, 1000, size / 2, size - 12, size - 1} {
		if raceEnabled && n != 1000 && n != size/2 {
			continue
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			checkGoroutines(t)
			err := EncodePNG(context.Background(), &limitedWriter{n}, m)
			if !errors.Is(err, errFull) {
				t.Errorf("got %v, want %v", err, errFull)
			}
		})
	}
}

func TestEncodeCancelled(t *testing.T) {
	checkGoroutines(t)
	ctx, cancel := context.WithCancel(context.Background())
	m := testPaletted(image.Rect(0, 0, 3000, 3000), 200)
	written := 0
	err := EncodePNG(ctx, writerFunc(func(p []byte) (int, error) {
		if written += len(p); written > 100_000 {
			cancel()
		}
		return len(p), nil
	}), m)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	clear(m.Pix) // the race detector sees a worker that still reads it
}

func TestEncodeCancelledBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var b bytes.Buffer
	err := EncodePNG(ctx, &b, testPaletted(image.Rect(0, 0, 1, 1), 2))
	if !errors.Is(err, context.Canceled) || b.Len() != 0 {
		t.Errorf("got %v and %d bytes, want %v and none", err, b.Len(), context.Canceled)
	}
}

func TestDeflateStopsAtError(t *testing.T) {
	calls := 0
	m := bandOf(testPaletted(image.Rect(0, 0, 1500, 1500), 200))
	err := deflate(context.Background(), m, newScanlines(m.Size, m.Palette), EncodeOptions{}, func([]byte) error {
		calls++
		return errFull
	})
	if !errors.Is(err, errFull) || calls != 1 {
		t.Errorf("got %v after %d calls, want %v after 1", err, calls, errFull)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Rows of noise that repeat, and are not filtered, cost little if blocks can refer to the
// one before.
func TestDeflateRefersToBlockBefore(t *testing.T) {
	const width = 30_000
	m := image.NewPaletted(image.Rect(0, 0, width, 60), testPalette(256))
	rng := rand.New(rand.NewPCG(1, 2))
	for x := range width {
		m.Pix[x] = uint8(rng.Uint32())
	}
	for y := 1; y < m.Rect.Dy(); y++ {
		copy(m.Pix[y*width:], m.Pix[:width])
	}
	for _, c := range []Compression{DefaultCompression, FastCompression} {
		n := 0
		err := deflate(context.Background(), bandOf(m), newScanlines(m.Rect.Size(), m.Palette), EncodeOptions{Compression: c}, func(part []byte) error {
			n += len(part)
			return nil
		})
		if err != nil || n > 2*width {
			t.Errorf("compression %d: got %d bytes and %v, want not much more than one row of %d", c, n, err, width)
		}
	}
}

// Blocks with dictionaries take hardly more than one stream.
func TestBlocksTakeNoMoreThanOneStream(t *testing.T) {
	m := picture(1000, 700, 256)
	lines := newScanlines(m.Rect.Size(), m.Palette)
	lines.filter = filterChosen
	ring := newRowRing(lines, m.Rect.Dy())
	for y := range ring.rows {
		if err := ring.put(y, m.Pix[y*m.Stride:][:m.Stride]); err != nil {
			t.Fatal(err)
		}
	}
	raw := make([]byte, lines.length)
	newLineMaker(ring).fill(raw, 0)
	want, err := lines.deflatedLen()(raw)
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	err = deflate(context.Background(), bandOf(m), lines, EncodeOptions{}, func(part []byte) error {
		got += len(part)
		return nil
	})
	if err != nil || int64(got) > want+want/200 {
		t.Errorf("got %d bytes and %v, one stream has %d", got, err, want)
	}
}

func TestAdlerCombine(t *testing.T) {
	text := make([]byte, 300_000)
	for i := range text {
		text[i] = 0xff - uint8(i%7)
	}
	for _, cut := range []int{0, 1, 65520, 65521, 65522, 200_000, len(text)} {
		a, b := adler32.Checksum(text[:cut]), adler32.Checksum(text[cut:])
		got, want := adlerCombine(a, b, len(text)-cut), adler32.Checksum(text)
		if got != want {
			t.Errorf("cut at %d: got %08x, want %08x", cut, got, want)
		}
	}
}

func BenchmarkEncodePNG(b *testing.B) {
	for _, colors := range []int{16, 256} {
		b.Run(fmt.Sprintf("k=%d", colors), func(b *testing.B) {
			m := testPaletted(image.Rect(0, 0, 4000, 3000), colors)
			b.SetBytes(int64(len(m.Pix)))
			for b.Loop() {
				if err := EncodePNG(context.Background(), io.Discard, m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Better compression is not worse, not for the smallest images either.
func TestBestIsSmallest(t *testing.T) {
	for side := 1; side < 40; side += 3 {
		m := image.NewPaletted(image.Rect(0, 0, 40, side), color.Palette{color.Transparent, color.White, color.Black})
		for i := range m.Pix {
			m.Pix[i] = uint8(i * i % side % 3 * (side % 2))
		}
		sizes := map[Compression]int{}
		for _, c := range []Compression{FastCompression, DefaultCompression, BestCompression} {
			sizes[c] = len(mustEncode(func(w io.Writer) error {
				return Encode(t.Context(), w, m, EncodeOptions{Compression: c})
			}))
		}
		if sizes[BestCompression] > min(sizes[DefaultCompression], sizes[FastCompression]) {
			t.Errorf("40 x %d: got %v", side, sizes)
		}
	}
}
