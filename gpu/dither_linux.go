//go:build cgo

package gpu

import (
	"context"
	"iter"
	"math"

	"kompress/quantize"
)

// A mixPart is colours, and the mix of each, that fit on the device together: opaque
// ones in a table of words or, of few, any in a hash.
type mixPart struct {
	keys        []uint32
	mixes       []uint32
	slots       int          // of the hash; 0 if it is none
	words       int          // in the table, of a part without a hash
	first, last quantize.Key // keys of which the part knows the mix
	isAll       bool         // unless another follows: there was none before
}

// mixParts cuts a table for an image of so many pixels. Nearly always there is one; for
// large images that are not opaque, two.
func (e *Engine) mixParts(t *quantize.DitherTable, pixels int) iter.Seq[*mixPart] {
	hashFrom := quantize.Key(0)
	if t.Len() >= manyColors || pixels > fewPixels {
		hashFrom = opaqueKeys
	}
	return func(yield func(*mixPart) bool) {
		part := &mixPart{isAll: true}
		for k, mix := range t.All() {
			if e.beginsPart(part, k, hashFrom) {
				if part.last = k - 1; !yield(e.closed(part, hashFrom)) {
					return
				}
				part = &mixPart{first: k, keys: part.keys[:0], mixes: part.mixes[:0]}
			}
			part.keys = append(part.keys, uint32(k))
			part.mixes = append(part.mixes, uint32(mix))
		}
		part.last = math.MaxUint32
		yield(e.closed(part, hashFrom))
	}
}

// beginsPart says whether there is no room for the key in the part.
func (e *Engine) beginsPart(part *mixPart, k, hashFrom quantize.Key) bool {
	switch {
	case len(part.keys) == 0:
		part.first = k
		return false
	case part.first >= hashFrom:
		return len(part.keys) == e.sizes.slots/2
	}
	return k >= hashFrom || int(k-part.first) >= e.sizes.counted
}

// closed gives the part a hash, if it is to have one.
func (e *Engine) closed(part *mixPart, hashFrom quantize.Key) *mixPart {
	if part.first >= hashFrom || len(part.keys) == 0 {
		part.slots = e.slotsFor(len(part.keys))
		part.words = 1
	} else {
		part.words = int(part.keys[len(part.keys)-1]) - int(part.first) + 1
	}
	return part
}

// Dither implements quantize.Pixels.
func (p *pixels) Dither(ctx context.Context, index []uint8, t *quantize.DitherTable) error {
	return p.fill(ctx, index, func(thread *thread) error { return p.ditherAll(ctx, thread, index, t) })
}

func (p *pixels) ditherAll(ctx context.Context, t *thread, index []uint8, table *quantize.DitherTable) error {
	e := p.engine
	if part := e.entered.mixPart; part != nil && e.entered.mixes == table && p.imagePixels > 0 {
		return p.ditherPart(ctx, t, index, part, false)
	}
	mask := &e.tables.mask
	t.grow(mask, len(table.Mask()))
	t.writeAll(&e.up, mask, table.Mask()[:])
	again := false
	for part := range e.mixParts(table, max(p.n, p.imagePixels)) {
		if err := e.enterMixes(t, part); err != nil {
			return err
		}
		if err := p.ditherPart(ctx, t, index, part, again); err != nil || t.err != nil {
			return err
		}
		again = true
		if p.imagePixels > 0 && part.isAll && part.last == math.MaxUint32 {
			e.entered.mixes, e.entered.mixPart = table, part.withoutColors()
		}
	}
	return nil
}

func (p *pixels) ditherPart(ctx context.Context, t *thread, index []uint8, part *mixPart, again bool) error {
	err := p.eachBand(ctx, t, func(band view, first, n int) {
		p.ditherBand(t, band, index[first:first+n], first, part, again)
	})
	if err == nil {
		t.finish(&p.engine.down)
	}
	return err
}

func (p *pixels) ditherBand(t *thread, band view, index []uint8, first int, part *mixPart, again bool) {
	e, n, width := p.engine, len(index), p.image.Bounds().Dx()
	out := &e.tables.index
	t.grow(out, e.sizes.pixels)
	if again {
		t.writeAll(&e.up, out, index)
	}
	t.dispatch("dither", ceilDiv(n, pixelShare), append(e.mixViews(part), band, out.first(n), e.tables.mask.whole()),
		append(e.mixUniforms(part),
			u32("count", n), flag("premultiplied", p.reader.Premultiplied()),
			u32("lastKey", int(part.last)), flag("again", again), u32("width", width),
			u32("firstRow", (p.row+first/width)%quantize.MaskSide), u32("firstColumn", first%width))...)
	e.transfer(t, "read back", &e.transfers.ReadBack, func() {
		t.read(&e.down, out, 0, n, func(found []uint8) { copy(index, found) })
	})
}

// withoutColors is what there is to know of a part that was entered.
func (part mixPart) withoutColors() *mixPart {
	part.keys, part.mixes = nil, nil
	return &part
}

// mixViews are the tables that a part is in.
func (e *Engine) mixViews(part *mixPart) []view {
	x, slots := &e.tables, max(1, part.slots)
	return []view{x.slots.first(4 * slots), x.values.first(4 * slots), x.counters.first(4 * part.words)}
}

func (e *Engine) mixUniforms(part *mixPart) []uniform {
	return []uniform{
		u32("hashMask", max(1, part.slots)-1), u32("salt", int(e.salt)),
		u32("firstKey", int(part.first)), flag("hashed", part.slots > 0),
	}
}

// enterMixes fills the tables with a part. The device is done with it then.
func (e *Engine) enterMixes(t *thread, part *mixPart) error {
	for {
		full := e.tryToEnterMixes(t, part)
		switch {
		case !full || t.err != nil:
			return nil
		case part.slots == e.sizes.slots:
			return errFull(part.slots)
		}
		part.slots *= 2
	}
}

func (e *Engine) tryToEnterMixes(t *thread, part *mixPart) (full bool) {
	x := &e.tables
	e.clearHash(t, &x.colorTable, max(1, part.slots))
	t.grow(&x.counters, 4*part.words)
	size := min(e.sizes.keys, len(part.keys))
	t.grow(&x.keys, 4*size)
	t.grow(&x.counts, 4*size)
	for from := 0; from < len(part.keys); from += size {
		n := min(size, len(part.keys)-from)
		t.writeAll(&e.up, &x.keys, bytesOf(part.keys[from:from+n]))
		t.writeAll(&e.up, &x.counts, bytesOf(part.mixes[from:from+n]))
		t.dispatch("mix", ceilDiv(n, enterShare),
			append(e.mixViews(part), x.keys.first(4*n), x.counts.first(4*n), x.status.whole()),
			append(e.mixUniforms(part), u32("count", n))...)
	}
	_, full = e.status(t)
	return full
}
