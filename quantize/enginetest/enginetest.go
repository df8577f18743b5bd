// Package enginetest checks the passes over pixels of a quantize.Engine.
//
// The reference is slow and obvious: a Go map, filled pixel by pixel through
// image.Image.At. Results are compared with !=.
package enginetest

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"slices"
	"sync"

	"kompress/kmeans"
	"kompress/quantize"
)

// Check returns what is wrong with the engine's Count, Map and Dither, nil if nothing
// is. It does not close the engine. The cases are made once, at the first call. With
// the race detector they are only those of which an engine may share out the work.
func Check(e quantize.Engine) error {
	if err := errors.Join(checkIndexLength(e), checkCancelled(e), checkClosed(e), checkSeveral(e), checkBandCalls(e)); err != nil {
		return err
	}
	for i, c := range cases() {
		if err := check(e, c, bandHeights[i%len(bandHeights)]); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	if raceEnabled {
		return checkParts(e)
	}
	return errors.Join(checkParts(e), checkLargeWhole(e), checkEveryColor(e), checkEveryColorByBands(e))
}

// A testCase is an image and what the passes have to find.
type testCase struct {
	name   string
	image  image.Image
	expect func() *expected
}

type expected struct {
	counts map[color.NRGBA]uint32
	pixels uint64
	opaque bool
	index  []uint8 // when the table says entryOf
	mixed  []uint8 // when it says mixOf
}

func newCase(name string, m image.Image) testCase {
	return testCase{name, m, sync.OnceValue(func() *expected { return visit(m) })}
}

// visit is the reference for all passes.
func visit(m image.Image) *expected {
	want := &expected{counts: map[color.NRGBA]uint32{}, opaque: true}
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := to8(m.At(x, y))
			want.counts[c]++
			want.pixels++
			want.opaque = want.opaque && c.A == 255
			want.index = append(want.index, entryOf(c))
			want.mixed = append(want.mixed, mixedAt(c, x-b.Min.X, y-b.Min.Y))
		}
	}
	return want
}

// entryOf is the palette entry that the tables of the tests have for a colour:
// any one will do that depends on all bits.
func entryOf(c color.NRGBA) uint8 {
	v := uint32(c.R)<<24 | uint32(c.G)<<16 | uint32(c.B)<<8 | uint32(c.A)
	return uint8(v * 0x9e3779b1 >> 23)
}

// countWith counts the colours of an image that is opened for nothing else.
func countWith(ctx context.Context, e quantize.Engine, m image.Image) (*quantize.Counts, error) {
	p, err := e.Open(m)
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	c, err := p.Count(ctx)
	return c, errors.Join(err, p.Close())
}

// mapWith maps an image that is opened for nothing else, with the tests' table.
func mapWith(ctx context.Context, e quantize.Engine, index []uint8, m image.Image, c *quantize.Counts) error {
	p, err := e.Open(m)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	return errors.Join(mapOpen(ctx, p, index, c), p.Close())
}

// mapOpen maps with the tests' table.
func mapOpen(ctx context.Context, p quantize.Pixels, index []uint8, c *quantize.Counts) error {
	t, err := tableOf(c)
	if err != nil {
		return err
	}
	return p.Map(ctx, index, t)
}

func tableOf(c *quantize.Counts) (*quantize.Table, error) {
	index := make([]uint8, 0, c.Distinct())
	for k := range c.All() {
		index = append(index, entryOf(k.NRGBA()))
	}
	return quantize.NewTable(c, index)
}

// tablesOf returns the tests' tables.
func tablesOf(c *quantize.Counts) (*quantize.Table, *quantize.DitherTable, error) {
	t, err := tableOf(c)
	if err != nil {
		return nil, nil, err
	}
	d, err := ditherTableOf(c)
	return t, d, err
}

// check makes all passes over an image, as a whole and by bands of these heights.
func check(e quantize.Engine, c testCase, heights []int) error {
	ctx := context.Background()
	p, err := e.Open(c.image)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer p.Close()
	got, err := p.Count(ctx)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	want := c.expect()
	if err := checkCounts(got, want); err != nil {
		return fmt.Errorf("count: %w", err)
	}
	t, d, err := tablesOf(got)
	if err != nil {
		return err
	}
	index := make([]uint8, len(want.index))
	for i := range index {
		index[i] = ^want.index[i] // nothing may be left
	}
	if err := p.Map(ctx, index, t); err != nil {
		return fmt.Errorf("map: %w", err)
	}
	if err := checkIndex(index, want.index, c.image.Bounds()); err != nil {
		return fmt.Errorf("map: %w", err)
	}
	for i := range index {
		index[i] = ^want.mixed[i]
	}
	if err := p.Dither(ctx, index, d); err != nil {
		return fmt.Errorf("dither: %w", err)
	}
	if err := checkIndex(index, want.mixed, c.image.Bounds()); err != nil {
		return fmt.Errorf("dither: %w", err)
	}
	if err := p.Close(); err != nil {
		return err
	}
	if err := checkBands(e, c, heights, t, d); err != nil {
		return fmt.Errorf("bands of %v rows: %w", heights, err)
	}
	return nil
}

