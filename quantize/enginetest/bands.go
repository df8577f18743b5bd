package enginetest

import (
	"context"
	"errors"
	"fmt"
	"image"

	"kompress/kmeans"
	"kompress/quantize"
)

// bandHeights are how cases are cut into bands, one case after the other: heights that
// are repeated.
var bandHeights = [][]int{{1}, {2}, {7}, {5, 1, 64, 2, 300}}

// A cut is an image in bands.
type cut struct {
	image   image.Image
	heights []int
}

// each calls f with every band. A band lies at the same place in all that is row by row.
func (c cut) each(f func(band image.Image) error) error {
	b := c.image.Bounds()
	if b.Empty() {
		return nil
	}
	for i, y := 0, b.Min.Y; y < b.Max.Y; i++ {
		end := min(y+c.heights[i%len(c.heights)], b.Max.Y)
		if err := f(subImage(c.image, image.Rect(b.Min.X, y, b.Max.X, end))); err != nil {
			return fmt.Errorf("rows from %d on: %w", y, err)
		}
		y = end
	}
	return nil
}

// stretched returns the heights as they are for images of a few rows, else so many times
// as high that there are not many bands: for a GPU each is a wait.
func stretched(heights []int, rows int) []int {
	const bands = 4
	sum := 0
	for _, n := range heights {
		sum += n
	}
	times := max(1, rows*len(heights)/(sum*bands))
	all := make([]int, len(heights))
	for i, n := range heights {
		all[i] = n * times
	}
	return all
}

// part returns what belongs to the band of a slice with a byte a pixel.
func part(all []uint8, band image.Image) []uint8 {
	b := band.Bounds()
	return all[b.Min.Y*b.Dx():][:b.Dx()*b.Dy()]
}

// count counts the bands.
func (c cut) count(ctx context.Context, p quantize.BandPixels) (*quantize.Counts, error) {
	if err := c.each(func(band image.Image) error { return p.Count(ctx, band) }); err != nil {
		return nil, err
	}
	return p.Counts(ctx)
}

// checkBands does with bands what check does with the whole image, whose tables it has.
func checkBands(e quantize.Engine, c testCase, heights []int, t *quantize.Table, d *quantize.DitherTable) error {
	b := c.image.Bounds()
	if b.Min != (image.Point{}) {
		return nil // bands begin at 0, 0
	}
	return cut{c.image, stretched(heights, b.Dy())}.check(e, c, t, d)
}

func (c cut) check(e quantize.Engine, test testCase, t *quantize.Table, d *quantize.DitherTable) error {
	p, err := e.OpenBands(c.image.Bounds().Size(), false)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer p.Close()
	counts, err := c.count(context.Background(), p)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	want := test.expect()
	if err := checkCounts(counts, want); err != nil {
		return fmt.Errorf("count: %w", err)
	}
	if err := c.checkMap(p, t, want.index); err != nil {
		return fmt.Errorf("map: %w", err)
	}
	if err := c.checkDither(p, d, want.mixed); err != nil {
		return fmt.Errorf("dither: %w", err)
	}
	return p.Close()
}

func (c cut) checkMap(p quantize.BandPixels, t *quantize.Table, want []uint8) error {
	index := make([]uint8, len(want))
	for i := range index {
		index[i] = ^want[i] // nothing may be left
	}
	err := c.each(func(band image.Image) error {
		return p.Map(context.Background(), part(index, band), band, t)
	})
	if err != nil {
		return err
	}
	return checkIndex(index, want, c.image.Bounds())
}

func (c cut) checkDither(p quantize.BandPixels, t *quantize.DitherTable, want []uint8) error {
	index := make([]uint8, len(want))
	for i := range index {
		index[i] = ^want[i]
	}
	err := c.each(func(band image.Image) error {
		return p.Dither(context.Background(), part(index, band), band, t)
	})
	if err != nil {
		return err
	}
	return checkIndex(index, want, c.image.Bounds())
}

// checkBandCalls wants errors where they are due, and engines that work on.
func checkBandCalls(e quantize.Engine) error {
	return errors.Join(checkRows(e), checkWrongBands(e), checkCancelledBands(e), checkClosedBands(e), checkSeveralBands(e), checkWhole(e))
}

// checkRows has bands of a row each, more than a mask has.
func checkRows(e quantize.Engine) error {
	c := newCase("rows", kindNamed("NRGBA").make(image.Rect(0, 0, 9, 70)))
	t, d, err := tablesWith(e, c.image)
	if err != nil {
		return err
	}
	if err := (cut{c.image, []int{1}}).check(e, c, t, d); err != nil {
		return fmt.Errorf("bands of a row: %w", err)
	}
	return nil
}

// tablesWith returns tables of an image's colours, counted by the engine.
func tablesWith(e quantize.Engine, m image.Image) (*quantize.Table, *quantize.DitherTable, error) {
	counts, err := countWith(context.Background(), e, m)
	if err != nil {
		return nil, nil, fmt.Errorf("count: %w", err)
	}
	return tablesOf(counts)
}

