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
