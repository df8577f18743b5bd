package enginetest

import (
	"context"
	"image"

	"kompress/quantize"
)

// Bands that forget what was counted before the last.
type forgetfulBands struct{ brokenBands }

func (p forgetfulBands) Count(ctx context.Context, band image.Image) error {
	if _, err := p.Counts(ctx); err != nil {
		return err
	}
	return p.BandPixels.Count(ctx, band)
}

// Bands that count the one at the bottom twice.
type twiceBands struct{ brokenBands }

func (p twiceBands) Count(ctx context.Context, band image.Image) error {
	if band == nil {
		return p.BandPixels.Count(ctx, band)
	}
	if b := band.Bounds(); b.Min.Y > 0 && b.Max.Y == p.size.Y {
		if err := p.BandPixels.Count(ctx, band); err != nil {
			return err
		}
	}
	return p.BandPixels.Count(ctx, band)
}

// Bands that go on counting from what was counted already.
type stickyBands struct{ brokenBands }

func (p stickyBands) Count(ctx context.Context, band image.Image) error {
	if err := ctx.Err(); err != nil {
		return err // and what was counted stays
	}
	return p.BandPixels.Count(ctx, band)
}

// Bands that are all taken to be at the top.
type topBands struct{ brokenBands }

func (p topBands) Dither(ctx context.Context, index []uint8, band image.Image, t *quantize.DitherTable) error {
	opened, err := new(quantize.CPU).Open(band)
	if err != nil {
		return err
	}
	return opened.Dither(ctx, index, t)
}

// Bands that look up in the table that was there first.
type staleBands struct {
	brokenBands
	first **quantize.Table
}

func (p staleBands) Map(ctx context.Context, index []uint8, band image.Image, t *quantize.Table) error {
	if *p.first == nil || band.Bounds().Dx() == 50 { // one of several images
		*p.first = t
	}
	return p.BandPixels.Map(ctx, index, band, *p.first)
}

// Bands that take any.
type anyBands struct{ brokenBands }

func (p anyBands) Count(ctx context.Context, band image.Image) error {
	if band != nil && quantize.CheckBand(band, p.size) != nil {
		return nil
	}
	return p.BandPixels.Count(ctx, band)
}

// Bands whose whole image is another.
type otherWhole struct{ brokenBands }

func (p otherWhole) Whole(m image.Image) (quantize.Pixels, error) {
	if n, ok := m.(*image.NRGBA); ok && n.Rect.Dy() > 9 {
		shifted := *n
		shifted.Pix = append(n.Pix[n.Stride:len(n.Pix):len(n.Pix)], n.Pix[:n.Stride]...)
		m = &shifted
	}
	return p.BandPixels.Whole(m)
}

func bandFaults() []fault {
	first := new(*quantize.Table)
	wrap := func(f func(brokenBands) quantize.BandPixels) broken { return broken{bands: f} }
	return []fault{
		{"forgets the bands before", wrap(func(b brokenBands) quantize.BandPixels { return forgetfulBands{b} }), "count:", false},
		{"counts the last band twice", wrap(func(b brokenBands) quantize.BandPixels { return twiceBands{b} }), "count:", false},
		{"keeps what was counted before it was cancelled", wrap(func(b brokenBands) quantize.BandPixels { return stickyBands{b} }), "after being cancelled: count:", false},
		{"begins the mask anew in each band", wrap(func(b brokenBands) quantize.BandPixels { return topBands{b} }), "dither:", false},
		{"maps by another image's table", wrap(func(b brokenBands) quantize.BandPixels { return staleBands{b, first} }), "map:", false},
		{"takes bands of other images", wrap(func(b brokenBands) quantize.BandPixels { return anyBands{b} }), "bands: got no error for one of", false},
		{"opens another image as the whole", wrap(func(b brokenBands) quantize.BandPixels { return otherWhole{b} }), "whole:", false},
	}
}
