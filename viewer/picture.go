package viewer

import (
	"context"
	"image"

	"kompress/quantize"
)

// A picture is an image in memory, 4 bytes a pixel, as it is painted and counted.
// It does not change.
type picture struct {
	path          string
	bytes         int64 // of the file
	size          image.Point
	pixels        []uint8 // red, green, blue, alpha, row by row
	premultiplied bool
}

// newPicture reads the pixels of an image that was decoded. It takes those that are
// in that form already as they are.
func newPicture(ctx context.Context, path string, m *Image) (*picture, error) {
	p := &picture{path: path, bytes: m.Bytes, size: m.Pixels.Bounds().Size()}
	switch pixels := m.Pixels.(type) {
	case *image.NRGBA:
		p.pixels = whole(pixels.Pix, pixels.Stride, p.size)
	case *image.RGBA:
		p.pixels = whole(pixels.Pix, pixels.Stride, p.size)
		p.premultiplied = true
	}
	if p.pixels != nil {
		return p, nil
	}
	return p, p.read(ctx, m.Pixels)
}

// whole returns the pixels if they have no gaps between the rows.
func whole(pixels []uint8, stride int, size image.Point) []uint8 {
	if n := 4 * size.X * size.Y; stride == 4*size.X && len(pixels) >= n {
		return pixels[:n]
	}
	return nil
}

func (p *picture) read(ctx context.Context, m image.Image) error {
	reader := quantize.NewPixelReader(m)
	p.premultiplied = reader.Premultiplied()
	p.pixels = make([]uint8, 4*p.size.X*p.size.Y)
	const piece = 4 << 22 // bytes between two looks at the context
	for from := 0; from < len(p.pixels); from += piece {
		if err := ctx.Err(); err != nil {
			return err
		}
		reader.Read(p.pixels[from:min(from+piece, len(p.pixels))], from/4)
	}
	return nil
}

// image returns the picture for an engine.
func (p *picture) image() image.Image {
	bounds := image.Rectangle{Max: p.size}
	if p.premultiplied {
		return &image.RGBA{Pix: p.pixels, Stride: 4 * p.size.X, Rect: bounds}
	}
	return &image.NRGBA{Pix: p.pixels, Stride: 4 * p.size.X, Rect: bounds}
}

// paletted returns the picture in the colours of a palette that was found for it.
func (p *picture) paletted(ctx context.Context, q *quantize.Quantized) (*image.Paletted, error) {
	m := image.NewPaletted(image.Rectangle{Max: p.size}, q.Palette)
	const piece = 1 << 18 // pixels
	n := (len(m.Pix) + piece - 1) / piece
	parallel(n, func(i int) {
		if ctx.Err() == nil {
			from, to := i*piece, min((i+1)*piece, len(m.Pix))
			q.Table().Lookup(m.Pix[from:to], p.pixels[4*from:4*to], p.premultiplied)
		}
	})
	return m, ctx.Err()
}
