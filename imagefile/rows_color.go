package imagefile

import (
	"context"
	"image"
	"image/color"

	"kompress/imagefile/bands"
)

// A bandColors converts the bands of an image as convertColors does a whole one.
type bandColors struct {
	coloring
	opened  bool // the coloring is that of the image, whose type the first band tells
	info    *colorInfo
	options DecodeOptions
	size    image.Point

	may  bool // the pixels of some type of image would be converted
	asks bool // for some type it matters whether all pixels are gray
	gray bool // all are

	// What follows is of a pass.
	keep bool
	room []uint8 // for the pixels of a band, or of the image that is kept
	rect image.Rectangle
	last bands.Raster // band that was converted
}

func newBandColors(info *colorInfo, o DecodeOptions, c image.Config) *bandColors {
	b := &bandColors{info: info, options: o, size: image.Pt(c.Width, c.Height)}
	for _, m := range []image.Image{new(image.NRGBA), new(image.Gray), new(image.CMYK)} {
		if kind := newColoring(m, func() bool { b.asks = true; return true }, info, o); kind.space != nil {
			b.may = true
			break
		}
	}
	return b
}

// lookForGray finds out whether all pixels are gray, where that matters. A gray PNG with
// alpha is one of RGB to its decoder.
func (b *bandColors) lookForGray(r *Rows) error {
	if !b.asks || b.opened {
		return nil
	}
	b.gray = true
	return r.source.attempt(r.format, func() error {
		_, err := r.decoder.decode(false, func(band image.Image) error {
			if b.gray = allGrayPixels(band); !b.gray {
				return errTaken
			}
			return nil
		})
		if !b.gray {
			return nil // and nothing else is wanted
		}
		return err
	})
}

// begin begins a pass. With keep the converted bands are parts of one image, even those
// that are as they were.
func (b *bandColors) begin(keep bool) {
	b.keep = keep
	b.room = nil
}

// convert converts a band, and leaves its pixels to the decoder as they are.
func (b *bandColors) convert(ctx context.Context, band image.Image) image.Image {
	if !b.opened {
		b.coloring = newColoring(band, func() bool { return b.gray }, b.info, b.options)
		b.open(band)
		b.opened = true
	}
	if b.transform == nil && !b.keep {
		return band
	}
	b.rect = band.Bounds()
	m := b.converted(recoloring{ctx: ctx, room: b.take}, band)
	b.last, _ = bands.RasterOf(m)
	return m
}

func (b *bandColors) converted(r recoloring, band image.Image) image.Image {
	raster, ok := bands.RasterOf(band)
	if _, indexed := band.(*image.Paletted); indexed {
		raster, _ = bands.RasterOf(b.apply(r, band)) // in other colors only
		if b.keep {
			raster = b.copied(raster)
		}
		return raster.Image()
	}
	switch {
	case !ok && b.transform == nil:
		r.convert = func(_, _ []byte) {}
		return r.drawn(band)
	case !ok || b.transform != nil && b.transform.Tinted && raster.Size < 4:
		return b.apply(r, band) // makes new pixels
	}
	return b.apply(r, b.copied(raster).Image())
}

func (b *bandColors) copied(from bands.Raster) bands.Raster {
	to := from.With(b.take(from.Size*from.Rect.Dx()*from.Rect.Dy()), from.Rect)
	for y := from.Rect.Min.Y; y < from.Rect.Max.Y; y++ {
		copy(to.Row(y), from.Row(y))
	}
	return to
}

// take returns room for a band of n bytes.
func (b *bandColors) take(n int) []uint8 {
	if !b.keep {
		b.room = resized(b.room, n)
		return b.room
	}
	row := n / b.rect.Dy()
	if b.room == nil {
		b.room = make([]uint8, row*b.size.Y)
	}
	return b.room[b.rect.Min.Y*row:][:n]
}

// whole returns the image that was kept.
func (b *bandColors) whole() image.Image {
	return b.last.With(b.room, image.Rectangle{Max: b.size}).Image()
}

// modelBytes is how many bytes a pixel takes, to judge by what a file's header says.
func modelBytes(m color.Model) int64 {
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.YCbCrModel:
		return 3
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, indexed := m.(color.Palette); indexed {
		return 1
	}
	return 4
}
