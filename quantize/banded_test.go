package quantize

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"
	"time"

	"kompress/kmeans"
)

// cutBands is an image cut into bands of these heights, in turns.
type cutBands struct {
	image   image.Image
	heights []int
	reads   int
}

func (b *cutBands) Each(ctx context.Context, do func(image.Image) error) error {
	b.reads++
	r := b.image.Bounds()
	for i, y := 0, r.Min.Y; y < r.Max.Y; i++ {
		next := min(y+b.heights[i%len(b.heights)], r.Max.Y)
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := do(crop(b.image, image.Rect(r.Min.X, y, r.Max.X, next))); err != nil {
			return err
		}
		y = next
	}
	return nil
}

func (b *cutBands) Image() image.Image { return b.image }

// mapped puts together what EachMapped gives.
func mapped(t *testing.T, s *Session, q *Quantized, o DitherOptions, m Bands) *image.Paletted {
	t.Helper()
	whole := image.NewPaletted(image.Rectangle{Max: s.size}, q.Palette)
	row := 0
	err := s.EachMapped(t.Context(), q, o, m, func(band *image.Paletted) error {
		if band.Rect.Min != image.Pt(0, row) || band.Rect.Dx() != s.size.X || band.Rect.Empty() {
			t.Errorf("got a band of %v, want one from row %d on", band.Rect, row)
		}
		if !slices.Equal(band.Palette, q.Palette) {
			t.Errorf("got palette %v, want %v", band.Palette, q.Palette)
		}
		for y := band.Rect.Min.Y; y < band.Rect.Max.Y; y++ {
			copy(whole.Pix[whole.PixOffset(0, y):], band.Pix[band.PixOffset(0, y):][:s.size.X])
		}
		row = band.Rect.Max.Y
		return nil
	})
	if err != nil || row != s.size.Y {
		t.Fatalf("got %d rows and error %v, want %d", row, err, s.size.Y)
	}
	return whole
}

