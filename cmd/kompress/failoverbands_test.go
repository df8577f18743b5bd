package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"testing"

	"kompress/gpu"
	"kompress/quantize"
)

// rowBands has an image's rows, seven at a time.
type rowBands struct{ *image.NRGBA }

func (b rowBands) Each(_ context.Context, do func(image.Image) error) error {
	for y := 0; y < b.Rect.Dy(); y += 7 {
		if err := do(b.SubImage(image.Rect(0, y, b.Rect.Dx(), min(y+7, b.Rect.Dy())))); err != nil {
			return err
		}
	}
	return nil
}

func (b rowBands) Image() image.Image { return b.NRGBA }

// A bandGPU loses the device at a call that has to do with bands.
type bandGPU struct {
	*quantize.CPU
	left int // calls until then
}

func (g *bandGPU) fail() error {
	if g.left--; g.left == -1 {
		return fmt.Errorf("pretended: %w", gpu.ErrLost)
	}
	return nil
}

func (g *bandGPU) OpenBands(size image.Point, kept bool) (quantize.BandPixels, error) {
	p, err := g.CPU.OpenBands(size, kept)
	return &bandGPUPixels{p, g}, errors.Join(err, g.fail())
}

type bandGPUPixels struct {
	quantize.BandPixels
	gpu *bandGPU
}

func (p *bandGPUPixels) Count(ctx context.Context, band image.Image) error {
	return errors.Join(p.gpu.fail(), p.BandPixels.Count(ctx, band))
}

func (p *bandGPUPixels) Counts(ctx context.Context) (*quantize.Counts, error) {
	if err := p.gpu.fail(); err != nil {
		return nil, err
	}
	return p.BandPixels.Counts(ctx)
}

func (p *bandGPUPixels) Map(ctx context.Context, index []uint8, band image.Image, t *quantize.Table) error {
	return errors.Join(p.gpu.fail(), p.BandPixels.Map(ctx, index, band, t))
}

func (p *bandGPUPixels) Dither(ctx context.Context, index []uint8, band image.Image, t *quantize.DitherTable) error {
	return errors.Join(p.gpu.fail(), p.BandPixels.Dither(ctx, index, band, t))
}

func (p *bandGPUPixels) Whole(m image.Image) (quantize.Pixels, error) {
	if err := p.gpu.fail(); err != nil {
		return nil, err
	}
	return p.BandPixels.Whole(m)
}

// bandsWith maps an image by bands, dithered and not, and as a whole.
func bandsWith(ctx context.Context, e quantize.Engine, m rowBands) (all []uint8, err error) {
	add := func(p *image.Paletted) error {
		all = append(all, p.Pix...)
		return nil
	}
	s, err := quantize.NewBandSession(ctx, e, m.Rect.Size(), m)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	q, err := s.Cluster(ctx, quantize.Options{Colors: 9})
	if err != nil {
		return nil, err
	}
	for _, method := range []quantize.Dither{quantize.NoDither, quantize.Ordered} {
		if err := s.EachMapped(ctx, q, quantize.DitherOptions{Method: method}, m, add); err != nil {
			return nil, err
		}
	}
	kept, err := quantize.NewKeptSession(ctx, e, m.Rect.Size(), m)
	if err != nil {
		return nil, err
	}
	defer kept.Close()
	if q, err = kept.Cluster(ctx, quantize.Options{Colors: 5}); err != nil {
		return nil, err
	}
	p, err := kept.Map(ctx, q)
	if err != nil {
		return nil, err
	}
	return all, add(p)
}

// Whichever call the device is lost at, the outcome is the same.
func TestFailoverByBands(t *testing.T) {
	m := rowBands{image.NewNRGBA(image.Rect(0, 0, 20, 30))}
	for i := range m.Pix {
		m.Pix[i] = uint8(i * 31 >> 1)
	}
	want, err := bandsWith(t.Context(), new(quantize.CPU), m)
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for left := range 40 {
		f := &failover{gpu: &bandGPU{new(quantize.CPU), left}, failed: func(error) { lost++ }}
		got, err := bandsWith(t.Context(), f, m)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("lost at call %d: got %d bytes and error %v, want %d", left, len(got), err, len(want))
		}
		f.Close()
	}
	if lost < 20 || lost == 40 {
		t.Errorf("got the device lost %d times of 40", lost)
	}
}
