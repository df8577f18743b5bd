package imagefile

import (
	"errors"
	"image"
	"image/jpeg"
	"io"
	"strings"

	"kompress/imagefile/baseline"
	"kompress/imagefile/chroma"
)

// jpegRows decodes a sequential JPEG.
type jpegRows struct{ s *source }

// rowsOfJPEG is the format's bands. It looks through the whole file, so that nothing is
// found later for which bands that were handed out would have to be taken back.
func rowsOfJPEG(s *source) (bandDecoder, string, error) {
	err := baseline.Check(s)
	if unusual := baseline.Unusual(""); errors.As(err, &unusual) {
		return nil, unusual.Error(), nil
	}
	if err != nil {
		return nil, "", err
	}
	return jpegRows{s}, "", nil
}

// bytesPerPixel is that of YCbCr with interpolated colors.
func (jpegRows) bytesPerPixel() int64 { return 3 }

func (j jpegRows) decode(keep bool, do func(band image.Image) error) (image.Image, error) {
	d, err := baseline.New(j.s)
	if err != nil {
		return nil, err
	}
	return d.Decode(keep, do)
}

// decodeJPEG is for what is not sequential, or unusual. It gives photographs with as many
// colors as pixels. Most JPEGs have a fourth of them. The decoder has each stand for a
// block of pixels; here they are interpolated, in the way of libjpeg, which browsers and
// most programs show.
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
	if !chroma.Smooth(m.SubsampleRatio) {
		return m
	}
	size := m.Rect.Size()
	widen := func(colors []uint8) []uint8 {
		to := make([]uint8, size.X*size.Y)
		row := func(y int) []uint8 { return colors[y*m.CStride:][:m.CStride] }
		const rows = 32
		forBands(size.Y, rows, func(top int) {
			for y := top; y < min(top+rows, size.Y); y++ {
				chroma.Row(to[y*size.X:][:size.X], m.SubsampleRatio, y, size.Y, row)
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
