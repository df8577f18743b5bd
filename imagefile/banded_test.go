package imagefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"runtime"
	"slices"
	"testing"
)

// banded returns m by bands of so many rows, in one buffer that is overwritten after
// each. Only the rows that SampleRows lists can be asked for.
func banded(t testing.TB, m *image.Paletted, rows int, o EncodeOptions) *Banded {
	size, samples := m.Rect.Size(), map[int][]uint8{}
	for _, y := range SampleRows(size, o) {
		samples[y] = slices.Clone(m.Pix[y*m.Stride:][:size.X])
	}
	return &Banded{
		Size: size, Palette: m.Palette,
		Sample: func(y int) []uint8 {
			row, ok := samples[y]
			if !ok {
				t.Errorf("row %d of %v was asked for, which SampleRows does not list", y, size)
			}
			return row
		},
		Each: func(_ context.Context, do func(*image.Paletted) error) error {
			stride := size.X + 3
			pix := make([]uint8, rows*stride)
			for top := 0; top < size.Y; top += rows {
				bottom := min(top+rows, size.Y)
				for y := top; y < bottom; y++ {
					copy(pix[(y-top)*stride:][:size.X], m.Pix[y*m.Stride:])
				}
				if err := do(&image.Paletted{Pix: pix, Stride: stride, Rect: image.Rect(0, top, size.X, bottom)}); err != nil {
					return err
				}
				for i := range pix {
					pix[i] = 0xee
				}
			}
			return nil
		},
	}
}

