package tiff

import (
	"context"
	"image"
	"image/color"
)

// Decode decodes the image, to one of the types of package image: Gray, Gray16,
// Paletted, CMYK, YCbCr, or RGBA, NRGBA, RGBA64 and NRGBA64. A done ctx ends it.
func (h *Header) Decode(ctx context.Context) (image.Image, error) {
	if h.compression == compressionJPEG {
		return h.decodeJPEG(ctx)
	}
	if h.photometric == yCbCr {
		return h.decodeYCbCr(ctx)
	}
	m, put := h.image()
	rowBytes := int(h.rowBytes())
	buffers := make([][]byte, h.planes)
	for i := range buffers {
		buffers[i] = make([]byte, h.chunkBytes())
	}
	samples := make([]uint16, h.chunkWidth*h.samples)
	part := make([]uint16, h.chunkWidth*h.inChunk())
	err := h.eachChunk(ctx, func(i int64, r image.Rectangle) error {
		for plane, b := range buffers {
			if err := h.chunk(i+int64(plane)*h.across()*h.down(), b[:h.rows(r)*rowBytes]); err != nil {
				return err
			}
		}
		for y := range r.Dy() {
			for plane, b := range buffers {
				h.unpack(part, b[y*rowBytes:][:rowBytes])
				h.merge(samples, part, plane)
			}
			put(image.Pt(r.Min.X, r.Min.Y+y), samples[:r.Dx()*h.samples])
		}
		return nil
	})
	return m, err
}

// eachChunk calls do with the number of each strip or tile of one plane, and where in
// the image it is.
func (h *Header) eachChunk(ctx context.Context, do func(i int64, r image.Rectangle) error) error {
	all := image.Rect(0, 0, h.Width, h.Height)
	for i := range h.across() * h.down() {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := image.Pt(int(i%h.across())*h.chunkWidth, int(i/h.across())*h.chunkHeight)
		r := image.Rectangle{at, at.Add(image.Pt(h.chunkWidth, h.chunkHeight))}.Intersect(all)
		if err := do(i, r); err != nil {
			return err
		}
	}
	return nil
}

// rows returns how many rows of the strip or tile at r are in the file: the last strip
// ends where the image does, a tile goes beyond.
func (h *Header) rows(r image.Rectangle) int {
	if h.dir.has(tagTileWidth) {
		return h.chunkHeight
	}
	return r.Dy()
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

// image makes the image, and a function that puts samples in it from p on.
func (h *Header) image() (image.Image, func(p image.Point, samples []uint16)) {
	r := image.Rect(0, 0, h.Width, h.Height)
	switch {
	case h.photometric == palette:
		m := image.NewPaletted(r, h.palette())
		return m, func(p image.Point, s []uint16) { h.putGray(m.Pix[m.PixOffset(p.X, p.Y):], s) }
	case h.photometric == cmyk:
		m := image.NewCMYK(r)
		return m, func(p image.Point, s []uint16) { h.putCMYK(m.Pix[m.PixOffset(p.X, p.Y):], s) }
	case h.photometric != rgb && h.alpha == 0 && h.deep():
		m := image.NewGray16(r)
		return m, func(p image.Point, s []uint16) { h.putGray16(m.Pix[m.PixOffset(p.X, p.Y):], s) }
	case h.photometric != rgb && h.alpha == 0:
		m := image.NewGray(r)
		return m, func(p image.Point, s []uint16) { h.putGray(m.Pix[m.PixOffset(p.X, p.Y):], s) }
	case h.deep():
		m := image.NewNRGBA64(r)
		put := func(p image.Point, s []uint16) { h.putColor(m.Pix[m.PixOffset(p.X, p.Y):], s, 2) }
		if h.alpha == multiplied {
			return &image.RGBA64{Pix: m.Pix, Stride: m.Stride, Rect: r}, put
		}
		return m, put
	}
	m := image.NewNRGBA(r)
	put := func(p image.Point, s []uint16) { h.putColor(m.Pix[m.PixOffset(p.X, p.Y):], s, 1) }
	if h.alpha == straight {
		return m, put
	}
	return &image.RGBA{Pix: m.Pix, Stride: m.Stride, Rect: r}, put
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