// checkWrongBands wants bands refused that are none of the image, and sizes that none has.
func checkWrongBands(e quantize.Engine) error {
	ctx := context.Background()
	if _, err := e.OpenBands(image.Pt(3, -1), false); err == nil {
		return errors.New("bands: open: got no error for a height of -1")
	}
	m := kindNamed("NRGBA").make(image.Rect(0, 0, 4, 4))
	t, d, err := tablesWith(e, m)
	if err != nil {
		return err
	}
	p, err := e.OpenBands(image.Pt(4, 4), false)
	if err != nil {
		return fmt.Errorf("bands: open: %w", err)
	}
	defer p.Close()
	for _, r := range []image.Rectangle{image.Rect(1, 0, 4, 4), image.Rect(0, 0, 3, 4), image.Rect(0, 2, 4, 5), image.Rect(0, -1, 4, 2)} {
		band := kindNamed("NRGBA").make(r)
		index := make([]uint8, r.Dx()*r.Dy())
		if p.Count(ctx, band) == nil || p.Map(ctx, index, band, t) == nil || p.Dither(ctx, index, band, d) == nil {
			return fmt.Errorf("bands: got no error for one of %v of an image of 4 × 4 pixels", r)
		}
	}
	for _, n := range []int{0, 7, 9} {
		index, band := make([]uint8, n), subImage(m, image.Rect(0, 1, 4, 3))
		if p.Map(ctx, index, band, t) == nil || p.Dither(ctx, index, band, d) == nil {
			return fmt.Errorf("bands: got no error for %d indices and 8 pixels", n)
		}
	}
	if p.Count(ctx, nil) == nil {
		return errors.New("bands: count: got no error for a nil image")
	}
	return nil
}

// checkCancelledBands wants the context's error, after which all begins anew.
func checkCancelledBands(e quantize.Engine) error {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	c := newCase("after being cancelled", kindNamed("NRGBA").make(image.Rect(0, 0, 90, 70)))
	m := cut{c.image, []int{9}}
	p, err := e.OpenBands(image.Pt(90, 70), false)
	if err != nil {
		return fmt.Errorf("bands: open: %w", err)
	}
	defer p.Close()
	band := subImage(c.image, image.Rect(0, 0, 90, 9))
	if err := p.Count(context.Background(), band); err != nil {
		return fmt.Errorf("bands: count: %w", err)
	}
	if err := p.Count(cancelled, band); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("bands: cancelled: count: got error %v, want %v", err, context.Canceled)
	}
	counts, err := m.count(context.Background(), p)
	if err != nil {
		return fmt.Errorf("bands: after being cancelled: count: %w", err)
	}
	if err := checkCounts(counts, c.expect()); err != nil {
		return fmt.Errorf("bands: after being cancelled: count: %w", err)
	}
	t, d, err := tablesOf(counts)
	if err != nil {
		return err
	}
	index := make([]uint8, 90*9)
	if err := p.Map(cancelled, index, band, t); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("bands: cancelled: map: got error %v, want %v", err, context.Canceled)
	}
	if err := p.Dither(cancelled, index, band, d); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("bands: cancelled: dither: got error %v, want %v", err, context.Canceled)
	}
	return nil
}

func checkClosedBands(e quantize.Engine) error {
	ctx := context.Background()
	m := kindNamed("NRGBA").make(image.Rect(0, 0, 4, 4))
	t, d, err := tablesWith(e, m)
	if err != nil {
		return err
	}
	p, err := e.OpenBands(image.Pt(4, 4), true)
	if err != nil {
		return fmt.Errorf("bands: open: %w", err)
	}
	if err := p.Count(ctx, m); err != nil {
		return fmt.Errorf("bands: count: %w", err)
	}
	for _, call := range []string{"first", "second"} {
		if err := p.Close(); err != nil {
			return fmt.Errorf("bands: the %s close: %w", call, err)
		}
	}
	index := make([]uint8, 16)
	_, countsErr := p.Counts(ctx)
	_, wholeErr := p.Whole(m)
	for call, err := range map[string]error{
		"count": p.Count(ctx, m), "counts": countsErr, "whole": wholeErr,
		"map": p.Map(ctx, index, m, t), "dither": p.Dither(ctx, index, m, d),
	} {
		if !errors.Is(err, kmeans.ErrClosed) {
			return fmt.Errorf("bands: %s after close: got error %v, want %v", call, err, kmeans.ErrClosed)
		}
	}
	return nil
}