func encodeBands(t testing.TB, m *Banded, o EncodeOptions) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := EncodeBands(context.Background(), &b, m, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Blocks end within rows, have parts of many, or are part of one. The smallest image is
// not planned; the largest are several times as long as the ring.
func TestEncodeBandsIsEncode(t *testing.T) {
	tests := []struct {
		width, height, colors, rows, workers int
	}{
		{1, 1, 2, 1, 2},
		{1, 150_000, 200, 7, 1},
		{1, 400_000, 2, 64, 1},
		{2, 50_000, 256, 1000, 5},
		{7, 120_000, 250, 11, 1},
		{255, 1500, 256, 2, 2},
		{257, 5000, 256, 64, 1},
		{257, 1000, 4, 1000, 5},
		{6000, 300, 256, 1, 2},
		{6000, 150, 17, 7, 5},
		{6000, 900, 16, 64, 1},
		{65_535, 20, 200, 1, 1},
		{65_535, 7, 4, 2, 2},
		{1_000_000, 5, 256, 1, 1},
		{1_000_000, 3, 16, 2, 2},
		{1_000_000, 3, 2, 1, 5},
	}
	for i, test := range tests {
		if raceEnabled && i%5 != 0 {
			continue
		}
		m := noise(test.width, test.height, test.colors)
		for _, c := range []Compression{DefaultCompression, FastCompression} {
			o := EncodeOptions{Compression: c, Workers: 3}
			want := encodeWith(t, m, o)
			o.Workers = test.workers
			if got := encodeBands(t, banded(t, m, test.rows, o), o); !bytes.Equal(got, want) {
				t.Errorf("%+v, compression %d: other bytes, %d, want %d", test, c, len(got), len(want))
			}
		}
	}
}

// noise is on waves that repeat after some rows.
func noise(width, height, colors int) *image.Paletted {
	m := image.NewPaletted(image.Rect(0, 0, width, height), testPalette(colors))
	state := uint32(1)
	for i := range m.Pix {
		state = state*1664525 + 1013904223
		m.Pix[i] = uint8((i/97%1009 + int(state>>30)) % colors)
	}
	return m
}

// The best compression gathers a tiny image, and has longer blocks.
func TestEncodeBandsIsEncodeBest(t *testing.T) {
	plain := image.NewPaletted(image.Rect(0, 0, 900, 586), testPalette(200))
	for i := range plain.Pix {
		plain.Pix[i] = uint8(i / 3000 % 200)
	}
	for i, m := range []*image.Paletted{
		picture(1, 1, 2), picture(90, 90, 200), picture(400, 330, 2), picture(130, 130, 256), plain,
	} {
		if raceEnabled && i != 1 {
			continue
		}
		o := EncodeOptions{Compression: BestCompression, Workers: 1 + i%3}
		want := encodeWith(t, m, o)
		if got := encodeBands(t, banded(t, m, 1+i*i, o), o); !bytes.Equal(got, want) {
			t.Errorf("%v, %d colors: other bytes, %d, want %d", m.Rect, len(m.Palette), len(got), len(want))
		}
	}
}

func TestEncodeBandsRoundTrip(t *testing.T) {
	for _, colors := range []int{2, 4, 16, 256} {
		if raceEnabled && colors != 256 {
			continue
		}
		m := picture(3001, 1000, colors)
		got, err := png.Decode(bytes.NewReader(encodeBands(t, banded(t, m, 37, EncodeOptions{}), EncodeOptions{})))
		if err != nil {
			t.Fatal(err)
		}
		checkSamePixels(t, got, m)
	}
}

// Few rows tell enough of any image.
func TestSampleRows(t *testing.T) {
	const most, many, long = 6_000_000, 600_000, 40 // pixels; rows, however short or long
	for _, size := range []image.Point{
		{1, 1}, {1, math.MaxInt32}, {7, 100_000_000}, {6000, 4000}, {40_000, 40_000}, {65_535, 65_535}, {1_000_000, 1000},
		{math.MaxInt32, 1}, {math.MaxInt32, math.MaxInt32},
	} {
		for _, c := range compressions {
			rows := SampleRows(size, EncodeOptions{Compression: c})
			if len(rows) > many || len(rows)*size.X > max(most, long*size.X) {
				t.Errorf("%v, compression %d: got %d rows", size, c, len(rows))
			}
			for i, y := range rows {
				if y < 0 || y >= size.Y || i > 0 && y <= rows[i-1] {
					t.Fatalf("%v, compression %d: row %d is %d", size, c, i, y)
				}
			}
		}
	}
	if rows := SampleRows(image.Pt(6000, 4000), EncodeOptions{Compression: FastCompression}); rows != nil {
		t.Errorf("the fast compression wants %d rows, not none", len(rows))
	}
}

// made returns an image of such a size that is made when asked for, by bands.
func made(size image.Point, colors, rows int, during func()) *Banded {
	row := func(dst []uint8, y int) []uint8 {
		for x := range dst {
			dst[x] = uint8((x>>6 + y>>4) % colors)
		}
		return dst
	}
	return &Banded{
		Size: size, Palette: testPalette(colors),
		Sample: func(y int) []uint8 { return row(make([]uint8, size.X), y) },
		Each: func(_ context.Context, do func(*image.Paletted) error) error {
			band := &image.Paletted{Pix: make([]uint8, rows*size.X), Stride: size.X}
			for top := 0; top < size.Y; top += rows {
				band.Rect = image.Rect(0, top, size.X, min(top+rows, size.Y))
				for y := range band.Rect.Dy() {
					row(band.Pix[y*size.X:][:size.X], top+y)
				}
				if err := do(band); err != nil {
					return err
				}
				during()
			}
			return nil
		},
	}
}

// The images have some 30 million pixels.
func TestEncodeBandsMemory(t *testing.T) {
	leaveOutWithRace(t)
	const limit = 10 << 20
	for _, size := range []image.Point{{32_768, 1000}, {1_000_000, 32}, {300, 100_000}} {
		for _, c := range []Compression{DefaultCompression, FastCompression} {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			before, most, calls := m.HeapAlloc, uint64(0), 0
			rows := 1 + 400_000/size.X
			during := func() {
				if calls++; calls%10 == 0 {
					runtime.GC() // what is held, whenever the collector would come
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapAlloc-before-uint64(rows*size.X))
				}
			}
			image := made(size, 200, rows, during)
			if err := EncodeBands(context.Background(), io.Discard, image, EncodeOptions{Compression: c, Workers: 2}); err != nil {
				t.Fatal(err)
			}
			t.Logf("%v, compression %d: %.1f MB", size, c, float64(most)/1e6)
			if most > limit {
				t.Errorf("%v, compression %d: %d bytes are held, want at most %d", size, c, most, limit)
			}
		}
	}
}

