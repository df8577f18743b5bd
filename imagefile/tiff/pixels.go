package tiff

import (
	"image"
	"image/color"

	"kompress/imagefile/bands"
)

// A plainPainter paints samples that are in rows, of all kinds but JPEG and YCbCr.
type plainPainter struct {
	h       *Header
	inputs  []*input // of the planes
	buffers [][]byte // some rows of each
	put     func(pix []uint8, samples []uint16)
	direct  func(pix, row []uint8) // nil if samples have to be unpacked
	samples []uint16               // of a row
	part    []uint16               // of a row of one plane
}

// readBytes is about how many bytes are decompressed at a time.
const readBytes = 64 << 10

func newPlainPainter(h *Header, most int) *plainPainter {
	p := &plainPainter{h: h, put: h.put(), direct: h.direct()}
	width := min(h.Width, h.chunkWidth)
	p.samples, p.part = make([]uint16, width*h.samples), make([]uint16, width*h.inChunk())
	rows := max(1, min(readBytes/h.rowBytes(), int64(most)))
	for range h.planes {
		p.inputs = append(p.inputs, &input{h: h})
		p.buffers = append(p.buffers, make([]byte, rows*h.rowBytes()))
	}
	return p
}

func (p *plainPainter) open(i int64) error {
	for plane, in := range p.inputs {
		if err := in.open(i + int64(plane)*p.h.across()*p.h.down()); err != nil {
			return err
		}
	}
	return nil
}

func (p *plainPainter) paint(to bands.Raster, r image.Rectangle) error {
	rowBytes := int(p.h.rowBytes())
	for y := r.Min.Y; y < r.Max.Y; {
		n := min(len(p.buffers[0])/rowBytes, r.Max.Y-y)
		for plane, in := range p.inputs {
			if err := in.rows(p.buffers[plane][:n*rowBytes]); err != nil {
				return err
			}
		}
		for i := range n {
			p.row(to.At(r.Min.X, y+i, r.Dx()), i*rowBytes, r.Dx())
		}
		y += n
	}
	return nil
}

// row puts the pixels of the row that is at that offset in the buffers.
func (p *plainPainter) row(pix []uint8, at, width int) {
	if p.direct != nil {
		p.direct(pix, p.buffers[0][at:])
		return
	}
	samples, part := p.samples[:width*p.h.samples], p.part[:width*p.h.inChunk()]
	for plane, b := range p.buffers {
		p.h.unpack(part, b[at:])
		p.h.merge(samples, part, plane)
	}
	p.put(pix, samples)
}

// merge puts the samples of a plane among those of the others.
func (h *Header) merge(samples, part []uint16, plane int) {
	if h.planes == 1 {
		copy(samples, part)
		return
	}
	for i, v := range part {
		samples[i*h.samples+plane] = v
	}
}

// newImage returns an image of the type that fits.
func (h *Header) newImage(r image.Rectangle) image.Image {
	switch {
	case h.photometric == palette:
		return image.NewPaletted(r, h.palette())
	case h.photometric == cmyk:
		return image.NewCMYK(r)
	case h.photometric == yCbCr:
		return image.NewRGBA(r)
	case h.photometric != rgb && h.alpha == 0 && h.deep():
		return image.NewGray16(r)
	case h.photometric != rgb && h.alpha == 0:
		return image.NewGray(r)
	case h.deep() && h.alpha == multiplied:
		return image.NewRGBA64(r)
	case h.deep():
		return image.NewNRGBA64(r)
	case h.alpha == straight:
		return image.NewNRGBA(r)
	}
	return image.NewRGBA(r)
}

// put returns what makes pixels of such an image of samples.
func (h *Header) put() func(pix []uint8, samples []uint16) {
	switch {
	case h.photometric == cmyk:
		return h.putCMYK
	case h.photometric == palette || h.photometric != rgb && h.alpha == 0 && !h.deep():
		return h.putGray
	case h.photometric != rgb && h.alpha == 0:
		return h.putGray16
	case h.deep():
		return func(pix []uint8, s []uint16) { h.putColor(pix, s, 2) }
	}
	return func(pix []uint8, s []uint16) { h.putColor(pix, s, 1) }
}

// direct returns what does the same with a row of the most common kinds of samples, as
// they are in the file, or nil.
func (h *Header) direct() func(pix, row []uint8) {
	if h.bits != 8 || h.format != unsigned || h.planes != 1 {
		return nil
	}
	switch {
	case h.photometric == rgb && h.samples == 3:
		return bands.Opaque
	case h.samples == 1 && (h.photometric == blackIsZero || h.photometric == palette),
		h.samples == 4 && (h.photometric == rgb && h.alpha == straight || h.photometric == cmyk):
		return func(pix, row []uint8) { copy(pix, row) }
	}
	return nil
}

// palette returns the colors, of which the file has first all reds, then all greens.
func (h *Header) palette() color.Palette {
	n := 1 << h.bits
	values := h.dir.Uints(tagColorMap, 3<<8)
	p := make(color.Palette, n)
	for i := range p {
		p[i] = color.RGBA64{uint16(values[i]), uint16(values[n+i]), uint16(values[2*n+i]), 0xffff}
	}
	return p
}

// invert turns samples around where 0 is white.
func (h *Header) invert(v uint16) uint16 {
	if h.photometric == whiteIsZero {
		return h.white() - v
	}
	return v
}

func (h *Header) putGray(pix []uint8, samples []uint16) {
	for i := 0; i < len(samples); i += h.samples {
		pix[0] = uint8(h.invert(samples[i]))
		pix = pix[1:]
	}
}

func (h *Header) putGray16(pix []uint8, samples []uint16) {
	for i := 0; i < len(samples); i += h.samples {
		v := h.invert(samples[i])
		pix[0], pix[1] = uint8(v>>8), uint8(v)
		pix = pix[2:]
	}
}

// putCMYK writes 8 bits of ink a channel, and no alpha: the image has no room for more.
func (h *Header) putCMYK(pix []uint8, samples []uint16) {
	for ; len(samples) > 0; samples, pix = samples[h.samples:], pix[4:] {
		for i, v := range samples[:4] {
			if h.deep() {
				v = uint16((uint32(v) + 128) / 257)
			}
			pix[i] = uint8(v)
		}
	}
}

// putColor writes R, G, B, A of size bytes each. Colors that are multiplied by alpha
// are at most as large.
func (h *Header) putColor(pix []uint8, samples []uint16, size int) {
	for ; len(samples) > 0; samples, pix = samples[h.samples:], pix[4*size:] {
		p := [4]uint16{samples[0], 0, 0, h.white()}
		if h.photometric == rgb {
			p[1], p[2] = samples[1], samples[2]
		} else {
			p[0] = h.invert(p[0])
			p[1], p[2] = p[0], p[0]
		}
		if h.alpha != 0 {
			p[3] = samples[h.colors()]
		}
		for i, v := range p {
			if h.alpha == multiplied {
				v = min(v, p[3])
			}
			if size == 2 {
				pix[2*i], pix[2*i+1] = uint8(v>>8), uint8(v)
			} else {
				pix[i] = uint8(v)
			}
		}
	}
}

// colors is how many samples come before those that are extra.
func (h *Header) colors() int {
	if h.photometric == rgb {
		return 3
	}
	return 1
}