func checkCounts(got *quantize.Counts, want *expected) error {
	seen := make(map[color.NRGBA]bool, got.Distinct())
	for k, n := range got.All() {
		c := k.NRGBA()
		if n != want.counts[c] {
			return fmt.Errorf("got %d pixels of %v, want %d", n, c, want.counts[c])
		}
		if seen[c] {
			return fmt.Errorf("got %v twice", c)
		}
		seen[c] = true
	}
	for c, n := range want.counts {
		if !seen[c] {
			return fmt.Errorf("got no pixel of %v, want %d", c, n)
		}
	}
	switch {
	case got.Distinct() != len(want.counts):
		return fmt.Errorf("got %d distinct colours, want %d", got.Distinct(), len(want.counts))
	case got.Pixels() != want.pixels:
		return fmt.Errorf("got %d pixels, want %d", got.Pixels(), want.pixels)
	case got.Opaque() != want.opaque:
		return fmt.Errorf("got opaque %t, want %t", got.Opaque(), want.opaque)
	}
	return nil
}

func checkIndex(got, want []uint8, b image.Rectangle) error {
	if slices.Equal(got, want) {
		return nil
	}
	for i := range want {
		if got[i] != want[i] {
			return fmt.Errorf("got index %d for the pixel in column %d of row %d, want %d", got[i], i%b.Dx(), i/b.Dx(), want[i])
		}
	}
	return nil
}

// checkParts maps parts of an image with the table of the whole.
func checkParts(e quantize.Engine) error {
	ctx := context.Background()
	for _, kind := range []string{"NRGBA", "RGBA", "YCbCr 4:2:0", "NRGBA64"} {
		whole := kindNamed(kind).make(image.Rect(-9, 5, 60, 70))
		counts, err := countWith(ctx, e, whole)
		if err != nil {
			return fmt.Errorf("%s: count: %w", kind, err)
		}
		for _, r := range []image.Rectangle{image.Rect(-9, 5, 3, 9), image.Rect(2, 5, 60, 70), image.Rect(59, 69, 60, 70)} {
			part := subImage(whole, r)
			want := visit(part)
			index := make([]uint8, len(want.index))
			if err := mapWith(ctx, e, index, part, counts); err != nil {
				return fmt.Errorf("%s: part %v: map: %w", kind, r, err)
			}
			if err := checkIndex(index, want.index, r); err != nil {
				return fmt.Errorf("%s: part %v: map: %w", kind, r, err)
			}
			if err := ditherWith(ctx, e, index, part, counts); err != nil {
				return fmt.Errorf("%s: part %v: dither: %w", kind, r, err)
			}
			if err := checkIndex(index, want.mixed, r); err != nil {
				return fmt.Errorf("%s: part %v: dither: %w", kind, r, err)
			}
		}
	}
	return nil
}

func checkIndexLength(e quantize.Engine) error {
	ctx := context.Background()
	m := kindNamed("NRGBA").make(image.Rect(0, 0, 4, 4))
	counts, err := countWith(ctx, e, m)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	for _, n := range []int{0, 15, 17} {
		if mapWith(ctx, e, make([]uint8, n), m, counts) == nil {
			return fmt.Errorf("map: got no error for %d indices and 16 pixels", n)
		}
		if ditherWith(ctx, e, make([]uint8, n), m, counts) == nil {
			return fmt.Errorf("dither: got no error for %d indices and 16 pixels", n)
		}
	}
	return nil
}

// checkCancelled wants the context's error, and an engine that works on.
func checkCancelled(e quantize.Engine) error {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, size := range []image.Point{{9, 9}, {700, 600}} {
		c := newCase("after being cancelled", kindNamed("NRGBA").make(image.Rectangle{Max: size}))
		counts, err := countWith(context.Background(), e, c.image)
		if err != nil {
			return fmt.Errorf("count: %w", err)
		}
		if got, err := countWith(cancelled, e, c.image); got != nil || !errors.Is(err, context.Canceled) {
			return fmt.Errorf("cancelled: count: got error %v and counts: %t, want %v and none", err, got != nil, context.Canceled)
		}
		err = mapWith(cancelled, e, make([]uint8, size.X*size.Y), c.image, counts)
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("cancelled: map: got error %v, want %v", err, context.Canceled)
		}
		err = ditherWith(cancelled, e, make([]uint8, size.X*size.Y), c.image, counts)
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("cancelled: dither: got error %v, want %v", err, context.Canceled)
		}
		if err := check(e, c, bandHeights[0]); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