var errBands = errors.New("no more bands")

func TestEncodeBandsRefuses(t *testing.T) {
	t.Run("tiny", func(t *testing.T) { checkRefusedBands(t, 50, 300, compressions) })
	t.Run("larger", func(t *testing.T) { checkRefusedBands(t, 500, 3000, compressions[:1]) })
}

func checkRefusedBands(t *testing.T, width, height int, compressions []Compression) {
	square := func(top, bottom int) *image.Paletted {
		return image.NewPaletted(image.Rect(0, top, width, bottom), nil)
	}
	badIndex, short := square(0, height), square(0, height)
	badIndex.Pix[width*height-1] = 200
	short.Pix = short.Pix[1:]
	tests := []struct {
		name  string
		bands []*image.Paletted
		want  error
	}{
		{"no bands", nil, ErrNoPixels},
		{"too few", []*image.Paletted{square(0, height-1)}, ErrNoPixels},
		{"too many", []*image.Paletted{square(0, height), square(height, height+1)}, ErrNoPixels},
		{"twice", []*image.Paletted{square(0, 20), square(0, height)}, ErrNoPixels},
		{"gap", []*image.Paletted{square(0, 20), square(21, height)}, ErrNoPixels},
		{"empty", []*image.Paletted{square(0, 0), square(0, height)}, ErrNoPixels},
		{"narrow", []*image.Paletted{image.NewPaletted(image.Rect(0, 0, width-1, height), nil)}, ErrNoPixels},
		{"moved", []*image.Paletted{image.NewPaletted(image.Rect(1, 0, width, height), nil)}, ErrNoPixels},
		{"short", []*image.Paletted{short}, ErrNoPixels},
		{"index out of palette", []*image.Paletted{badIndex}, ErrPalette},
	}
	for _, c := range compressions {
		for _, test := range tests {
			t.Run(fmt.Sprint(test.name, " ", c), func(t *testing.T) {
				checkGoroutines(t)
				m := made(image.Pt(width, height), 200, 1, nil)
				m.Sample = func(int) []uint8 { return make([]uint8, width) }
				m.Each = func(_ context.Context, do func(*image.Paletted) error) error {
					for _, band := range test.bands {
						if err := do(band); err != nil {
							return err
						}
					}
					return nil
				}
				err := EncodeBands(context.Background(), io.Discard, m, EncodeOptions{Compression: c})
				if !errors.Is(err, test.want) {
					t.Errorf("got %v, want %v", err, test.want)
				}
			})
		}
	}
}

func TestEncodeBandsFails(t *testing.T) {
	size := image.Pt(1500, 2000)
	none := func() {}
	length := len(encodeBands(t, made(size, 200, 10, none), EncodeOptions{}))
	withEach := func(each func(context.Context, func(*image.Paletted) error) error) *Banded {
		m := made(size, 200, 10, none)
		m.Each = each
		return m
	}
	ended, end := context.WithCancel(context.Background())
	end()
	tests := []struct {
		name string
		ctx  context.Context
		w    io.Writer
		m    *Banded
		o    EncodeOptions
		want error
	}{
		{name: "the bands' error", m: withEach(func(context.Context, func(*image.Paletted) error) error { return errBands }), want: errBands},
		{name: "the bands hide the writer's", w: &limitedWriter{length / 3}, want: errFull, m: withEach(
			func(ctx context.Context, do func(*image.Paletted) error) error {
				if made(size, 200, 10, none).Each(ctx, do) != nil {
					return errBands
				}
				return nil
			})},
		{name: "full at once", w: &limitedWriter{0}, want: errFull},
		{name: "full in the middle", w: &limitedWriter{length / 2}, want: errFull},
		{name: "full at the end", w: &limitedWriter{length - 1}, want: errFull},
		{name: "done", ctx: ended, want: context.Canceled},
		{name: "sample of another length", m: &Banded{Size: size, Palette: testPalette(200), Sample: func(int) []uint8 { return nil }}, want: ErrNoPixels},
		{name: "no pixels", m: &Banded{Palette: testPalette(200)}, want: ErrNoPixels},
		{name: "no colors", m: &Banded{Size: size}, want: ErrPalette},
		{name: "too wide", m: &Banded{Size: image.Pt(math.MaxInt, 1), Palette: testPalette(2)}, want: ErrTooManyPixels},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkGoroutines(t)
			if test.ctx == nil {
				test.ctx = context.Background()
			}
			if test.w == nil {
				test.w = io.Discard
			}
			if test.m == nil {
				test.m = made(size, 200, 10, none)
			}
			if err := EncodeBands(test.ctx, test.w, test.m, test.o); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	if err := EncodeBands(context.Background(), io.Discard, made(size, 2, 10, none), EncodeOptions{Format: "gif"}); err == nil {
		t.Error("a GIF by bands: got no error")
	}
}

// The context ends while bands come.
func TestEncodeBandsCancelled(t *testing.T) {
	for _, c := range compressions {
		checkGoroutines(t)
		ctx, cancel := context.WithCancel(context.Background())
		calls := 0
		m := made(image.Pt(1000, 1000), 2, 30, func() {
			if calls++; calls == 10 {
				cancel()
			}
		})
		err := EncodeBands(ctx, io.Discard, m, EncodeOptions{Compression: c})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("compression %d: got %v, want %v", c, err, context.Canceled)
		}
	}
}

