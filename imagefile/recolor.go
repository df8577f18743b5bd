package imagefile

import (
	"context"
	"image"
	"image/color"
	"image/draw"
)

// A recoloring converts the pixels of an image, on all processors.
type recoloring struct {
	ctx     context.Context
	convert func(dst, src []byte) // as that of an icc.Transform

	// room, if not nil, gives n bytes for the pixels of an image that is made.
	room func(n int) []uint8
}

// pixels returns room for pixels of size bytes.
func (r recoloring) pixels(size int, rect image.Rectangle) []uint8 {
	n := size * rect.Dx() * rect.Dy()
	if r.room != nil {
		return r.room(n)
	}
	return make([]uint8, n)
}

// bandRows is how many rows a processor takes at a time.
const bandRows = 16

// color converts an image in RGB or CMYK, where it is if it can. The result is not
// complete if the context is done.
func (r recoloring) color(m image.Image) image.Image {
	switch m := m.(type) {
	case *image.Paletted:
		return repainted(m, r.palette(m.Palette))
	case *image.NRGBA:
		r.rows(m.Pix, m.Stride, 4*m.Rect.Dx(), m.Rect.Dy(), nil)
		return m
	case *image.RGBA:
		r.rows(m.Pix, m.Stride, 4*m.Rect.Dx(), m.Rect.Dy(), divide8)
		return &image.NRGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
	case *image.CMYK:
		r.rows(m.Pix, m.Stride, 4*m.Rect.Dx(), m.Rect.Dy(), nil)
		return &image.RGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
	case *image.NRGBA64:
		r.rows(m.Pix, m.Stride, 8*m.Rect.Dx(), m.Rect.Dy(), nil)
		return m
	case *image.RGBA64:
		r.rows(m.Pix, m.Stride, 8*m.Rect.Dx(), m.Rect.Dy(), divide16)
		return &image.NRGBA64{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
	case *image.NYCbCrA:
		to := r.drawn(&m.YCbCr)
		setAlpha(to, m)
		return &image.NRGBA{Pix: to.Pix, Stride: to.Stride, Rect: to.Rect}
	}
	return r.drawn(m)
}

// gray converts an image whose pixels are all gray, of one of the types that spaceOf
// finds.
func (r recoloring) gray(m image.Image) image.Image {
	switch m := m.(type) {
	case *image.Gray:
		r.rows(m.Pix, m.Stride, m.Rect.Dx(), m.Rect.Dy(), nil)
	case *image.Gray16:
		r.rows(m.Pix, m.Stride, 2*m.Rect.Dx(), m.Rect.Dy(), nil)
	case *image.Paletted:
		return repainted(m, r.onColors(1).palette(m.Palette))
	case *image.NRGBA:
		r.onColors(1).rows(m.Pix, m.Stride, 4*m.Rect.Dx(), m.Rect.Dy(), nil)
	case *image.NRGBA64:
		r.onColors(2).rows(m.Pix, m.Stride, 8*m.Rect.Dx(), m.Rect.Dy(), nil)
	}
	return m
}

// tinted converts what gray does, where grays become colors.
func (r recoloring) tinted(m image.Image) image.Image {
	switch m := m.(type) {
	case *image.Gray:
		to := &image.NRGBA{Pix: r.pixels(4, m.Rect), Stride: 4 * m.Rect.Dx(), Rect: m.Rect}
		r.spread(to.Pix, m.Pix, m.Stride, 1, m.Rect)
		return r.color(to)
	case *image.Gray16:
		to := &image.NRGBA64{Pix: r.pixels(8, m.Rect), Stride: 8 * m.Rect.Dx(), Rect: m.Rect}
		r.spread(to.Pix, m.Pix, m.Stride, 2, m.Rect)
		return r.color(to)
	}
	return r.color(m)
}

// spread makes opaque R, G, B, alpha of grays of that many bytes.
func (r recoloring) spread(to, grays []uint8, stride, size int, rect image.Rectangle) {
	forBands(rect.Dy(), bandRows, func(top int) {
		for y := top; y < min(top+bandRows, rect.Dy()) && r.ctx.Err() == nil; y++ {
			row := to[y*rect.Dx()*4*size:]
			for x := 0; x < rect.Dx()*size; x += size {
				v, p := grays[y*stride+x:][:size], row[4*x:][:4*size]
				copy(p, v)
				copy(p[size:], v)
				copy(p[2*size:], v)
				p[3*size], p[4*size-1] = 255, 255
			}
		}
	})
}

// onColors makes of a conversion of grays one of pixels with three equal channels and
// alpha, of that many bytes each.
func (r recoloring) onColors(size int) recoloring {
	convert := r.convert
	return recoloring{ctx: r.ctx, room: r.room, convert: func(dst, src []byte) {
		for i := 0; i < len(src); i += 4 * size {
			convert(dst[i:i+size], src[i:i+size])
			copy(dst[i+size:], dst[i:i+size])
			copy(dst[i+2*size:], dst[i:i+size])
			copy(dst[i+3*size:i+4*size], src[i+3*size:])
		}
	}}
}

// rows converts rows of n bytes where they are, after prepare, if there is one.
func (r recoloring) rows(pix []uint8, stride, n, height int, prepare func(row []uint8)) {
	forBands(height, bandRows, func(top int) {
		for y := top; y < min(top+bandRows, height) && r.ctx.Err() == nil; y++ {
			row := pix[y*stride:][:n]
			if prepare != nil {
				prepare(row)
			}
			r.convert(row, row)
		}
	})
}

// drawn converts an opaque image of any kind to RGBA on the way.
func (r recoloring) drawn(m image.Image) *image.RGBA {
	b := m.Bounds()
	to := &image.RGBA{Pix: r.pixels(4, b), Stride: 4 * b.Dx(), Rect: b}
	forBands(b.Dy(), bandRows, func(top int) {
		if r.ctx.Err() != nil {
			return
		}
		band := image.Rect(b.Min.X, b.Min.Y+top, b.Max.X, min(b.Min.Y+top+bandRows, b.Max.Y))
		draw.Draw(to, band, m, band.Min, draw.Src)
		pix := to.Pix[to.PixOffset(band.Min.X, band.Min.Y):][:band.Dy()*to.Stride]
		r.convert(pix, pix)
	})
	return to
}

func (r recoloring) palette(p color.Palette) color.Palette {
	var pix []byte
	for _, c := range p {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		pix = append(pix, n.R, n.G, n.B, n.A)
	}
	r.convert(pix, pix)
	converted := make(color.Palette, len(p))
	for i := range converted {
		converted[i] = color.NRGBA{R: pix[4*i], G: pix[4*i+1], B: pix[4*i+2], A: pix[4*i+3]}
	}
	return converted
}

func repainted(m *image.Paletted, p color.Palette) *image.Paletted {
	return &image.Paletted{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect, Palette: p}
}

func setAlpha(to *image.RGBA, m *image.NYCbCrA) {
	for y := range m.Rect.Dy() {
		for x, a := range m.A[y*m.AStride:][:m.Rect.Dx()] {
			to.Pix[y*to.Stride+4*x+3] = a
		}
	}
}

// divide8 divides premultiplied colors by their alpha. A profile is for the colors
// themselves.
func divide8(row []uint8) {
	for ; len(row) >= 4; row = row[4:] {
		a := uint(row[3])
		if a == 0 || a == 255 {
			continue
		}
		for c := range row[:3] {
			row[c] = uint8(min((uint(row[c])*255+a/2)/a, 255))
		}
	}
}

func divide16(row []uint8) {
	for ; len(row) >= 8; row = row[8:] {
		a := uint64(row[6])<<8 | uint64(row[7])
		if a == 0 || a == 65535 {
			continue
		}
		for c := 0; c < 6; c += 2 {
			v := min((uint64(uint16(row[c])<<8|uint16(row[c+1]))*65535+a/2)/a, 65535)
			row[c], row[c+1] = uint8(v>>8), uint8(v)
		}
	}
}
