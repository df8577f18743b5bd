package enginetest

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"

	"kompress/quantize"
)

// mask has levels that depend on all bits of a place, among them 0 and 255.
var mask = func() *quantize.Mask {
	m := new(quantize.Mask)
	for i := range m {
		m[i] = uint8(uint32(i+1) * 0x9e3779b1 >> 21)
	}
	return m
}()

// mixOf is what the tests' tables have for a colour: two entries, often alike, and a
// share, often 0 or 255.
func mixOf(c color.NRGBA) (first, second, share uint8) {
	v := uint32(c.R)<<24 | uint32(c.G)<<16 | uint32(c.B)<<8 | uint32(c.A)
	v = v*0x85ebca6b ^ v>>15
	first, second, share = uint8(v>>24), uint8(v>>16), uint8(v>>8)
	switch v & 7 {
	case 0:
		second = first
	case 1:
		share = 0
	case 2:
		share = 255
	}
	return first, second, share
}

// mixedAt is the reference: the index of a pixel so far from the image's first one.
func mixedAt(c color.NRGBA, x, y int) uint8 {
	first, second, share := mixOf(c)
	if level := mask[y%quantize.MaskSide*quantize.MaskSide+x%quantize.MaskSide]; level < share {
		return second
	}
	return first
}

// ditherWith dithers an image that is opened for nothing else, with the tests' table.
func ditherWith(ctx context.Context, e quantize.Engine, index []uint8, m image.Image, c *quantize.Counts) error {
	p, err := e.Open(m)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	return errors.Join(ditherOpen(ctx, p, index, c), p.Close())
}

// ditherOpen dithers with the tests' table.
func ditherOpen(ctx context.Context, p quantize.Pixels, index []uint8, c *quantize.Counts) error {
	t, err := ditherTableOf(c)
	if err != nil {
		return err
	}
	return p.Dither(ctx, index, t)
}

func ditherTableOf(c *quantize.Counts) (*quantize.DitherTable, error) {
	mixes := make([]quantize.Mix, 0, c.Distinct())
	for k := range c.All() {
		mixes = append(mixes, quantize.MakeMix(mixOf(k.NRGBA())))
	}
	return quantize.NewDitherTable(c, mixes, mask)
}