func TestEncodeBandsPanics(t *testing.T) {
	size, calls := image.Pt(1500, 2000), 0
	for name, call := range map[string]func() error{
		"bands": func() error {
			m := made(size, 200, 10, func() {
				if calls++; calls == 100 {
					panic("bands")
				}
			})
			return EncodeBands(context.Background(), io.Discard, m, EncodeOptions{})
		},
		"writer": func() error {
			calls := 0
			w := writerFunc(func(p []byte) (int, error) {
				if calls++; calls == 20 {
					panic("writer")
				}
				return len(p), nil
			})
			return EncodeBands(context.Background(), w, made(size, 200, 10, func() {}), EncodeOptions{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			checkGoroutines(t)
			if !panics(func() { call() }) {
				t.Error("got no panic")
			}
		})
	}
}

// TestGatherAndSpoolCheckBands wants neither to take bands that are not the image's.
func TestGatherAndSpoolCheckBands(t *testing.T) {
	m := &Banded{Size: image.Pt(4, 3), Palette: color.Palette{color.Black, color.White}}
	for name, c := range map[string]struct {
		rects []image.Rectangle
		want  error
	}{
		"all":       {[]image.Rectangle{image.Rect(0, 0, 4, 1), image.Rect(0, 1, 4, 3)}, nil},
		"too few":   {[]image.Rectangle{image.Rect(0, 0, 4, 1)}, ErrNoPixels},
		"a gap":     {[]image.Rectangle{image.Rect(0, 0, 4, 1), image.Rect(0, 2, 4, 3)}, ErrNoPixels},
		"too broad": {[]image.Rectangle{image.Rect(0, 0, 5, 3)}, ErrNoPixels},
	} {
		m.Each = func(_ context.Context, do func(*image.Paletted) error) error {
			for _, r := range c.rects {
				band := image.NewPaletted(r, m.Palette)
				fill(band.Pix, uint8(r.Max.Y%2))
				if err := do(band); err != nil {
					return err
				}
			}
			return nil
		}
		whole, err := m.Gather(context.Background())
		if !errors.Is(err, c.want) || (err == nil) != (whole != nil) {
			t.Errorf("%s: Gather gives %v, want %v", name, err, c.want)
		}
		s, err := SpoolBands(context.Background(), m)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: SpoolBands gives %v, want %v", name, err, c.want)
		}
		if err != nil || whole == nil {
			continue
		}
		again, err := s.Gather(context.Background())
		if err != nil || !bytes.Equal(again.Pix, whole.Pix) {
			t.Errorf("%s: the spooled image differs, or %v", name, err)
		}
		for range 2 {
			if err := s.Close(); err != nil {
				t.Errorf("Close gives %v", err)
			}
		}
	}
}
