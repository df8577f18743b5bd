package quantize

import (
	"context"
	"fmt"
	"image"

	"kompress/kmeans"
)

// OpenBands implements Engine.
func (e *CPU) OpenBands(size image.Point, _ bool) (BandPixels, error) {
	if err := CheckSize(size); err != nil {
		return nil, err
	}
	return &cpuBands{engine: e, size: size}, nil
}

// CheckSize returns an error if a side is negative.
func CheckSize(size image.Point) error {
	if size.X < 0 || size.Y < 0 {
		return fmt.Errorf("quantize: got an image of %d × %d pixels", size.X, size.Y)
	}
	return nil
}

// CheckBand returns an error unless the band may be one of an image of that size.
func CheckBand(band image.Image, size image.Point) error {
	if band == nil {
		return errNoImage
	}
	b := band.Bounds()
	if size.X == 0 || size.Y == 0 || b.Dy() == 0 {
		if b.Empty() {
			return nil
		}
	} else if b.Min.X == 0 && b.Max.X == size.X && b.Min.Y >= 0 && b.Max.Y <= size.Y {
		return nil
	}
	return fmt.Errorf("quantize: got a band of %v, want rows of %d × %d pixels", b, size.X, size.Y)
}

// cpuBands are BandPixels, of which only the counters and the tables are held.
type cpuBands struct {
	engine   *CPU // nil once closed
	size     image.Point
	counting *counting // nil before the first band
}

// countersFor returns how many sets of counters to count with, each by a thread of its
// own, when that is the first band. One keeps up with decoders, which have the other
// processors; if all has been decoded, there is no reason to spare any.
func (p *cpuBands) countersFor(band image.Image) int {
	if band.Bounds().Dy() < p.size.Y {
		return 1
	}
	return countersFor(pixelsOf(p.size), p.engine.workers())
}

// check returns an error unless the band can be used.
func (p *cpuBands) check(band image.Image) error {
	if p.engine == nil {
		return kmeans.ErrClosed
	}
	return CheckBand(band, p.size)
}

func (p *cpuBands) Count(ctx context.Context, band image.Image) error {
	if err := p.check(band); err != nil {
		return err
	}
	if p.counting == nil {
		p.counting = newCounting(pixelsOf(p.size), p.countersFor(band))
	}
	err := p.counting.add(ctx, band)
	if err != nil {
		p.counting = nil
	}
	return err
}

func (p *cpuBands) Counts(ctx context.Context) (*Counts, error) {
	if p.engine == nil {
		return nil, kmeans.ErrClosed
	}
	if p.counting == nil {
		return new(Counts), ctx.Err()
	}
	c := p.counting
	p.counting = nil
	return c.counts(ctx, p.engine.workers())
}

func (p *cpuBands) Map(ctx context.Context, index []uint8, band image.Image, t *Table) error {
	if err := p.check(band); err != nil {
		return err
	}
	if err := CheckIndex(index, band); err != nil {
		return err
	}
	t.readyFor(pixelsOf(p.size))
	return mapPixels(ctx, index, band, t, p.engine.workers())
}

func (p *cpuBands) Dither(ctx context.Context, index []uint8, band image.Image, t *DitherTable) error {
	if err := p.check(band); err != nil {
		return err
	}
	if err := CheckIndex(index, band); err != nil {
		return err
	}
	t.readyFor(pixelsOf(p.size))
	return mixPixels(ctx, index, band, image.Point{}, t, p.engine.workers())
}

func (p *cpuBands) Whole(m image.Image) (Pixels, error) {
	if p.engine == nil {
		return nil, kmeans.ErrClosed
	}
	return p.engine.Open(m)
}

func (p *cpuBands) Close() error {
	p.engine, p.counting = nil, nil
	return nil
}
