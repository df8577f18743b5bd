package quantize

import (
	"context"
	"errors"
	"fmt"
	"image"

	"kompress/kmeans"
)

// Bands is an image that comes by bands of rows, from top to bottom, as often as wanted.
type Bands interface {
	// Each calls do with every band. They have whole rows, are of one type, and their
	// bounds say where they are, beginning at 0, 0 with the first one; a band is valid
	// until do returns. An error of do ends it and is returned.
	Each(ctx context.Context, do func(band image.Image) error) error
}

// KeptBands are Bands that are parts of one image.
type KeptBands interface {
	Bands

	// Image returns the image, once Each has been through. Its bounds begin at 0, 0.
	Image() image.Image
}

// NewBandSession counts the colours of an image of that size that comes by bands, the
// next of which may be read while one is counted. Only what does not depend on the
// image's size is kept. Of the session's methods Map, Dither and, with a mask, Weigh
// answer an error; there are MapBand and EachMapped. The engine is as for NewSession.
func NewBandSession(ctx context.Context, e Engine, size image.Point, m Bands) (*Session, error) {
	s, err := newBandSession(ctx, e, size, m, false)
	if err != nil {
		return nil, err
	}
	s.pixels = noPixels{s.counts, errOnlyBands}
	return s, nil
}

var errOnlyBands = errors.New("quantize: the pixels come by bands: MapBand and EachMapped map them")

