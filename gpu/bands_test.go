//go:build linux && cgo

package gpu

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"kompress/quantize"
)

// inBands calls f with the rows of an image, so many at a time.
func inBands(m *image.NRGBA, rows int, f func(band image.Image) error) error {
	for y := 0; y < m.Rect.Dy(); y += rows {
		if err := f(m.SubImage(image.Rect(0, y, m.Rect.Dx(), min(y+rows, m.Rect.Dy())))); err != nil {
			return err
		}
	}
	return nil
}

func countBands(ctx context.Context, p quantize.BandPixels, m *image.NRGBA, rows int) (*quantize.Counts, error) {
	if err := inBands(m, rows, func(band image.Image) error { return p.Count(ctx, band) }); err != nil {
		return nil, err
	}
	return p.Counts(ctx)
}

// listed are counts as lists.
func listed(c *quantize.Counts) (f found) {
	for k, n := range c.All() {
		f.keys, f.counts = append(f.keys, k), append(f.counts, n)
	}
	return f
}

// checkBandCounts compares with the CPU's counts.
func checkBandCounts(t *testing.T, e *Engine, m *image.NRGBA, rows int) *bandPixels {
	t.Helper()
	p, err := e.OpenBands(m.Rect.Size(), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	c, err := countBands(t.Context(), p, m, rows)
	if err != nil {
		t.Fatal(err)
	}
	keys, counts, _ := pass(t, new(quantize.CPU), m)
	if got := listed(c); !slices.Equal(got.keys, keys) || !slices.Equal(got.counts, counts) || c.Pixels() != uint64(m.Rect.Dx()*m.Rect.Dy()) {
		t.Errorf("got %d colours of %d pixels, want %d, or other ones", len(got.keys), c.Pixels(), len(keys))
	}
	return p.(*bandPixels)
}

// Of more translucent colours than the hash has room for, counts are read back now and
// then.
func TestBandsOfManyTranslucentColors(t *testing.T) {
	skipWithRaceDetector(t)
	e := openForTest(t, Options{Debug: true, limits: Limits{BlockBytes: 1 << 16}})
	m := translucent(300, 310)
	if p := checkBandCounts(t, e, m, 7); p.onCPU != nil || p.count.pass.slots >= 300*310 {
		t.Errorf("got a hash of %d slots, want less than %d", p.count.pass.slots, 300*310)
	}
}

// Counters that do not fit one buffer are in several; of many, the CPU's take over.
func TestBandsOfManyCounters(t *testing.T) {
	skipWithRaceDetector(t)
	m := translucent(1200, 1000)
	for i := 3; i < len(m.Pix); i += 4 {
		if i%400 != 3 {
			m.Pix[i] = 255
		}
	}
	for shift, buffers := range map[int]int{24: 4, 22: 0} {
		p := checkBandCounts(t, openForTest(t, Options{Debug: true, limits: Limits{BlockBytes: 1 << shift}}), m, 210)
		if got := p.count; (got == nil) != (p.onCPU != nil) || got == nil && buffers > 0 || got != nil && len(got.counters) != buffers {
			t.Errorf("2^%d bytes: got count %v, want %d buffers", shift, got, buffers)
		}
	}
}

// Counts are read back before they could be above 2³²-1, and go on from there.
func TestBandCountsOfMorePixelsThan32Bits(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		m.SetNRGBA(i%64, i/64, color.NRGBA{uint8(i % 3), 0, 0, uint8(255 - i%2)})
	}
	e := openForTest(t, Options{Debug: true})
	for _, pixels := range []int{64 * 64, fewPixels + 1} {
		c := newBandCount(e, pixels, false)
		defer func() { _ = e.do(func(t *thread) error { c.free(t); return nil }) }()
		c.unit = 64 * 64
		if err := c.add(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		c.looked += math.MaxUint32 - 64*64 - 1 // as if there had been so many
		c.seen.looked = c.looked
		if err := c.add(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if c.total == nil || c.looked != 64*64 {
			t.Errorf("got %d pixels counted after the last reading back, want %d", c.looked, 64*64)
		}
		if err := c.finish(); err != nil {
			t.Fatal(err)
		}
		keys, counts, _ := pass(t, new(quantize.CPU), m)
		for i := range counts {
			counts[i] *= 2
		}
		if got := listed(c.total); !slices.Equal(got.keys, keys) || !slices.Equal(got.counts, counts) {
			t.Errorf("got %v, want %v of %v", got, counts, keys)
		}
	}
}

// A table is entered once for all bands, and again after others.
func TestBandsEnterTablesOnce(t *testing.T) {
	e := openForTest(t, Options{Timed: true})
	m := translucent(40, 40)
	opened, err := e.OpenBands(image.Pt(40, 40), false)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	c, err := countBands(t.Context(), opened, m, 10)
	if err != nil {
		t.Fatal(err)
	}
	table, err := quantize.NewTable(c, make([]uint8, c.Distinct()))
	if err != nil {
		t.Fatal(err)
	}
	mixes, err := quantize.NewDitherTable(c, make([]quantize.Mix, c.Distinct()), new(quantize.Mask))
	if err != nil {
		t.Fatal(err)
	}
	entered := 0
	e.thread.fail = func(call string) error {
		if call == "glClearBufferSubData" { // twice for a hash and once for its status
			entered++
		}
		return nil
	}
	each := func(f func(band image.Image, index []uint8) error) {
		t.Helper()
		err := inBands(m, 10, func(band image.Image) error { return f(band, make([]uint8, 400)) })
		if err != nil {
			t.Fatal(err)
		}
	}
	each(func(band image.Image, index []uint8) error { return opened.Map(t.Context(), index, band, table) })
	if entered != 3 {
		t.Errorf("map: got %d buffers cleared, want 3", entered)
	}
	each(func(band image.Image, index []uint8) error { return opened.Dither(t.Context(), index, band, mixes) })
	if entered != 6 {
		t.Errorf("dither: got %d buffers cleared, want 6", entered)
	}
	each(func(band image.Image, index []uint8) error {
		return errors.Join(opened.Map(t.Context(), index, band, table), opened.Dither(t.Context(), index, band, mixes))
	})
	if entered != 6+4*6 {
		t.Errorf("in turns: got %d buffers cleared, want %d", entered, 6+4*6)
	}
}

// The whole image is not sent again.
func TestWholeOfBandsIsThere(t *testing.T) {
	e := openForTest(t, Options{})
	m := translucent(64, 64)
	opened, err := e.OpenBands(image.Pt(64, 64), true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := countBands(t.Context(), opened, m, 9); err != nil {
		t.Fatal(err)
	}
	whole := &countingImage{Image: m}
	p, err := opened.Whole(whole)
	if err != nil {
		t.Fatal(err)
	}
	if err := opened.Close(); err != nil {
		t.Fatal(err)
	}
	c, err := p.Count(t.Context())
	if err != nil || whole.reads != 0 {
		t.Errorf("got error %v and %d pixels read, want none", err, whole.reads)
	}
	keys, counts, _ := pass(t, new(quantize.CPU), m)
	if got := listed(c); !slices.Equal(got.keys, keys) || !slices.Equal(got.counts, counts) {
		t.Error("got other counts")
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// After an error nothing is left of what was counted, and all buffers are free.
func TestBandsAfterAnError(t *testing.T) {
	m := translucent(64, 64)
	e := openForTest(t, Options{})
	checkBandCounts(t, e, m, 64)
	for _, call := range []string{"glBufferData", "glCopyBufferSubData", "glDispatchCompute", "glFenceSync", "glClearBufferSubData"} {
		for _, kept := range []bool{false, true} {
			p, err := e.OpenBands(image.Pt(64, 64), kept)
			if err != nil {
				t.Fatal(err)
			}
			failed := false
			e.thread.fail = func(c string) error {
				if c != call || failed {
					return nil
				}
				failed = true
				return errors.New("wrong")
			}
			_, err = countBands(t.Context(), p, m, 10)
			e.thread.fail = nil
			if err == nil || !failed {
				t.Errorf("%s: got no error", call)
			}
			c, err := countBands(t.Context(), p, m, 10)
			if err != nil || c.Pixels() != 64*64 {
				t.Errorf("%s: got %v and error %v", call, c, err)
			}
			before, _ := e.Memory()
			if err := p.Close(); err != nil {
				t.Error(err)
			}
			if after, _ := e.Memory(); kept && after >= before {
				t.Errorf("%s: got %d buffers after closing, want less than %d", call, after, before)
			}
		}
	}
}
