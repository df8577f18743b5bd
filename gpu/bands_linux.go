//go:build cgo

package gpu

import (
	"context"
	"errors"
	"image"

	"kompress/kmeans"
	"kompress/quantize"
)

// bandPixels are those of an image that comes by bands.
type bandPixels struct {
	engine *Engine // nil once closed
	size   image.Point
	kept   bool
	onCPU  quantize.BandPixels // counts for a device that could only do so slowly; may be nil
	count  *bandCount          // nil before the first band
}

// OpenBands implements quantize.Engine.
func (e *Engine) OpenBands(size image.Point, kept bool) (quantize.BandPixels, error) {
	if e.thread == nil {
		return nil, kmeans.ErrClosed
	}
	if err := quantize.CheckSize(size); err != nil {
		return nil, err
	}
	p := &bandPixels{engine: e, size: size, kept: kept}
	if p.pixels() > fewPixels && opaqueKeys/e.sizes.counted > mostCounters || e.sizes.slots < 4*alignedPixels {
		var err error
		if p.onCPU, err = new(quantize.CPU).OpenBands(size, kept); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// mostCounters is up to how many buffers may have the counters of opaque colours, each
// of which takes a look at the pixels. OpenGL 4.3 has to allow for four.
const mostCounters = 8

func (p *bandPixels) pixels() int { return p.size.X * p.size.Y }

// check returns an error unless the band can be used.
func (p *bandPixels) check(band image.Image) error {
	if p.engine == nil || p.engine.thread == nil {
		return kmeans.ErrClosed
	}
	return quantize.CheckBand(band, p.size)
}

// Count implements quantize.BandPixels. It returns when the band was sent: it is counted
// while the next one is made and sent.
func (p *bandPixels) Count(ctx context.Context, band image.Image) error {
	if err := p.check(band); err != nil {
		return err
	}
	if p.onCPU != nil {
		return p.onCPU.Count(ctx, band)
	}
	if p.count == nil {
		p.count = newBandCount(p.engine, p.pixels(), p.kept)
	}
	err := ctx.Err()
	if err == nil && !band.Bounds().Empty() {
		err = p.count.add(ctx, band)
	}
	if err != nil {
		return errors.Join(err, p.dropCount())
	}
	return nil
}

// dropCount lets go of what was counted.
func (p *bandPixels) dropCount() error {
	if p.count == nil || p.engine.thread == nil {
		p.count = nil
		return nil
	}
	c := p.count
	p.count = nil
	return p.engine.do(func(t *thread) error {
		c.free(t)
		return nil
	})
}

// Counts implements quantize.BandPixels.
func (p *bandPixels) Counts(ctx context.Context) (*quantize.Counts, error) {
	if p.engine == nil || p.engine.thread == nil {
		return nil, kmeans.ErrClosed
	}
	if p.onCPU != nil {
		return p.onCPU.Counts(ctx)
	}
	if p.count == nil {
		return new(quantize.Counts), ctx.Err()
	}
	err := ctx.Err()
	if err == nil {
		err = p.count.finish()
	}
	if err != nil {
		return nil, errors.Join(err, p.dropCount())
	}
	c := p.count.total
	p.count.total = nil
	return c, nil
}

// asPixels has a band mapped as an image is, but for what is kept for the next band.
func (p *bandPixels) asPixels(band image.Image) *pixels {
	b := band.Bounds()
	m := &pixels{engine: p.engine, image: band, noRoom: true, imagePixels: p.pixels(), row: b.Min.Y}
	if !b.Empty() {
		m.n = b.Dx() * b.Dy()
		m.reader = quantize.NewPixelReader(band)
	}
	return m
}

// Map implements quantize.BandPixels.
func (p *bandPixels) Map(ctx context.Context, index []uint8, band image.Image, t *quantize.Table) error {
	if err := p.check(band); err != nil {
		return err
	}
	return p.asPixels(band).Map(ctx, index, t)
}

// Dither implements quantize.BandPixels.
func (p *bandPixels) Dither(ctx context.Context, index []uint8, band image.Image, t *quantize.DitherTable) error {
	if err := p.check(band); err != nil {
		return err
	}
	return p.asPixels(band).Dither(ctx, index, t)
}

// Whole implements quantize.BandPixels.
func (p *bandPixels) Whole(m image.Image) (quantize.Pixels, error) {
	if p.engine == nil {
		return nil, kmeans.ErrClosed
	}
	opened, err := p.engine.Open(m)
	if err != nil || p.count == nil {
		return opened, err
	}
	if own := opened.(*pixels); own.n == p.count.sent && m.Bounds().Size() == p.size && own.n > 0 && own.reader.Premultiplied() == p.count.premultiplied {
		own.bands, p.count.kept.bands = p.count.kept.bands, nil
		own.sent = len(own.bands)
	}
	return opened, nil
}

// Close implements quantize.BandPixels.
func (p *bandPixels) Close() error {
	if p.engine == nil {
		return nil
	}
	err := p.dropCount()
	p.engine.entered = entered{} // of tables that nobody asks for again
	p.engine = nil
	if p.onCPU != nil {
		err = errors.Join(err, p.onCPU.Close())
	}
	return err
}
