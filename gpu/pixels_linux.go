//go:build cgo

package gpu

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"

	"kompress/kmeans"
	"kompress/quantize"
)

// pixels are an image's, in bands: runs of pixels, row by row. They stay on the
// device if they have room there; else every pass sends them again.
type pixels struct {
	engine *Engine
	image  image.Image // nil once closed
	n      int
	reader *quantize.PixelReader

	// Of a band: of how many pixels the image is, and the band's first row. Tables are
	// then left for the next band.
	imagePixels int
	row         int

	noRoom bool     // for all pixels
	bands  []buffer // nil if there is no room, or none was asked for yet
	sent   int      // bands that are there
}

// Open implements quantize.Engine.
func (e *Engine) Open(m image.Image) (quantize.Pixels, error) {
	if m == nil {
		return nil, errors.New("gpu: got no image")
	}
	if e.thread == nil {
		return nil, kmeans.ErrClosed
	}
	p := &pixels{engine: e, image: m}
	if b := m.Bounds(); !b.Empty() {
		p.n = b.Dx() * b.Dy()
		p.reader = quantize.NewPixelReader(m)
	}
	return p, nil
}

// Close implements quantize.Pixels.
func (p *pixels) Close() error {
	p.image, p.reader = nil, nil
	if p.bands == nil || p.engine.thread == nil {
		return nil
	}
	return p.engine.do(func(t *thread) error {
		p.free(t)
		return nil
	})
}

func (p *pixels) free(t *thread) {
	for i := range p.bands {
		t.free(&p.bands[i])
	}
	p.bands, p.sent = nil, 0
}

// reserve makes room for all pixels, if there is any left.
func (p *pixels) reserve(t *thread) {
	if p.noRoom || p.bands != nil || t.err != nil {
		return
	}
	if p.noRoom = int64(p.n) > (p.engine.budget-int64(t.memory.bytes))/4; p.noRoom {
		return
	}
	size := p.engine.sizes.pixels
	p.bands = make([]buffer, ceilDiv(p.n, size))
	for i := range p.bands {
		t.grow(&p.bands[i], bandBytes(min(size, p.n-i*size)))
		if t.err != nil {
			p.free(t)
			return
		}
	}
}

// attempt runs f, and once more without keeping the pixels on the device if its
// memory does not suffice, of which some drivers tell only when it is used. Pixels
// that a window draws stay.
func (p *pixels) attempt(f func(t *thread) error) error {
	err := p.engine.do(f)
	if !errors.Is(err, ErrOutOfMemory) || p.noRoom || p.engine.draws(p) {
		return err
	}
	p.noRoom = true
	return p.engine.do(func(t *thread) error {
		p.free(t)
		return f(t)
	})
}

// bandBytes is the size of a band: stages look at four pixels at a time.
func bandBytes(n int) int { return ceilDiv(n, 4) * 16 }

// eachBand calls f for every band, with n pixels from first on, once it is there.
func (p *pixels) eachBand(ctx context.Context, t *thread, f func(band view, first, n int)) error {
	p.engine.transfer(t, "upload", &p.engine.transfers.Upload, func() { p.reserve(t) })
	size := p.engine.sizes.pixels
	for i := range ceilDiv(p.n, size) {
		if err := ctx.Err(); err != nil {
			return err
		}
		first := i * size
		n := min(size, p.n-first)
		band := &p.engine.bands[i%len(p.engine.bands)]
		switch {
		case p.bands == nil:
			t.grow(band, bandBytes(n))
			p.send(t, band, first, n)
		case i >= p.sent:
			band = &p.bands[i]
			if p.send(t, band, first, n); t.err == nil {
				p.sent = i + 1
			}
		default:
			band = &p.bands[i]
		}
		if t.err != nil {
			return nil // do returns it
		}
		f(band.first(bandBytes(n)), first, n)
	}
	return nil
}

func (p *pixels) send(t *thread, band *buffer, first, n int) {
	p.engine.transfer(t, "upload", &p.engine.transfers.Upload, func() {
		t.write(&p.engine.up, band, 0, 4*n, func(dst []uint8) { p.reader.Read(dst, first) })
	})
}

// check returns an error unless the pixels can be used.
func (p *pixels) check() error {
	if p.image == nil || p.engine.thread == nil {
		return kmeans.ErrClosed
	}
	return nil
}

// fewPixels is up to where a hash of all colours is faster than 2²⁴ counters, which
// have to be cleared and read through whatever the image; manyColors likewise.
const (
	fewPixels  = 1 << 20
	manyColors = 1 << 15
	opaqueKeys = quantize.OpaqueKeys
)

// Map implements quantize.Pixels.
func (p *pixels) Map(ctx context.Context, index []uint8, t *quantize.Table) error {
	return p.fill(ctx, index, func(thread *thread) error { return p.mapAll(ctx, thread, index, t) })
}

// fill makes a pass that writes index, if it may and there is anything to write.
func (p *pixels) fill(ctx context.Context, index []uint8, pass func(*thread) error) error {
	if err := p.check(); err != nil {
		return err
	}
	if err := quantize.CheckIndex(index, p.image); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil || p.n == 0 {
		return err
	}
	return p.attempt(pass)
}

func (p *pixels) mapAll(ctx context.Context, t *thread, index []uint8, table *quantize.Table) error {
	e := p.engine
	if part := e.entered.part; part != nil && e.entered.table == table && p.imagePixels > 0 {
		return p.mapPart(ctx, t, index, part, false)
	}
	again := false
	for part := range e.parts(table, max(p.n, p.imagePixels)) {
		if err := e.enter(t, &e.tables.colorTable, part); err != nil {
			return err
		}
		if err := p.mapPart(ctx, t, index, part, again); err != nil || t.err != nil {
			return err
		}
		again = true
		if p.imagePixels > 0 && part.first == 0 && part.last == math.MaxUint32 {
			e.entered.table, e.entered.part = table, part.withoutColors()
		}
	}
	return nil
}

func (p *pixels) mapPart(ctx context.Context, t *thread, index []uint8, part *tablePart, again bool) error {
	err := p.eachBand(ctx, t, func(band view, first, n int) {
		p.mapBand(t, band, index[first:first+n], part, again)
	})
	if err == nil {
		t.finish(&p.engine.down)
	}
	return err
}

func (p *pixels) mapBand(t *thread, band view, index []uint8, part *tablePart, again bool) {
	e, n := p.engine, len(index)
	out := &e.tables.index
	t.grow(out, e.sizes.pixels)
	if again {
		t.writeAll(&e.up, out, index)
	}
	t.dispatch("map", ceilDiv(n, pixelShare), []view{
		e.tables.slots.first(4 * part.slots), e.tables.values.first(4 * part.slots), e.tables.dense.whole(),
		band, out.first(n),
	}, append(e.hashUniforms(part.slots, part.hashFrom),
		u32("count", n), flag("premultiplied", p.reader.Premultiplied()),
		u32("firstKey", int(part.first)), u32("lastKey", int(part.last)), flag("again", again))...)
	e.transfer(t, "read back", &e.transfers.ReadBack, func() {
		t.read(&e.down, out, 0, n, func(found []uint8) { copy(index, found) })
	})
}

// hashUniforms are those of hash.glsl and where it is used.
func (e *Engine) hashUniforms(slots, hashFrom int) []uniform {
	return []uniform{u32("hashMask", slots-1), u32("salt", int(e.salt)), u32("hashFrom", hashFrom)}
}

// errFull says that a hash table was too small.
func errFull(slots int) error {
	return fmt.Errorf("gpu: a hash table of %d slots is full: %w", slots, ErrOutOfMemory)
}
