package quantize

import (
	"context"
	"image"
)

// Bands is an image that comes by bands of rows, from top to bottom, as often as wanted.
type Bands interface {
	// Each calls do with every band. Its bounds say where it is, beginning at 0, 0 with
	// the first one; it is valid until do returns. An error of do ends it and is
	// returned.
	Each(ctx context.Context, do func(band image.Image) error) error
}

// NewBandSession counts the colours of an image of that size that comes by bands, the
// next of which may be read while one is counted. Only what does not depend on the
// image's size is kept. Of the session's methods Map and Dither answer an error; there
// are MapBand and EachMapped. The engine is as for NewSession.
func NewBandSession(ctx context.Context, e Engine, size image.Point, m Bands) (*Session, error) {
	var parts []*Counts
	if e == nil {
		e = new(CPU)
	}
	err := m.Each(ctx, func(band image.Image) error {
		p, err := e.Open(band)
		if err != nil {
			return err
		}
		defer p.Close()
		c, err := p.Count(ctx)
		parts = append(parts, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	all, err := AddCounts(parts...)
	if err != nil {
		return nil, err
	}
	s, err := NewCountsSession(e, all)
	if err != nil {
		return nil, err
	}
	s.size = size
	return s, nil
}

// MapBand gives a part of the image, some of whose rows it is as its bounds say, in the
// colours of a palette that Cluster or Assign found. All its colours have been counted.
// It is what Dither makes of these rows; a FloydSteinberg is an error, which needs those
// above.
func (s *Session) MapBand(ctx context.Context, q *Quantized, o DitherOptions, band image.Image) (*image.Paletted, error) {
	p, err := s.engine.Open(band)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	m := image.NewPaletted(band.Bounds(), q.Palette)
	return m, p.Map(ctx, m.Pix, q.table)
}

// EachMapped reads the image again and calls do with its bands in the colours of a
// palette that Cluster or Assign found: what Dither would make of the whole image. A
// band that do has got is valid until it returns, while the next one is read.
func (s *Session) EachMapped(ctx context.Context, q *Quantized, o DitherOptions, m Bands, do func(band *image.Paletted) error) error {
	return m.Each(ctx, func(band image.Image) error {
		p, err := s.MapBand(ctx, q, o, band)
		if err != nil {
			return err
		}
		return do(p)
	})
}

// Attach gives a session of bands the whole image, which is then one of NewSession.
func (s *Session) Attach(m image.Image) error {
	p, err := s.engine.Open(m)
	if err != nil {
		return err
	}
	s.pixels, s.image = p, m
	return nil
}
