package baseline

import (
	"image"

	"kompress/imagefile/hugepages"
)

// A plane is the samples of a component, or the pixels in RGBA.
type plane struct {
	pix    []uint8
	stride int
}

func newPlane(stride, rows int) plane {
	p := plane{make([]uint8, stride*rows), stride}
	hugepages.Advise(p.pix)
	return p
}

func (p plane) row(y int) []uint8 { return p.pix[y*p.stride:][:p.stride] }

// A canvas is the picture, or a band of it.
type canvas struct {
	layout *layout
	top    int // the row of the picture that its first one is
	planes [3]plane
}

// newCanvas returns one for so many rows of MCUs.
func (l *layout) newCanvas(mcus int) *canvas {
	c := &canvas{layout: l}
	rows := mcus*l.height + l.lag
	for part := range c.planes {
		switch p := &c.planes[part]; {
		case l.kind == mixed && part == 0:
			*p = newPlane(4*l.size.X, rows)
		case l.kind == smooth && part > 0:
			*p = newPlane(l.size.X, rows)
		case l.kind == mixed || l.kind == gray && part > 0:
		default:
			width, height := l.part(part)
			*p = newPlane(width, height*mcus+l.lag)
		}
	}
	return c
}

// part returns how many samples of a component there are in a row of MCUs.
func (l *layout) part(part int) (width, height int) {
	for _, at := range l.blocks {
		if at.part == part {
			width, height = max(width, at.x+8), max(height, at.y+8)
		}
	}
	return width * l.across, height
}

// start makes an empty canvas of a band that begins with MCU row m. If a row of pixels
// waits for it, that is above.
func (c *canvas) start(m int, above []uint8) {
	c.top = m*c.layout.height - c.layout.lag
	if above != nil {
		copy(c.planes[0].row(0), above)
	}
}

// image returns rows of the picture.
func (c *canvas) image(top, bottom int) image.Image {
	r := image.Rect(0, top, c.layout.size.X, bottom)
	luma, stride := c.from(0, top, 1)
	switch c.layout.kind {
	case gray:
		return &image.Gray{Pix: luma, Stride: stride, Rect: r}
	case mixed:
		return &image.RGBA{Pix: luma, Stride: stride, Rect: r}
	}
	m := &image.YCbCr{Y: luma, YStride: stride, SubsampleRatio: c.layout.ratio, Rect: r}
	shared := 1 // rows that have one of colors
	switch {
	case c.layout.kind == smooth:
		m.SubsampleRatio = image.YCbCrSubsampleRatio444
	case c.layout.ratio == image.YCbCrSubsampleRatio410:
		shared = 2
	}
	m.Cb, m.CStride = c.from(1, top, shared)
	m.Cr, _ = c.from(2, top, shared)
	return m
}

// from returns what a plane has from a row of the picture on.
func (c *canvas) from(part, y, shared int) (pix []uint8, stride int) {
	p := c.planes[part]
	return p.pix[(y-c.top)/shared*p.stride:], p.stride
}
