package imagefile

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"io"
)

// A Banded is an indexed image that comes by bands of rows.
type Banded struct {
	Size    image.Point
	Palette color.Palette

	// Sample returns the indices of a row, one of those that SampleRows lists.
	Sample func(y int) []uint8

	// Each calls do with the bands, from top to bottom; their bounds say where they are,
	// the first beginning at 0, 0. What do is given is not used after it has returned,
	// and its palette not at all. A done ctx, or an error of do, ends it.
	Each func(ctx context.Context, do func(band *image.Paletted) error) error
}

// EncodeBands writes a PNG of an image that comes by bands: the bytes that Encode writes
// of the whole image, while the bands come. Each and Sample are called on the caller's
// goroutine.
//
// Memory does not grow with the image's height: besides two megabytes a worker, or 20
// for the best compression, it is a megabyte and some rows.
//
// Bands that are not those of the image are an error, [ErrNoPixels]; else errors are
// those of Encode, of Each and of w. Whatever ends it, nothing runs on after it.
func EncodeBands(ctx context.Context, w io.Writer, m *Banded, o EncodeOptions) error {
	if o.Format != "" && o.Format != "png" {
		return fmt.Errorf("cannot encode %q by bands, only png", o.Format)
	}
	if err := checkPalettedAs(m.Size, m.Palette); err != nil {
		return fmt.Errorf("cannot encode PNG: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return encodeBanded(ctx, w, m, o)
}

// bandOf returns a whole image as one band.
func bandOf(m *image.Paletted) *Banded {
	band := *m
	band.Rect = m.Rect.Sub(m.Rect.Min)
	return &Banded{
		Size:    band.Rect.Max,
		Palette: m.Palette,
		Sample:  func(y int) []uint8 { return m.Pix[y*m.Stride:][:band.Rect.Max.X] },
		Each:    func(_ context.Context, do func(*image.Paletted) error) error { return do(&band) },
	}
}

// Gather returns the whole image. Bands that are not those of the image are an error,
// [ErrNoPixels]; else it is that of Each.
func (m *Banded) Gather(ctx context.Context) (*image.Paletted, error) {
	whole := image.NewPaletted(image.Rectangle{Max: m.Size}, m.Palette)
	err := m.inOrder(ctx, func(band *image.Paletted) error {
		for y := range band.Rect.Dy() {
			copy(whole.Pix[(band.Rect.Min.Y+y)*whole.Stride:][:whole.Stride], band.Pix[y*band.Stride:])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return whole, nil
}

// inOrder is Each for bands of which it is sure that they make up the image.
func (m *Banded) inOrder(ctx context.Context, do func(band *image.Paletted) error) error {
	next := 0
	err := m.Each(ctx, func(band *image.Paletted) error {
		if err := m.checkBand(band, next); err != nil {
			return err
		}
		next = band.Rect.Max.Y
		return do(band)
	})
	if err != nil {
		return err
	}
	return m.checkEnd(next)
}

// checkBand refuses a band other than one that begins with row next.
func (m *Banded) checkBand(band *image.Paletted, next int) error {
	r := band.Rect
	if r.Min != (image.Point{Y: next}) || r.Max.X != m.Size.X || r.Max.Y <= next || r.Max.Y > m.Size.Y {
		return fmt.Errorf("%w: got a band at %v, want one from row %d of %dx%d", ErrNoPixels, r, next, m.Size.X, m.Size.Y)
	}
	return checkPix(band)
}

// checkEnd refuses an image whose bands end before row next.
func (m *Banded) checkEnd(next int) error {
	if next < m.Size.Y {
		return fmt.Errorf("%w: the bands end at row %d of %d", ErrNoPixels, next, m.Size.Y)
	}
	return nil
}