// NewKeptSession is NewSession for an image whose bands are counted while the next ones
// are still being read. An engine that was sent them is not sent them again.
func NewKeptSession(ctx context.Context, e Engine, size image.Point, m KeptBands) (*Session, error) {
	s, err := newBandSession(ctx, e, size, m, true)
	if err != nil {
		return nil, err
	}
	if s.image = m.Image(); s.image == nil {
		err = errNoImage
	} else if got := s.image.Bounds(); got != (image.Rectangle{Max: size}) {
		err = fmt.Errorf("quantize: got bands of an image of %v, want %d × %d pixels from 0, 0 on", got, size.X, size.Y)
	} else {
		s.pixels, err = s.bands.Whole(s.image)
	}
	opened := err == nil
	err = errors.Join(err, s.bands.Close())
	s.bands = nil
	if err != nil && opened {
		err = errors.Join(err, s.pixels.Close())
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

func newBandSession(ctx context.Context, e Engine, size image.Point, m Bands, kept bool) (*Session, error) {
	if e == nil {
		e = new(CPU)
	}
	bands, err := e.OpenBands(size, kept)
	if err != nil {
		return nil, err
	}
	counts, err := countBands(ctx, bands, size, m)
	if errors.Is(err, ErrAgain) {
		counts, err = countBands(ctx, bands, size, m)
	}
	if err != nil {
		bands.Close()
		return nil, err
	}
	return &Session{engine: e, size: size, bands: bands, counts: counts, weights: weightsOf(counts)}, nil
}

func countBands(ctx context.Context, p BandPixels, size image.Point, m Bands) (*Counts, error) {
	err := inOrder(ctx, size, m, func(band image.Image) error { return p.Count(ctx, band) })
	if err != nil {
		return nil, err
	}
	return p.Counts(ctx)
}

// inOrder is m.Each for bands of which it is sure that they make up the image.
func inOrder(ctx context.Context, size image.Point, m Bands, do func(band image.Image) error) error {
	row := 0
	err := m.Each(ctx, func(band image.Image) error {
		if err := CheckBand(band, size); err != nil {
			return err
		}
		b := band.Bounds()
		if b.Empty() {
			return nil
		}
		if b.Min.Y != row {
			return fmt.Errorf("quantize: got a band that begins at row %d, want row %d", b.Min.Y, row)
		}
		row = b.Max.Y
		return do(band)
	})
	if err == nil && size.X > 0 && row != size.Y {
		err = fmt.Errorf("quantize: got bands of %d rows, want %d", row, size.Y)
	}
	return err
}

// MapBand gives a part of the image, some of whose rows it is as its bounds say, in the
// colours of a palette that Cluster or Assign found. All its colours have been counted.
// It is what Dither makes of these rows; a FloydSteinberg is an error, which needs those
// above.
func (s *Session) MapBand(ctx context.Context, q *Quantized, o DitherOptions, band image.Image) (*image.Paletted, error) {
	o, err := s.checkBands(q, o)
	if err != nil {
		return nil, err
	}
	if o.Method == FloydSteinberg && !q.Lossless {
		return nil, errors.New("quantize: a band cannot be dithered by floyd-steinberg without the rows above it")
	}
	if err := CheckBand(band, s.size); err != nil {
		return nil, err
	}
	m := image.NewPaletted(band.Bounds(), q.Palette)
	return m, s.mapBand(ctx, q, o, m.Pix, band)
}

// checkBands returns the options, checked, if bands may be mapped with them.
func (s *Session) checkBands(q *Quantized, o DitherOptions) (DitherOptions, error) {
	o, err := o.withDefaults()
	if err != nil {
		return o, err
	}
	if q == nil || q.session != s {
		return o, errOtherSession
	}
	return o, s.openBands()
}

// openBands has the engine map bands, if there are pixels at all.
func (s *Session) openBands() (err error) {
	if s.bands != nil {
		return nil
	}
	if _, none := s.pixels.(noPixels); none {
		return errNoPixels
	}
	if s.image == nil {
		return kmeans.ErrClosed
	}
	s.bands, err = s.engine.OpenBands(s.size, false)
	return err
}

// mapBand maps by the tables that are there from the band before.
func (s *Session) mapBand(ctx context.Context, q *Quantized, o DitherOptions, index []uint8, band image.Image) error {
	if o.Method == NoDither || q.Lossless {
		return s.bands.Map(ctx, index, band, q.table)
	}
	if s.mixed.table == nil || s.mixed.of != q || s.mixed.options != o {
		s.mixed = mixed{q, o, q.mixes(o)}
	}
	return s.bands.Dither(ctx, index, band, s.mixed.table)
}

// mixed is the table by which bands were last dithered.
type mixed struct {
	of      *Quantized
	options DitherOptions
	table   *DitherTable // nil if none were
}

// EachMapped reads the image again and calls do with its bands in the colours of a
// palette that Cluster or Assign found: what Dither would make of the whole image. They
// need not be cut as those that are read. Do is called from another goroutine, with
// one band after the other, each valid until it returns, while the next one is read and
// mapped; it must not use the session. Nil bands are those of the image that the session
// was made of, if it was: so that they can be written while others are mapped.
func (s *Session) EachMapped(ctx context.Context, q *Quantized, o DitherOptions, m Bands, do func(band *image.Paletted) error) error {
	o, err := s.checkBands(q, o)
	if err != nil {
		return err
	}
	if m == nil {
		if s.image == nil {
			return errOnlyBands
		}
		m = oneBand{s.image}
	}
	if s.image == nil {
		if err := s.dropPoints(); err != nil {
			return err
		}
	}
	if o.Method == FloydSteinberg && !q.Lossless {
		return s.eachDiffused(ctx, q, o.Strength, m, do)
	}
	defer func() { s.mixed = mixed{} }()
	h := newHandover(q.Palette, do)
	defer h.close()
	err = inOrder(ctx, s.size, m, func(band image.Image) error {
		return eachPart(band, func(part image.Image) error {
			p, err := h.take(part.Bounds())
			if err != nil {
				return err
			}
			if err := s.mapBand(ctx, q, o, p.Pix, part); err != nil {
				return err
			}
			h.give(p)
			return nil
		})
	})
	return h.end(err)
}

// oneBand is an image that is there as a whole.
type oneBand struct{ image.Image }

func (b oneBand) Each(_ context.Context, do func(band image.Image) error) error { return do(b.Image) }

// dropPoints lets go of what the next Cluster makes anew at little cost: nobody who maps
// huge images needs it just then.
func (s *Session) dropPoints() error {
	s.cloud, s.points = nil, nil
	return s.engine.Load(nil, nil)
}

// partPixels is how many pixels are mapped at a time of bands that have more, so that
// who is given them need not wait for all.
const partPixels = 1 << 20

// eachPart calls do with the band, or with parts of it if it is large.
func eachPart(band image.Image, do func(part image.Image) error) error {
	b := band.Bounds()
	m, ok := band.(interface {
		SubImage(image.Rectangle) image.Image
	})
	if !ok || b.Empty() {
		return do(band)
	}
	rows := max(1, partPixels/b.Dx())
	for y := b.Min.Y; y < b.Max.Y; y += rows {
		r := b
		r.Min.Y, r.Max.Y = y, min(y+rows, b.Max.Y)
		if err := do(m.SubImage(r)); err != nil {
			return err
		}
	}
	return nil
}
