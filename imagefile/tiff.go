package imagefile

import (
	"context"
	"errors"
	"image"
	"image/color"
	"io"
	"math"

	"kompress/imagefile/tiff"
)

// tiffHeader reads the header of the first image.
func tiffHeader(r io.Reader) (*tiff.Header, context.Context, error) {
	s, ok := r.(*source)
	if !ok {
		return nil, nil, errors.New("only open files can be decoded")
	}
	f, err := tiff.Open(s)
	if err != nil {
		return nil, nil, err
	}
	d, err := f.First()
	if err != nil {
		return nil, nil, err
	}
	h, err := d.Header(s.size)
	return h, s.ctx, err
}

func tiffConfig(r io.Reader) (image.Config, error) {
	h, _, err := tiffHeader(r)
	if err != nil {
		return image.Config{}, err
	}
	return image.Config{Width: h.Width, Height: h.Height, ColorModel: color.NRGBAModel}, nil
}

// leastTIFF leaves it to package tiff, which has compared the header with the length.
func leastTIFF(io.ReaderAt, int64, image.Config) (int64, error) { return 0, nil }

func decodeTIFF(r io.Reader) (image.Image, error) {
	h, ctx, err := tiffPixels(r)
	if err != nil {
		return nil, err
	}
	return h.Decode(ctx)
}

// tiffPixels reads the header of an image that has some.
func tiffPixels(r io.Reader) (*tiff.Header, context.Context, error) {
	h, ctx, err := tiffHeader(r)
	if err == nil && (h.Width < 1 || h.Height < 1) {
		err = ErrNoPixels
	}
	if err != nil {
		return nil, nil, err
	}
	h.Interpolate = interpolated
	return h, ctx, nil
}

// A tiffBands decodes a TIFF by bands.
type tiffBands struct {
	source *source
	header *tiff.Header
}

func bandsOfTIFF(s *source) (bandDecoder, string, error) {
	h, _, err := tiffPixels(s)
	if err != nil {
		return nil, "", err
	}
	return tiffBands{s, h}, h.Whole(), nil
}

func (t tiffBands) bytesPerPixel() int64 { return t.header.BytesPerPixel() }

func (t tiffBands) decode(keep bool, do func(band image.Image) error) (image.Image, error) {
	return t.header.Each(t.source.ctx, keep, do)
}

// countPages returns how many images a file has from a directory on, up to a thousand.
func countPages(f *tiff.File, d *tiff.Directory) int {
	const most = 1000
	seen := map[int64]bool{}
	n := 1
	for d.Next > 0 && d.Next < math.MaxInt64/2 && !seen[d.Next] && n < most {
		seen[d.Next] = true
		next, err := f.Directory(d.Next)
		if err != nil {
			break
		}
		d = next
		n++
	}
	return n
}
