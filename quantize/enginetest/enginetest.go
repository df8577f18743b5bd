// Package enginetest checks the two passes over pixels of a quantize.Engine.
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

	"kompress/quantize"
)

// Check returns what is wrong with the engine's Count and Map, nil if nothing
// is. It does not close the engine. The cases are made once, at the first call.
func Check(e quantize.Engine) error {
	if err := errors.Join(checkIndexLength(e), checkCancelled(e)); err != nil {
		return err
	}
	for _, c := range cases() {
		if err := check(e, c); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return errors.Join(checkParts(e), checkEveryColor(e))
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
}

func newCase(name string, m image.Image) testCase {
	return testCase{name, m, sync.OnceValue(func() *expected { return visit(m) })}
}

// visit is the reference for both passes.
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

// mapWith maps with the tests' table.
func mapWith(ctx context.Context, e quantize.Engine, index []uint8, m image.Image, c *quantize.Counts) error {
	t, err := tableOf(c)
	if err != nil {
		return err
	}
	return e.Map(ctx, index, m, t)
}

func tableOf(c *quantize.Counts) (*quantize.Table, error) {
	index := make([]uint8, 0, c.Distinct())
	for k := range c.All() {
		index = append(index, entryOf(k.NRGBA()))
	}
	return quantize.NewTable(c, index)
}

func check(e quantize.Engine, c testCase) error {
	ctx := context.Background()
	got, err := e.Count(ctx, c.image)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	want := c.expect()
	if err := checkCounts(got, want); err != nil {
		return fmt.Errorf("count: %w", err)
	}
	index := make([]uint8, len(want.index))
	for i := range index {
		index[i] = ^want.index[i] // nothing may be left
	}
	if err := mapWith(ctx, e, index, c.image, got); err != nil {
		return fmt.Errorf("map: %w", err)
	}
	if err := checkIndex(index, want.index, c.image.Bounds()); err != nil {
		return fmt.Errorf("map: %w", err)
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
		counts, err := e.Count(ctx, whole)
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
		}
	}
	return nil
}

func checkIndexLength(e quantize.Engine) error {
	ctx := context.Background()
	m := kindNamed("NRGBA").make(image.Rect(0, 0, 4, 4))
	counts, err := e.Count(ctx, m)
	if err != nil {
		return fmt.Errorf("count: %w", err)
	}
	for _, n := range []int{0, 15, 17} {
		if mapWith(ctx, e, make([]uint8, n), m, counts) == nil {
			return fmt.Errorf("map: got no error for %d indices and 16 pixels", n)
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
		counts, err := e.Count(context.Background(), c.image)
		if err != nil {
			return fmt.Errorf("count: %w", err)
		}
		if got, err := e.Count(cancelled, c.image); got != nil || !errors.Is(err, context.Canceled) {
			return fmt.Errorf("cancelled: count: got error %v and counts: %t, want %v and none", err, got != nil, context.Canceled)
		}
		err = mapWith(cancelled, e, make([]uint8, size.X*size.Y), c.image, counts)
		if !errors.Is(err, context.Canceled) {
			return fmt.Errorf("cancelled: map: got error %v, want %v", err, context.Canceled)
		}
		if err := check(e, c); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

// checkEveryColor has an image with all 2²⁴ opaque colours, one pixel each. What
// it expects is known, a map would take too long.
func checkEveryColor(e quantize.Engine) error {
	const name = "every colour"
	ctx := context.Background()
	m := everyColor()
	counts, err := e.Count(ctx, m)
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
