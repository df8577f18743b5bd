package imagefile

import (
	"errors"
	"image"
	"image/png"
	"io"
)

// decodePNG is for what is not read by bands. What is interlaced is for image/png to
// decode.
func decodePNG(r io.Reader) (image.Image, error) {
	s, isSource := r.(*source)
	if !isSource {
		return png.Decode(r)
	}
	m, err := (&pngBands{r: s}).decode(true, func(image.Image) error { return nil })
	if err != errInterlaced {
		return m, err
	}
	if err := s.rewind(); err != nil {
		return nil, err
	}
	return png.Decode(s)
}

var errInterlaced = errors.New("it is interlaced")

// bandsPNG is the format.bands of PNG.
func bandsPNG(s *source) (d bandDecoder, whole string, err error) {
	h, err := (&chunkReader{r: s}).header()
	if err != nil {
		return nil, "", err
	}
	if h.interlaced {
		return nil, errInterlaced.Error(), nil
	}
	d = &pngBands{r: s, header: h}
	return d, whyWide(h.width, h.height, d.bytesPerPixel()), nil
}

// pngBands is the bandDecoder of PNGs that are not interlaced.
type pngBands struct {
	r      io.Reader
	header *pngHeader // may be nil if only decode is called
}

func (d *pngBands) bytesPerPixel() int64 { return int64(d.header.layout().bytes) }

func (d *pngBands) decode(keep bool, do func(band image.Image) error) (image.Image, error) {
	c := &chunkReader{r: d.r}
	h, err := c.header()
	if err != nil {
		return nil, err
	}
	if h.interlaced {
		return nil, errInterlaced
	}
	if d.header != nil && !d.header.sameShape(h) {
		return nil, ErrChanged
	}
	return newPNGPipeline(c, h, keep).run(do)
}

// sameShape says whether images with these headers are of one size and type.
func (h *pngHeader) sameShape(other *pngHeader) bool {
	return h.width == other.width && h.height == other.height && h.depth == other.depth &&
		h.colorType == other.colorType && (h.key == nil) == (other.key == nil)
}
