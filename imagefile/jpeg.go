package imagefile

import (
	"errors"
	"image"
	"image/jpeg"
	"io"
	"strings"
)

// decodeJPEG gives photographs with as many colors as pixels. Most JPEGs have a fourth
// of them. The decoder has each stand for a block of pixels; here they are interpolated,
// in the way of libjpeg, which browsers and most programs show.
func decodeJPEG(r io.Reader) (image.Image, error) {
	m, err := jpeg.Decode(r)
	if s, ok := r.(*source); ok && s.err == nil && isPlainCMYK(err) {
		m, err = decodePlainCMYK(s)
	}
	if err != nil {
		return nil, err
	}
	if c, ok := m.(*image.YCbCr); ok {
		return interpolated(c), nil
	}
	return m, nil
}

// isPlainCMYK says whether the decoder found four channels, but not what Adobe's
// programs write to say that they are CMYK.
func isPlainCMYK(err error) bool {
	var unsupported jpeg.UnsupportedError
	return errors.As(err, &unsupported) && strings.Contains(string(unsupported), "APP14")
}

// decodePlainCMYK reads the file again with that in it. Ink is taken to be coded as
// Adobe does, 0 for all of it, which other programs assume too.
func decodePlainCMYK(s *source) (image.Image, error) {
	if err := s.rewind(); err != nil {
		return nil, err
	}
	var start [2]byte
	if _, err := io.ReadFull(s, start[:]); err != nil {
		return nil, err
	}
	return jpeg.Decode(io.MultiReader(strings.NewReader("\xff\xd8"+adobeCMYK), s))
}

// adobeCMYK is a segment that says that the channels are not transformed.
const adobeCMYK = "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"

// interpolated returns m with the subsampling 4:4:4 if it has one of the three common
// ones, or m. It takes the colors out of m.
func interpolated(m *image.YCbCr) *image.YCbCr {
	var row func(to, near, far []uint8, lower int)
	down := 2
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio420:
		row = triangle420
	case image.YCbCrSubsampleRatio422:
		row, down = triangle422, 1
	case image.YCbCrSubsampleRatio440:
		row = triangle440
	default:
		return m
	}
	size := m.Rect.Size()
	widen := func(colors []uint8) []uint8 {
		to := make([]uint8, size.X*size.Y)
		const rows = 32
		forBands(size.Y, rows, func(top int) {
			for y := top; y < min(top+rows, size.Y); y++ {
				near, far := y, y
				if down == 2 {
					near, far = nearRows(y, (size.Y+1)/2)
				}
				row(to[y*size.X:][:size.X], colors[near*m.CStride:][:m.CStride], colors[far*m.CStride:][:m.CStride], y%2)
			}
		})
		return to
	}
	wide := &image.YCbCr{
		Y: m.Y, YStride: m.YStride, CStride: size.X,
		SubsampleRatio: image.YCbCrSubsampleRatio444, Rect: m.Rect,
	}
	// Each is let go of before the next one is made.
	wide.Cb, m.Cb = widen(m.Cb), nil
	wide.Cr, m.Cr = widen(m.Cr), nil
	return wide
}

// triangle420 fills a row of the picture from the two rows of colors nearest to it. Of
// each the nearest color counts three fourths, the next one a fourth. The bias takes
// turns, that rounding does not make the picture brighter.
func triangle420(to, near, far []uint8, _ int) {
	n := (len(to) + 1) / 2
	near, far = near[:n], far[:n]
	before := 3*int(near[0]) + int(far[0])
	this := before
	for i := range n {
		next := this
		if i+1 < n {
			next = 3*int(near[i+1]) + int(far[i+1])
		}
		to[2*i] = uint8((3*this + before + 8) >> 4)
		if 2*i+1 < len(to) {
			to[2*i+1] = uint8((3*this + next + 7) >> 4)
		}
		before, this = this, next
	}
}

// triangle422 is for a row of colors that is one of the picture.
func triangle422(to, near, _ []uint8, _ int) {
	n := (len(to) + 1) / 2
	near = near[:n]
	for i, v := range near {
		before, next := near[max(i-1, 0)], near[min(i+1, n-1)]
		to[2*i] = uint8((3*int(v) + int(before) + 1) >> 2)
		if 2*i+1 < len(to) {
			to[2*i+1] = uint8((3*int(v) + int(next) + 2) >> 2)
		}
	}
}

// triangle440 is for rows of as many colors as the picture has pixels. Lower is 1 for
// the second row of a pair.
func triangle440(to, near, far []uint8, lower int) {
	for i := range to {
		to[i] = uint8((3*int(near[i]) + int(far[i]) + 1 + lower) >> 2)
	}
}
