// Package bands makes images by bands of rows, on several goroutines.
package bands

import "image"

// A Raster is an image whose pixels are in one slice, of any type.
type Raster struct {
	Pix    []uint8
	Stride int
	Size   int // bytes of a pixel
	Rect   image.Rectangle

	typed func(r Raster) image.Image
}

// RasterOf returns m as a Raster, which shares its pixels, if it is of a type that has
// them in one slice and that a decoder gives.
func RasterOf(m image.Image) (Raster, bool) {
	switch m := m.(type) {
	case *image.Gray:
		return Raster{m.Pix, m.Stride, 1, m.Rect, func(r Raster) image.Image {
			return &image.Gray{Pix: r.Pix, Stride: r.Stride, Rect: r.Rect}
		}}, true
	case *image.Gray16:
		return Raster{m.Pix, m.Stride, 2, m.Rect, func(r Raster) image.Image {
			return &image.Gray16{Pix: r.Pix, Stride: r.Stride, Rect: r.Rect}
		}}, true
	case *image.Paletted:
		return Raster{m.Pix, m.Stride, 1, m.Rect, func(r Raster) image.Image {
			return &image.Paletted{Pix: r.Pix, Stride: r.Stride, Rect: r.Rect, Palette: m.Palette}
		}}, true
	case *image.RGBA:
		return Raster{m.Pix, m.Stride, 4, m.Rect, func(r Raster) image.Image {
			return &image.RGBA{Pix: r.Pix, Stride: r.Stride, Rect: r.Rect}
		}}, true
	case *image.NRGBA:
		return Raster{m.Pix, m.Stride, 4, m.Rect, func(r Raster) image.Image {
			return &image.NRGBA{Pix: r.Pix, Stride: r.Stride, Rect: r.Rect}
		}}, true
	case *image.CMYK:
		return Raster{m.Pix, m.Stride, 4, m.Rect, func(r Raster) image.Image {
			return &image.CMYK{Pix: r.Pix, Stride: r.Stride, Rect: r.Rect}
		}}, true
	}
	return deepRasterOf(m)
}

// deepRasterOf is for pixels of 8 bytes.
func deepRasterOf(m image.Image) (Raster, bool) {
	switch m := m.(type) {
	case *image.RGBA64:
		return Raster{m.Pix, m.Stride, 8, m.Rect, func(r Raster) image.Image {
			return &image.RGBA64{Pix: r.Pix, Stride: r.Stride, Rect: r.Rect}
		}}, true
	case *image.NRGBA64:
		return Raster{m.Pix, m.Stride, 8, m.Rect, func(r Raster) image.Image {
			return &image.NRGBA64{Pix: r.Pix, Stride: r.Stride, Rect: r.Rect}
		}}, true
	}
	return Raster{}, false
}

// Image returns the image that r is, of the type that it was made of.
func (r Raster) Image() image.Image { return r.typed(r) }

// With returns an image of the same type with pixels that have no gaps between rows.
func (r Raster) With(pix []uint8, rect image.Rectangle) Raster {
	r.Pix, r.Stride, r.Rect = pix, r.Size*rect.Dx(), rect
	return r
}

// Rows returns the part of r from row top to before bottom.
func (r Raster) Rows(top, bottom int) Raster {
	r.Pix = r.Pix[(top-r.Rect.Min.Y)*r.Stride : (bottom-r.Rect.Min.Y)*r.Stride]
	r.Rect.Min.Y, r.Rect.Max.Y = top, bottom
	return r
}

// At returns the n pixels of row y from x on.
func (r Raster) At(x, y, n int) []uint8 {
	return r.Pix[(y-r.Rect.Min.Y)*r.Stride+(x-r.Rect.Min.X)*r.Size:][:n*r.Size]
}

// Row returns row y.
func (r Raster) Row(y int) []uint8 { return r.At(r.Rect.Min.X, y, r.Rect.Dx()) }