// checkClosed wants ErrClosed of what is closed, and nil images refused.
func checkClosed(e quantize.Engine) error {
	if _, err := e.Open(nil); err == nil {
		return errors.New("open: got no error for a nil image")
	}
	ctx := context.Background()
	m := kindNamed("NRGBA").make(image.Rect(0, 0, 4, 4))
	counts, err := countWith(ctx, e, m)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	p, err := e.Open(m)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	for _, call := range []string{"first", "second"} {
		if err := p.Close(); err != nil {
			return fmt.Errorf("the %s close: %w", call, err)
		}
	}
	if _, err := p.Count(ctx); !errors.Is(err, kmeans.ErrClosed) {
		return fmt.Errorf("count after close: got error %v, want %v", err, kmeans.ErrClosed)
	}
	if err := mapOpen(ctx, p, make([]uint8, 16), counts); !errors.Is(err, kmeans.ErrClosed) {
		return fmt.Errorf("map after close: got error %v, want %v", err, kmeans.ErrClosed)
	}
	if err := ditherOpen(ctx, p, make([]uint8, 16), counts); !errors.Is(err, kmeans.ErrClosed) {
		return fmt.Errorf("dither after close: got error %v, want %v", err, kmeans.ErrClosed)
	}
	return nil
}

// checkSeveral has two images open at a time and points loaded, and uses them in
// turn: none may show in the others.
func checkSeveral(e quantize.Engine) error {
	ctx := context.Background()
	points, weights := []kmeans.Point{{1, 2, 3, 4}, {9, 8, 7, 6}}, []uint32{3, 5}
	if err := e.Load(points, weights); err != nil {
		return fmt.Errorf("several: load: %w", err)
	}
	var images [2]image.Image
	var pixels [2]quantize.Pixels
	for i, size := range []image.Point{{50, 60}, {33, 17}} {
		var err error
		images[i] = kindNamed("NRGBA").make(image.Rectangle{Max: size})
		if pixels[i], err = e.Open(images[i]); err != nil {
			return fmt.Errorf("several: open: %w", err)
		}
		defer pixels[i].Close()
	}
	for round := range 2 {
		for i, p := range pixels {
			if err := checkOpen(ctx, p, images[i]); err != nil {
				return fmt.Errorf("several: image %d, round %d: %w", i, round, err)
			}
		}
		sums := make([]kmeans.Sum, 1)
		if err := e.Lloyd(sums, []kmeans.Point{{}}, 1); err != nil || sums[0].Count != 8 {
			return fmt.Errorf("several: got a sum of %v and error %v, want a count of 8", sums[0], err)
		}
	}
	return nil
}

func checkOpen(ctx context.Context, p quantize.Pixels, m image.Image) error {
	want := visit(m)
	counts, err := p.Count(ctx)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	if err := checkCounts(counts, want); err != nil {
		return fmt.Errorf("count: %w", err)
	}
	index := make([]uint8, len(want.index))
	if err := mapOpen(ctx, p, index, counts); err != nil {
		return fmt.Errorf("map: %w", err)
	}
	return checkIndex(index, want.index, m.Bounds())
}

// checkEveryColor has an image with all 2²⁴ opaque colours, one pixel each. What
// it expects is known, a map would take too long.
func checkEveryColor(e quantize.Engine) error {
	const name = "every colour"
	ctx := context.Background()
	m := everyColor()
	counts, err := countWith(ctx, e, m)
	if err != nil {
		return fmt.Errorf("%s: count: %w", name, err)
	}
	if counts.Distinct() != 1<<24 || counts.Pixels() != 1<<24 || !counts.Opaque() {
		return fmt.Errorf("%s: count: got %d distinct colours of %d pixels, opaque %t, want 2²⁴ of both, opaque",
			name, counts.Distinct(), counts.Pixels(), counts.Opaque())
	}
	seen := make([]bool, 1<<24)
	for k, n := range counts.All() {
		c := k.NRGBA()
		i := uint32(c.R)<<16 | uint32(c.G)<<8 | uint32(c.B)
		if c.A != 255 || n != 1 || seen[i] {
			return fmt.Errorf("%s: count: got %d pixels of %v, seen before: %t, want 1 opaque one", name, n, c, seen[i])
		}
		seen[i] = true
	}
	index := make([]uint8, 1<<24)
	if err := mapWith(ctx, e, index, m, counts); err != nil {
		return fmt.Errorf("%s: map: %w", name, err)
	}
	for i, got := range index {
		if want := entryOf(m.NRGBAAt(i%everySide, i/everySide)); got != want {
			return fmt.Errorf("%s: map: got index %d for pixel %d, want %d", name, got, i, want)
		}
	}
	return nil
}