// checkSeveralBands counts two images band by band, in turns with a third as a whole, and
// maps them so, each by its own tables.
func checkSeveralBands(e quantize.Engine) error {
	ctx := context.Background()
	whole := kindNamed("NRGBA").make(image.Rect(0, 0, 31, 40))
	sizes := []image.Point{{50, 60}, {33, 60}}
	var images [2]image.Image
	var bands [2]quantize.BandPixels
	for i, size := range sizes {
		images[i] = kindNamed("NRGBA").make(image.Rectangle{Max: size})
		var err error
		if bands[i], err = e.OpenBands(size, false); err != nil {
			return fmt.Errorf("several: bands: open: %w", err)
		}
		defer bands[i].Close()
	}
	other, err := e.Open(whole)
	if err != nil {
		return fmt.Errorf("several: open: %w", err)
	}
	defer other.Close()
	inTurns := func(do func(i int, band image.Image) error) error {
		for y := 0; y < 60; y += 10 {
			for i, m := range images {
				if err := do(i, subImage(m, image.Rect(0, y, sizes[i].X, y+10))); err != nil {
					return fmt.Errorf("several: bands: image %d, row %d: %w", i, y, err)
				}
			}
			if err := checkOpen(ctx, other, whole); err != nil {
				return fmt.Errorf("several: beside bands: %w", err)
			}
		}
		return nil
	}
	if err := inTurns(func(i int, band image.Image) error { return bands[i].Count(ctx, band) }); err != nil {
		return err
	}
	var tables [2]*quantize.Table
	var mixes [2]*quantize.DitherTable
	var want [2]*expected
	for i, p := range bands {
		want[i] = visit(images[i])
		counts, err := p.Counts(ctx)
		if err != nil {
			return fmt.Errorf("several: bands: counts: %w", err)
		}
		if err := checkCounts(counts, want[i]); err != nil {
			return fmt.Errorf("several: bands: count: %w", err)
		}
		if tables[i], mixes[i], err = tablesOf(counts); err != nil {
			return err
		}
	}
	return inTurns(func(i int, band image.Image) error {
		index := part(make([]uint8, len(want[i].index)), band)
		if err := bands[i].Map(ctx, index, band, tables[i]); err != nil {
			return err
		}
		if err := checkIndex(index, part(want[i].index, band), band.Bounds()); err != nil {
			return fmt.Errorf("map: %w", err)
		}
		if err := bands[i].Dither(ctx, index, band, mixes[i]); err != nil {
			return err
		}
		if err := checkIndex(index, part(want[i].mixed, band), band.Bounds()); err != nil {
			return fmt.Errorf("dither: %w", err)
		}
		return nil
	})
}

// checkWhole counts bands and goes on with the image whose parts they are.
func checkWhole(e quantize.Engine) error {
	for _, name := range []string{"NRGBA", "RGBA", "YCbCr 4:2:0"} {
		for _, size := range []image.Point{{0, 3}, {61, 50}} {
			if err := checkWholeOf(e, kindNamed(name).make(image.Rectangle{Max: size})); err != nil {
				return fmt.Errorf("whole: %s, %d × %d: %w", name, size.X, size.Y, err)
			}
		}
	}
	return nil
}

// checkLargeWhole does so with more pixels than are counted in a hash.
func checkLargeWhole(e quantize.Engine) error {
	if err := checkWholeOf(e, kindNamed("NRGBA").make(image.Rect(0, 0, 1100, 1000))); err != nil {
		return fmt.Errorf("whole: large: %w", err)
	}
	return nil
}

func checkWholeOf(e quantize.Engine, m image.Image) error {
	ctx := context.Background()
	bands, err := e.OpenBands(m.Bounds().Size(), true)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer bands.Close()
	if _, err := bands.Whole(nil); err == nil {
		return errors.New("got no error for a nil image")
	}
	counts, err := cut{m, []int{3, 170, 16}}.count(ctx, bands)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	p, err := bands.Whole(m)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := bands.Close(); err != nil { // what was handed on stays
		return err
	}
	want := visit(m)
	index := make([]uint8, len(want.index))
	for range 2 {
		if err := mapOpen(ctx, p, index, counts); err != nil {
			return fmt.Errorf("map: %w", err)
		}
		if err := checkIndex(index, want.index, m.Bounds()); err != nil {
			return fmt.Errorf("map: %w", err)
		}
		if err := ditherOpen(ctx, p, index, counts); err != nil {
			return fmt.Errorf("dither: %w", err)
		}
		if err := checkIndex(index, want.mixed, m.Bounds()); err != nil {
			return fmt.Errorf("dither: %w", err)
		}
		if counts, err = p.Count(ctx); err != nil {
			return fmt.Errorf("count as a whole: %w", err)
		}
		if err := checkCounts(counts, want); err != nil {
			return fmt.Errorf("count as a whole: %w", err)
		}
	}
	return nil
}

// checkEveryColorByBands counts all 2²⁴ opaque colours.
func checkEveryColorByBands(e quantize.Engine) error {
	ctx := context.Background()
	p, err := e.OpenBands(image.Pt(everySide, everySide), false)
	if err != nil {
		return fmt.Errorf("every colour by bands: open: %w", err)
	}
	defer p.Close()
	counts, err := cut{everyColor(), []int{1000, 1, 500}}.count(ctx, p)
	if err != nil {
		return fmt.Errorf("every colour by bands: count: %w", err)
	}
	if counts.Distinct() != 1<<24 || counts.Pixels() != 1<<24 {
		return fmt.Errorf("every colour by bands: got %d distinct colours of %d pixels, want 2²⁴ of both", counts.Distinct(), counts.Pixels())
	}
	for k, n := range counts.All() {
		if n != 1 {
			return fmt.Errorf("every colour by bands: got %d pixels of %v, want 1", n, k.NRGBA())
		}
	}
	return nil
}
