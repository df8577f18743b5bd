package imagefile

import (
	"context"
	"image"
	"image/draw"

	"kompress/imagefile/bands"
)

// orient turns m the way that an orientation of EXIF says, 1 to 8: 1 and whatever is
// none leave it as it is. The pixels are those of m, exactly. It may take the pixels
// out of m.
func orient(ctx context.Context, m image.Image, orientation int) (image.Image, error) {
	if orientation < 2 || orientation > 8 {
		return m, nil
	}
	t := turn{ctx: ctx, orientation: orientation}
	if r, ok := bands.RasterOf(m); ok {
		return r.With(t.pixels(r.Pix, r.Stride, r.Size, r.Rect), t.rect(r.Rect)).Image(), ctx.Err()
	}
	switch m := m.(type) {
	case *image.YCbCr:
		if turned := t.yCbCr(m); turned != nil {
			return turned, ctx.Err()
		}
	case *image.NYCbCrA:
		if turned := t.nyCbCrA(m); turned != nil {
			return turned, ctx.Err()
		}
		return orient(ctx, nrgba(m), orientation)
	}
	return orient(ctx, redrawn(m), orientation)
}

// redrawn is for an image whose samples cannot be moved as they are.
func redrawn(m image.Image) *image.RGBA {
	to := image.NewRGBA(m.Bounds())
	draw.Draw(to, to.Rect, m, to.Rect.Min, draw.Src)
	return to
}

// nrgba converts the colors of m as if they were opaque: to multiply them by their
// alpha and divide again would change them.
func nrgba(m *image.NYCbCrA) *image.NRGBA {
	to := redrawn(&m.YCbCr)
	for y := range m.Rect.Dy() {
		for x, a := range m.A[y*m.AStride:][:m.Rect.Dx()] {
			to.Pix[y*to.Stride+4*x+3] = a
		}
	}
	return &image.NRGBA{Pix: to.Pix, Stride: to.Stride, Rect: to.Rect}
}

// yCbCr turns an image with its subsampling, or gives nil where a turned image
// would need one that there is not, or blocks of color that begin within the image.
func (t turn) yCbCr(m *image.YCbCr) *image.YCbCr {
	ratio, h, v := turnedRatio(m.SubsampleRatio, t.transposes())
	size := m.Rect.Size()
	if h == 0 || m.Rect.Min != (image.Point{}) || size.X%h != 0 || size.Y%v != 0 {
		return nil
	}
	colors := image.Rect(0, 0, size.X/h, size.Y/v)
	turned := &image.YCbCr{
		SubsampleRatio: ratio,
		YStride:        t.width(m.Rect),
		CStride:        t.width(colors),
		Rect:           t.rect(m.Rect),
	}
	// Each plane is let go of before the next one is made.
	turned.Y = t.pixels(m.Y, m.YStride, 1, m.Rect)
	m.Y = nil
	turned.Cb = t.pixels(m.Cb, m.CStride, 1, colors)
	m.Cb = nil
	turned.Cr = t.pixels(m.Cr, m.CStride, 1, colors)
	m.Cr = nil
	return turned
}

func (t turn) nyCbCrA(m *image.NYCbCrA) *image.NYCbCrA {
	opaque := t.yCbCr(&m.YCbCr)
	if opaque == nil {
		return nil
	}
	return &image.NYCbCrA{
		YCbCr:   *opaque,
		A:       t.pixels(m.A, m.AStride, 1, m.Rect),
		AStride: t.width(m.Rect),
	}
}

// turnedRatio returns the subsampling of a turned image, and by how much the colors
// of the one before it are fewer across and down; 0 where a turn has no name.
func turnedRatio(r image.YCbCrSubsampleRatio, transposed bool) (_ image.YCbCrSubsampleRatio, h, v int) {
	switch r {
	case image.YCbCrSubsampleRatio444:
		return r, 1, 1
	case image.YCbCrSubsampleRatio420:
		return r, 2, 2
	case image.YCbCrSubsampleRatio422:
		if transposed {
			r = image.YCbCrSubsampleRatio440
		}
		return r, 2, 1
	case image.YCbCrSubsampleRatio440:
		if transposed {
			r = image.YCbCrSubsampleRatio422
		}
		return r, 1, 2
	}
	return r, 0, 0
}
