package baseline

import "kompress/imagefile/chroma"

// A builder makes pixels of coefficients, row by row of MCUs.
type builder struct {
	layout layout
	quant  [3]*factors

	// Samples that become something else: those of a row of MCUs from row 1 on, and
	// above them the last ones of the row before.
	coded [3]plane

	above []uint8 // the row of luma that a band leaves to the next one
}

func newBuilder(d *Decoder, l layout) *builder {
	b := &builder{layout: l}
	for part, c := range d.parts {
		b.quant[part] = &d.quant[c.quant]
		if l.kind == mixed || l.kind == smooth && part > 0 {
			width, height := l.part(part)
			b.coded[part] = newPlane(width, height+1)
		}
	}
	return b
}

// row puts the pixels of row m of MCUs into c.
func (b *builder) row(c *canvas, m int, from *coefficients) {
	l := &b.layout
	for i, at := range l.blocks {
		p, top := b.target(c, m, at.part)
		width, _ := l.part(at.part)
		p.pix = p.pix[(top+at.y)*p.stride+at.x:]
		b.blocks(p, width/l.across, b.quant[at.part], from, i)
	}
	switch l.kind {
	case smooth:
		for part := 1; part <= 2; part++ {
			b.widen(c.planes[part], c.top, b.coded[part], m)
		}
	case mixed:
		b.mix(c, m)
	}
}

// leave keeps what the band that begins with MCU row m needs of the one before it.
func (b *builder) leave(c *canvas, m int) {
	if y := m*b.layout.height - b.layout.lag; y < b.layout.size.Y && b.layout.lag > 0 {
		b.above = append(b.above[:0], c.planes[0].row(y-c.top)...)
	}
}

// target returns where the samples of row m of MCUs go, and the row there.
func (b *builder) target(c *canvas, m, part int) (p plane, top int) {
	if p := b.coded[part]; p.pix != nil {
		return p, 1
	}
	_, height := b.layout.part(part)
	return c.planes[part], m*height - c.top*height/b.layout.height
}

// blocks transforms the i-th block of each MCU of a row.
func (b *builder) blocks(to plane, step int, by *factors, from *coefficients, i int) {
	n := len(b.layout.blocks)
	for x := 0; i < len(from.blocks); x += step {
		if head := from.first[i]; head.some {
			inverse(to.pix[x:], to.stride, &from.blocks[i], head.dc, by)
		} else {
			inverseFlat(to.pix[x:], to.stride, head.dc, by)
		}
		i += n
	}
}

// widen interpolates the colors of the rows that row m of MCUs completes.
func (b *builder) widen(to plane, first int, coded plane, m int) {
	l := &b.layout
	rows := len(coded.pix)/coded.stride - 1 // of an MCU
	top, bottom := l.rows(m, 1)
	colors := func(y int) []uint8 { return coded.row(y - m*rows + 1) }
	for y := top; y < bottom; y++ {
		chroma.Row(to.row(y-first), l.ratio, y, l.size.Y, colors)
	}
	copy(coded.row(0), coded.row(rows))
}

// mix makes opaque pixels of red, green and blue.
func (b *builder) mix(c *canvas, m int) {
	top, bottom := b.layout.rows(m, 1)
	for y := top; y < bottom; y++ {
		to := c.planes[0].row(y - c.top)
		red, green, blue := b.coded[0].row(y-top+1), b.coded[1].row(y-top+1), b.coded[2].row(y-top+1)
		for x := 0; x < len(to); x += 4 {
			p := to[x : x+4 : x+4]
			p[0], p[1], p[2], p[3] = red[x/4], green[x/4], blue[x/4], 255
		}
	}
}
