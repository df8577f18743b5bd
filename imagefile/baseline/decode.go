package baseline

import (
	"image"

	"kompress/imagefile/workers"
)

const (
	// bandBytes is about how large a band is.
	bandBytes = 1 << 20

	// ahead is how many rows of coefficients are decoded, used or waiting at a time, and
	// how many bands.
	ahead = 3
)

// Decode calls do with bands of the image, once for a Decoder, from top to bottom,
// the same ones every time; their bounds say where they are. With keep they are parts of
// one image, which it returns; else they are valid until do returns. An error of do ends
// it and is returned as it is; others are those of [New] and those of image/jpeg, with
// [io.ErrUnexpectedEOF] for a file that ends too early.
//
// Colors of one of the three common subsamplings are interpolated, so that an
// *image.YCbCr is 4:4:4. Others have their subsampling. Gray is an *image.Gray, and RGB
// an *image.RGBA.
func (d *Decoder) Decode(keep bool, do func(band image.Image) error) (image.Image, error) {
	return d.decode(bandBytes, keep, do)
}

func (d *Decoder) decode(bytes int, keep bool, do func(band image.Image) error) (image.Image, error) {
	p := d.newPipeline(bytes, keep)
	var g workers.Group
	var readErr error
	g.Go(func() { readErr = p.read(d) })
	g.Go(func() { p.build(d) })
	err := p.each(do, &g)
	if err == nil {
		err = readErr
	}
	if err != nil || !keep {
		return nil, err
	}
	return p.whole.image(0, p.layout.size.Y), nil
}

// A pipeline goes from codes to coefficients on one goroutine, from there to pixels on
// another, and to what is done with them on a third. Channels have room for all that is
// sent, so that only receiving waits.
type pipeline struct {
	layout layout
	mcus   int     // rows of MCUs in a band
	whole  *canvas // if it is kept

	free, full chan *coefficients
	spare      chan *canvas
	bands      chan band
	quit       chan struct{} // closed when no more is wanted
}

// A band is some rows of a canvas.
type band struct {
	canvas *canvas
	image  image.Image
}

// newPipeline makes one with bands of about so many bytes.
func (d *Decoder) newPipeline(bytes int, keep bool) *pipeline {
	l := d.layout()
	p := &pipeline{layout: l, mcus: max(1, min(l.down, bytes/(3*l.size.X*l.height)))}
	bands := (l.down + p.mcus - 1) / p.mcus
	p.free, p.full = make(chan *coefficients, ahead), make(chan *coefficients, ahead)
	for range min(ahead, l.down) {
		p.free <- newCoefficients(l.across * len(l.blocks))
	}
	p.quit = make(chan struct{})
	if keep {
		p.whole = p.layout.newCanvas(l.down)
		p.bands = make(chan band, bands)
		return p
	}
	p.bands, p.spare = make(chan band, ahead), make(chan *canvas, ahead)
	for range min(ahead, bands) {
		p.spare <- p.layout.newCanvas(p.mcus)
	}
	return p
}

// read decodes the codes of all blocks.
func (p *pipeline) read(d *Decoder) error {
	defer close(p.full)
	s := newScanner(d, p.layout)
	for range p.layout.down {
		select {
		case c := <-p.free:
			if err := s.row(c); err != nil {
				return err
			}
			p.full <- c
		case <-p.quit:
			return nil
		}
	}
	return s.finish()
}

// build makes pixels of them.
func (p *pipeline) build(d *Decoder) {
	defer close(p.bands)
	b := newBuilder(d, p.layout)
	c := p.whole
	m := 0
	for from := range p.full {
		if p.whole == nil && m%p.mcus == 0 {
			if c = p.nextCanvas(m, b.above); c == nil {
				return
			}
		}
		b.row(c, m, from)
		p.free <- from
		m++
		if m%p.mcus == 0 || m == p.layout.down {
			first := (m - 1) / p.mcus * p.mcus
			b.leave(c, m)
			p.bands <- band{c, c.image(p.layout.rows(first, m-first))}
		}
	}
}

// nextCanvas waits for one, for a band that begins with MCU row m. It returns nil if none
// is wanted any more.
func (p *pipeline) nextCanvas(m int, above []uint8) *canvas {
	select {
	case c := <-p.spare:
		c.start(m, above)
		return c
	case <-p.quit:
		return nil
	}
}

// each does what is to be done with all bands. When it returns, the goroutines have ended.
func (p *pipeline) each(do func(band image.Image) error, g *workers.Group) error {
	defer g.Wait()
	defer close(p.quit)
	for b := range p.bands {
		if err := do(b.image); err != nil {
			return err
		}
		if p.spare != nil {
			p.spare <- b.canvas
		}
	}
	return nil
}