func newBandSessionForTest(t *testing.T, m *cutBands) *Session {
	t.Helper()
	s, err := NewBandSession(t.Context(), nil, m.image.Bounds().Size(), m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Bands are mapped to what the whole image is, whatever their heights and the method.
func TestBandsAreTheWholeImage(t *testing.T) {
	leaveOutWithRace(t)
	images := samples(t)
	images["disc"] = disc(601)
	images["tall"] = crop(load(t, "dandelions.jpg"), image.Rect(0, 0, 33, 1500))
	for name, m := range images {
		for i, heights := range [][]int{{1, 2}, {7, 64, 1, 130}} {
			o := Options{Colors: 24, Space: spaces[i], Effort: kmeans.Fast}
			checkBands(t, fmt.Sprintf("%s, %v, %v", name, heights, o.Space), &cutBands{image: toNRGBA(m), heights: heights}, o)
		}
	}
}

func checkBands(t *testing.T, name string, m *cutBands, o Options) {
	t.Helper()
	whole, err := NewSession(t.Context(), nil, m.image)
	if err != nil {
		t.Fatal(err)
	}
	want, err := whole.Cluster(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	s := newBandSessionForTest(t, m)
	q, err := s.Cluster(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(q.Palette, want.Palette) || q.MSE != want.MSE || !slices.Equal(q.Counts, want.Counts) {
		t.Fatalf("%s: got an MSE of %v, want %v, or other colors", name, q.MSE, want.MSE)
	}
	for _, method := range []Dither{NoDither, FloydSteinberg, BlueNoise, Ordered} {
		d := DitherOptions{Method: method, Strength: 0.9}
		p, err := whole.Dither(t.Context(), want, d)
		if err != nil {
			t.Fatal(err)
		}
		if got := mapped(t, s, q, d, m); !slices.Equal(got.Pix, p.Pix) {
			t.Fatalf("%s, %v: pixel %d is the first that is not that of the whole image", name, method, firstDifference(got.Pix, p.Pix))
		}
		if method == FloydSteinberg {
			continue
		}
		err = m.Each(t.Context(), func(band image.Image) error {
			b := band.Bounds()
			got, err := s.MapBand(t.Context(), q, d, band)
			if err == nil && (got.Rect != b || !slices.Equal(got.Pix, p.Pix[p.PixOffset(0, b.Min.Y):][:b.Dx()*b.Dy()])) {
				err = fmt.Errorf("%s, %v: got another band %v than the whole image has", name, method, b)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func firstDifference(a, b []uint8) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return -1
}

// A panic of a goroutine that diffuses is the caller's, and nothing runs on after it.
func TestDiffusionPanics(t *testing.T) {
	m := &cutBands{image: toNRGBA(crop(load(t, "kodim23.png"), image.Rect(0, 0, 50, 512))), heights: []int{31, 1}}
	whole, err := NewSession(t.Context(), nil, m.image)
	if err != nil {
		t.Fatal(err)
	}
	q, err := whole.Cluster(t.Context(), Options{Colors: 11, Effort: kmeans.Fast})
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range []int{9, 400} {
		running := false
		h := newHandover(q.Palette, func(*image.Paletted) error {
			running = true
			defer func() { running = false }()
			return nil
		})
		d := whole.newDiffusion(q, 1)
		d.table = nil
		checkPanic(t, func() { _ = newDiffusionStream(d, 5*50*rows).each(t.Context(), h, m) })
		if running {
			t.Errorf("%d rows: bands are still handed over", rows)
		}
	}
}

// Several bands of a diffusion at a time, rows that do not all fit the window, and what
// is read slower than it is diffused, or the other way round, change nothing.
func TestDiffusedBandsOfAllSizes(t *testing.T) {
	m := toNRGBA(load(t, "kodim23.png"))
	for _, size := range []image.Point{{1, 1}, {1, 1025}, {700, 1}, {40, 255}, {40, 256}, {40, 257}, {3, 512}, {60, 300}} {
		tall := image.NewNRGBA(image.Rectangle{Max: size})
		for y := range size.Y {
			for x := range size.X {
				tall.SetNRGBA(x, y, m.NRGBAAt((x+y/512*40)%768, y%512))
			}
		}
		checkBands(t, size.String(), &cutBands{image: tall, heights: []int{3, 100}}, Options{Colors: 5, Effort: kmeans.Fast})
	}
}

// Of very wide images the window has so few rows that bands wait for each other.
func TestDiffusionWithASmallWindow(t *testing.T) {
	m := &cutBands{image: toNRGBA(crop(load(t, "kodim23.png"), image.Rect(200, 0, 290, 512))), heights: []int{31, 1}}
	tall := image.NewNRGBA(image.Rect(0, 0, 90, 900))
	for i := range tall.Pix {
		tall.Pix[i] = m.image.(*image.NRGBA).Pix[i%(90*512*4)]
	}
	m.image = tall
	whole, err := NewSession(t.Context(), nil, m.image)
	if err != nil {
		t.Fatal(err)
	}
	q, err := whole.Cluster(t.Context(), Options{Colors: 11, Effort: kmeans.Fast})
	if err != nil {
		t.Fatal(err)
	}
	want, err := whole.Dither(t.Context(), q, DitherOptions{Method: FloydSteinberg})
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range []int{0, 9, 20, 270} {
		var got []uint8
		h := newHandover(q.Palette, func(band *image.Paletted) error {
			got = append(got, band.Pix...)
			return nil
		})
		d := newDiffusionStream(whole.newDiffusion(q, 1), 5*90*rows)
		if err := d.each(t.Context(), h, m); err != nil || !slices.Equal(got, want.Pix) {
			t.Errorf("%d rows: got %d pixels and error %v, want %d, or others", rows, len(got), err, len(want.Pix))
		}
	}
}

// A kept session is one of the whole image.
func TestKeptSession(t *testing.T) {
	m := crop(load(t, "kodim23.png"), image.Rect(0, 0, 200, 150))
	mask := image.NewGray(image.Rect(0, 0, 200, 150))
	for i := range mask.Pix {
		mask.Pix[i] = uint8(i)
	}
	whole, err := NewSession(t.Context(), nil, m)
	if err != nil {
		t.Fatal(err)
	}
	bands := &cutBands{image: m, heights: []int{40}}
	kept, err := NewKeptSession(t.Context(), nil, image.Pt(200, 150), bands)
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	var got [2]*image.Paletted
	var quantized [2]*Quantized
	for i, s := range []*Session{whole, kept} {
		if err := s.Weigh(t.Context(), &Importance{Mask: mask}); err != nil {
			t.Fatal(err)
		}
		if quantized[i], err = s.Cluster(t.Context(), Options{Colors: 9}); err != nil {
			t.Fatal(err)
		}
		if got[i], err = s.Dither(t.Context(), quantized[i], DitherOptions{Method: FloydSteinberg}); err != nil {
			t.Fatal(err)
		}
	}
	if !same(got[0], got[1], quantized[0], quantized[1]) || bands.reads != 1 {
		t.Errorf("got other pixels or colors, or %d reads", bands.reads)
	}
	if again := mapped(t, kept, quantized[1], DitherOptions{Method: FloydSteinberg}, bands); !slices.Equal(again.Pix, got[1].Pix) {
		t.Error("got other pixels by bands")
	}
	if again := mapped(t, kept, quantized[1], DitherOptions{Method: FloydSteinberg}, nil); !slices.Equal(again.Pix, got[1].Pix) {
		t.Error("got other pixels of its own image")
	}
	kept.Close()
	if _, err := kept.MapBand(t.Context(), quantized[1], DitherOptions{}, m); !errors.Is(err, kmeans.ErrClosed) {
		t.Errorf("closed: got error %v, want %v", err, kmeans.ErrClosed)
	}
}

// badClose is an engine whose bands fail to close. It tells which pixels are open.
type badClose struct {
	*CPU
	open int
}

type badCloseBands struct {
	BandPixels
	engine *badClose
}

type openPixels struct {
	Pixels
	engine *badClose
}

var errBadClose = errors.New("bad close")

func (e *badClose) OpenBands(size image.Point, kept bool) (BandPixels, error) {
	p, err := e.CPU.OpenBands(size, kept)
	return &badCloseBands{p, e}, err
}

func (p *badCloseBands) Whole(m image.Image) (Pixels, error) {
	whole, err := p.BandPixels.Whole(m)
	p.engine.open++
	return &openPixels{whole, p.engine}, err
}

func (p *badCloseBands) Close() error { return errors.Join(p.BandPixels.Close(), errBadClose) }

func (p *openPixels) Close() error {
	p.engine.open--
	return p.Pixels.Close()
}

func TestKeptSessionThatFailsHoldsNothing(t *testing.T) {
	m := gradient(64)
	e := &badClose{CPU: new(CPU)}
	_, err := NewKeptSession(t.Context(), e, m.Bounds().Size(), &cutBands{image: m, heights: []int{10}})
	if !errors.Is(err, errBadClose) || e.open != 0 {
		t.Errorf("got error %v and %d open images, want %v and 0", err, e.open, errBadClose)
	}
}

// What needs more than a band says so.
func TestBandSessionHasNoImage(t *testing.T) {
	m := &cutBands{image: gradient(64), heights: []int{10}}
	s := newBandSessionForTest(t, m)
	q, err := s.Cluster(t.Context(), Options{Colors: 7})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Map(t.Context(), q); !errors.Is(err, errOnlyBands) {
		t.Errorf("map: got error %v, want %v", err, errOnlyBands)
	}
	if _, err := s.Dither(t.Context(), q, DitherOptions{Method: BlueNoise}); !errors.Is(err, errOnlyBands) {
		t.Errorf("dither: got error %v, want %v", err, errOnlyBands)
	}
	if err := s.Weigh(t.Context(), &Importance{Mask: m.image}); !errors.Is(err, errMaskWithoutPixels) {
		t.Errorf("mask: got error %v, want %v", err, errMaskWithoutPixels)
	}
	if err := s.Weigh(t.Context(), &Importance{}); err != nil {
		t.Errorf("hues: %v", err)
	}
	if _, err := s.MapBand(t.Context(), q, DitherOptions{Method: FloydSteinberg}, m.image); err == nil {
		t.Error("floyd-steinberg of a band: got no error")
	}
	if _, err := s.MapBand(t.Context(), nil, DitherOptions{}, m.image); !errors.Is(err, errOtherSession) {
		t.Errorf("no palette: got error %v, want %v", err, errOtherSession)
	}
	if err := s.EachMapped(t.Context(), q, DitherOptions{}, nil, nil); !errors.Is(err, errOnlyBands) {
		t.Errorf("no bands: got error %v, want %v", err, errOnlyBands)
	}
	if err := s.EachMapped(t.Context(), q, DitherOptions{Method: 99}, m, nil); err == nil {
		t.Error("method 99: got no error")
	}
	if _, err := s.MapBand(t.Context(), q, DitherOptions{}, gradient(65)); err == nil {
		t.Error("a band of another width: got no error")
	}
}

// wrongBands are not what makes up an image.
type wrongBands []image.Image

func (b wrongBands) Each(_ context.Context, do func(image.Image) error) error {
	for _, band := range b {
		if err := do(band); err != nil {
			return err
		}
	}
	return nil
}

func TestWrongBands(t *testing.T) {
	band := func(x0, y0, x1, y1 int) image.Image { return image.NewNRGBA(image.Rect(x0, y0, x1, y1)) }
	for _, test := range []struct {
		bands wrongBands
		want  string
	}{
		{nil, "got bands of 0 rows, want 9"},
		{wrongBands{band(0, 0, 6, 8)}, "got bands of 8 rows, want 9"},
		{wrongBands{band(0, 0, 6, 4), band(0, 5, 6, 9)}, "begins at row 5, want row 4"},
		{wrongBands{band(0, 0, 6, 4), band(0, 3, 6, 9)}, "begins at row 3, want row 4"},
		{wrongBands{band(0, 0, 5, 9)}, "got a band of (0,0)-(5,9), want rows of 6 × 9 pixels"},
		{wrongBands{band(1, 0, 7, 9)}, "got a band of (1,0)-(7,9)"},
		{wrongBands{band(0, 0, 6, 10)}, "got a band of (0,0)-(6,10)"},
		{wrongBands{nil}, "got no image"},
	} {
		_, err := NewBandSession(t.Context(), nil, image.Pt(6, 9), test.bands)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got error %v, want one with %q", err, test.want)
		}
	}
	if _, err := NewBandSession(t.Context(), nil, image.Pt(-1, 9), wrongBands{}); err == nil {
		t.Error("a negative width: got no error")
	}
	if _, err := NewKeptSession(t.Context(), nil, image.Pt(6, 9), &cutBands{image: band(0, 0, 6, 9), heights: []int{9}}); err != nil {
		t.Error(err)
	}
}

func TestBandsWithoutPixels(t *testing.T) {
	for _, size := range []image.Point{{0, 0}, {0, 5}, {5, 0}} {
		m := &cutBands{image: image.NewNRGBA(image.Rectangle{Max: size}), heights: []int{2}}
		s := newBandSessionForTest(t, m)
		q, err := s.Assign(t.Context(), color.Palette{color.Black}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, method := range []Dither{NoDither, FloydSteinberg} {
			err := s.EachMapped(t.Context(), q, DitherOptions{Method: method}, m, func(*image.Paletted) error { return errors.New("got a band") })
			if err != nil {
				t.Errorf("%v, %v: %v", size, method, err)
			}
		}
	}
}

// Errors of either side end a mapping, and panics are the caller's.
func TestEachMappedEnds(t *testing.T) {
	m := &cutBands{image: toNRGBA(crop(load(t, "kodim05.png"), image.Rect(0, 0, 90, 512))), heights: []int{5}}
	s := newBandSessionForTest(t, m)
	q, err := s.Cluster(t.Context(), Options{Colors: 9, Effort: kmeans.Fast})
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	for _, method := range []Dither{NoDither, FloydSteinberg, Ordered} {
		o := DitherOptions{Method: method}
		for _, at := range []int{0, 1, 3} {
			n := 0
			err := s.EachMapped(t.Context(), q, o, eachCall{m, nil}, func(*image.Paletted) error {
				if n++; n > at {
					return stop
				}
				return nil
			})
			if !errors.Is(err, stop) && n > at {
				t.Errorf("%v: do: got error %v, want %v", method, err, stop)
			}
			n = 0
			err = s.EachMapped(t.Context(), q, o, eachCall{m, func() error {
				if n++; n > at {
					return stop
				}
				return nil
			}}, func(*image.Paletted) error { return nil })
			if !errors.Is(err, stop) {
				t.Errorf("%v: each: got error %v, want %v", method, err, stop)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		err := s.EachMapped(ctx, q, o, eachCall{m, func() error { cancel(); return nil }}, func(*image.Paletted) error { return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v: got error %v, want %v", method, err, context.Canceled)
		}
		checkPanic(t, func() {
			_ = s.EachMapped(t.Context(), q, o, m, func(*image.Paletted) error { panic("do") })
		})
		checkPanic(t, func() {
			_ = s.EachMapped(t.Context(), q, o, eachCall{m, func() error { panic("each") }}, func(*image.Paletted) error { return nil })
		})
	}
}

// When bands panic, what they were handed to does not run on.
func TestHandoverEndsWithItsCaller(t *testing.T) {
	began, done := make(chan bool), false
	h := newHandover(nil, func(*image.Paletted) error {
		close(began)
		time.Sleep(20 * time.Millisecond)
		done = true
		return nil
	})
	checkPanic(t, func() {
		defer h.close()
		band, err := h.take(image.Rect(0, 0, 1, 1))
		if err != nil {
			t.Fatal(err)
		}
		h.give(band)
		<-began
		panic("each")
	})
	if !done {
		t.Error("the band is still being used")
	}
}

// eachCall calls a function before each band.
type eachCall struct {
	Bands
	before func() error
}

func (e eachCall) Each(ctx context.Context, do func(image.Image) error) error {
	return e.Bands.Each(ctx, func(band image.Image) error {
		if e.before != nil {
			if err := e.before(); err != nil {
				return err
			}
		}
		return do(band)
	})
}

func checkPanic(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("got no panic")
		}
	}()
	f()
}

// Colors that were not counted, as in a file that has changed, get some entry.
func TestBandsThatHaveChanged(t *testing.T) {
	first := &cutBands{image: disc(80), heights: []int{9}}
	other := image.NewNRGBA(image.Rect(0, 0, 80, 80))
	for i := range other.Pix {
		other.Pix[i] = uint8(i * 7919 >> 3)
	}
	s := newBandSessionForTest(t, first)
	q, err := s.Cluster(t.Context(), Options{Colors: 6})
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []Dither{NoDither, FloydSteinberg, BlueNoise} {
		p := mapped(t, s, q, DitherOptions{Method: method}, &cutBands{image: other, heights: []int{9}})
		if i := slices.IndexFunc(p.Pix, func(v uint8) bool { return int(v) >= len(q.Palette) }); i >= 0 {
			t.Errorf("%v: got index %d, want less than %d", method, p.Pix[i], len(q.Palette))
		}
	}
}

// lostOnce loses what it has counted.
type lostOnce struct {
	*CPU
	lost bool
}

func (e *lostOnce) OpenBands(size image.Point, kept bool) (BandPixels, error) {
	p, err := e.CPU.OpenBands(size, kept)
	return &lostBands{p, e}, err
}

type lostBands struct {
	BandPixels
	engine *lostOnce
}

func (p *lostBands) Count(ctx context.Context, band image.Image) error {
	if y := band.Bounds().Min.Y; y > 0 && !p.engine.lost {
		p.engine.lost = true
		_, err := p.Counts(ctx)
		return errors.Join(err, fmt.Errorf("row %d: %w", y, ErrAgain))
	}
	return p.BandPixels.Count(ctx, band)
}

func TestCountingBeginsAgain(t *testing.T) {
	m := &cutBands{image: gradient(64), heights: []int{10}}
	e := &lostOnce{CPU: new(CPU)}
	s, err := NewBandSession(t.Context(), e, m.image.Bounds().Size(), m)
	if err != nil || m.reads != 2 || s.Counts().Pixels() != 256*64 {
		t.Fatalf("got error %v, %d reads and %v", err, m.reads, s)
	}
}

// 16-bit counters go back to 0 again and again, in more pixels than any image here has.
func TestCarriesOfManyPixels(t *testing.T) {
	leaveOutWithRace(t)
	row := image.NewNRGBA(image.Rect(0, 0, 1<<20, 1))
	for i := 3; i < len(row.Pix); i += 4 {
		row.Pix[i] = 255
	}
	row.Pix[0] = 1
	c := newCounting(1<<40, 1)
	const times = 1<<7 + 1
	for range times {
		if err := c.add(t.Context(), row); err != nil {
			t.Fatal(err)
		}
	}
	if n := c.counters[0].carry.used; n != 1 {
		t.Errorf("got carries of %d colors, want 1", n)
	}
	c.counters[0].carry.add(0, 1<<16) // as if there had been 2³² more
	got, err := c.counts(t.Context(), 1)
	if err != nil || !slices.Equal(got.counts, []uint32{1<<32 - 1, times}) || got.pixels != times<<20 {
		t.Errorf("got %v of %d pixels and error %v", got.counts, got.pixels, err)
	}
}
