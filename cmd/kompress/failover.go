package main

import (
	"context"
	"errors"
	"image"

	"kompress/gpu"
	"kompress/kmeans"
	"kompress/quantize"
)

// A failover is a GPU's engine that becomes the CPU's when the GPU is lost or out
// of memory. The call that failed is made again: after an error engines have changed
// nothing but what they would have overwritten, and all give the same results.
type failover struct {
	gpu     quantize.Engine
	cpu     *quantize.CPU // nil while all is well
	failed  func(error)   // told once
	points  []kmeans.Point
	weights []uint32
	loads   int
}

// engine returns what does the work now.
func (f *failover) engine() quantize.Engine {
	if f.cpu != nil {
		return f.cpu
	}
	return f.gpu
}

// try makes a call, and makes it again on the CPU if need be.
func (f *failover) try(call func(quantize.Engine) error) error {
	err := call(f.engine())
	if f.cpu != nil || !errors.Is(err, gpu.ErrLost) && !errors.Is(err, gpu.ErrOutOfMemory) {
		return err
	}
	f.failed(err)
	f.gpu.Close()
	f.cpu = new(quantize.CPU)
	if err := f.cpu.Load(f.points, f.weights); err != nil {
		return err
	}
	return call(f.cpu)
}

func (f *failover) Load(points []kmeans.Point, weights []uint32) error {
	f.loads++
	f.points, f.weights = points, weights
	return f.try(func(e quantize.Engine) error { return e.Load(points, weights) })
}

func (f *failover) Loads() int { return f.loads }

func (f *failover) MiniBatch(m *kmeans.Model, steps int) error {
	return f.try(func(e quantize.Engine) error { return e.MiniBatch(m, steps) })
}

func (f *failover) Lloyd(sums []kmeans.Sum, centroids []kmeans.Point, passes int) error {
	return f.try(func(e quantize.Engine) error { return e.Lloyd(sums, centroids, passes) })
}

func (f *failover) Assign(index []uint8, centroids []kmeans.Point) error {
	return f.try(func(e quantize.Engine) error { return e.Assign(index, centroids) })
}

func (f *failover) Close() error {
	f.points, f.weights = nil, nil
	if f.cpu == nil {
		return f.gpu.Close()
	}
	return f.cpu.Close()
}

func (f *failover) Open(m image.Image) (quantize.Pixels, error) {
	p := &failoverPixels{failover: f, image: m}
	err := f.try(func(e quantize.Engine) (err error) {
		p.opened = e
		p.Pixels, err = e.Open(m)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// failoverPixels are opened again on the CPU.
type failoverPixels struct {
	quantize.Pixels
	failover *failover
	image    image.Image
	opened   quantize.Engine // on which the pixels are
}

func (p *failoverPixels) try(call func(quantize.Pixels) error) error {
	if p.image == nil {
		return kmeans.ErrClosed
	}
	return p.failover.try(func(e quantize.Engine) error {
		if p.opened != e {
			pixels, err := e.Open(p.image)
			if err != nil {
				return err
			}
			p.Pixels, p.opened = pixels, e
		}
		return call(p.Pixels)
	})
}

func (p *failoverPixels) Count(ctx context.Context) (c *quantize.Counts, err error) {
	err = p.try(func(pixels quantize.Pixels) error {
		c, err = pixels.Count(ctx)
		return err
	})
	return c, err
}

// Close is the last call: the image is not opened again.
func (p *failoverPixels) Close() error {
	if p.image == nil {
		return nil
	}
	p.image = nil
	return p.Pixels.Close()
}

func (p *failoverPixels) Map(ctx context.Context, index []uint8, t *quantize.Table) error {
	return p.try(func(pixels quantize.Pixels) error { return pixels.Map(ctx, index, t) })
}

func (p *failoverPixels) Dither(ctx context.Context, index []uint8, t *quantize.DitherTable) error {
	return p.try(func(pixels quantize.Pixels) error { return pixels.Dither(ctx, index, t) })
}

func (f *failover) OpenBands(size image.Point, kept bool) (quantize.BandPixels, error) {
	p := &failoverBands{failover: f, size: size, kept: kept}
	err := f.try(func(e quantize.Engine) (err error) {
		p.opened = e
		p.BandPixels, err = e.OpenBands(size, kept)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// failoverBands are opened again on the CPU. What was counted is lost with the GPU.
type failoverBands struct {
	quantize.BandPixels
	failover *failover
	size     image.Point
	kept     bool
	counted  bool            // some bands are
	opened   quantize.Engine // on which the bands are
	closed   bool
}

func (p *failoverBands) try(call func(quantize.BandPixels) error) error {
	if p.closed {
		return kmeans.ErrClosed
	}
	return p.failover.try(func(e quantize.Engine) error {
		if p.opened != e {
			bands, err := e.OpenBands(p.size, p.kept)
			if err != nil {
				return err
			}
			p.BandPixels, p.opened = bands, e
			if p.counted {
				p.counted = false
				return quantize.ErrAgain
			}
		}
		return call(p.BandPixels)
	})
}

func (p *failoverBands) Count(ctx context.Context, band image.Image) error {
	err := p.try(func(bands quantize.BandPixels) error { return bands.Count(ctx, band) })
	p.counted = err == nil
	return err
}

func (p *failoverBands) Counts(ctx context.Context) (c *quantize.Counts, err error) {
	err = p.try(func(bands quantize.BandPixels) error {
		c, err = bands.Counts(ctx)
		return err
	})
	p.counted = p.counted && err != nil
	return c, err
}

func (p *failoverBands) Map(ctx context.Context, index []uint8, band image.Image, t *quantize.Table) error {
	return p.try(func(bands quantize.BandPixels) error { return bands.Map(ctx, index, band, t) })
}

func (p *failoverBands) Dither(ctx context.Context, index []uint8, band image.Image, t *quantize.DitherTable) error {
	return p.try(func(bands quantize.BandPixels) error { return bands.Dither(ctx, index, band, t) })
}

// Whole opens the image on the engine that is there now.
func (p *failoverBands) Whole(m image.Image) (quantize.Pixels, error) {
	pixels := &failoverPixels{failover: p.failover, image: m}
	err := p.try(func(bands quantize.BandPixels) (err error) {
		pixels.Pixels, err = bands.Whole(m)
		pixels.opened = p.opened
		return err
	})
	if err != nil {
		return nil, err
	}
	return pixels, nil
}

// Close is the last call: nothing is opened again.
func (p *failoverBands) Close() error {
	if p.closed {
		return nil
	}
	p.closed = true
	return p.BandPixels.Close()
}
