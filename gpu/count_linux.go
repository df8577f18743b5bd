//go:build cgo

package gpu

import (
	"context"
	"slices"

	"kompress/quantize"
)

// A countPass is one look at all pixels.
type countPass struct {
	firstKey, counted int // opaque colours that have counters; none if counted is 0
	hashFrom          int // colours that may be in the hash
	slots             int // of the hash, which is left out if 0
	parts, part       int // colours are hashed whose hash is in this part
}

// found are colours with their counts.
type found struct {
	keys   []quantize.Key
	counts []uint32
}

// Count implements quantize.Pixels.
func (p *pixels) Count(ctx context.Context) (*quantize.Counts, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if p.n == 0 {
		return quantize.NewCounts(nil, nil)
	}
	var opaque, hashed found
	err := p.attempt(func(t *thread) (err error) {
		opaque, hashed, err = p.count(ctx, t)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err // what follows takes a while for millions of colours
	}
	hashed.sort()
	return quantize.NewCounts(append(opaque.keys, hashed.keys...), append(opaque.counts, hashed.counts...))
}

// extend appends n colours, yet unknown, and returns these.
func (f *found) extend(n int) (added found) {
	at := len(f.keys)
	f.keys = append(f.keys, make([]quantize.Key, n)...)
	f.counts = append(f.counts, make([]uint32, n)...)
	return found{f.keys[at:], f.counts[at:]}
}

// sort sorts by the keys, no two of which are alike.
func (f *found) sort() {
	pairs := make([]uint64, len(f.keys))
	for i, k := range f.keys {
		pairs[i] = uint64(k)<<32 | uint64(f.counts[i])
	}
	slices.Sort(pairs)
	for i, pair := range pairs {
		f.keys[i], f.counts[i] = quantize.Key(pair>>32), uint32(pair)
	}
}

// count counts in one look, if the counters fit and the hash is large enough. The
// hash begins small for large images, of which few have many translucent colours.
func (p *pixels) count(ctx context.Context, t *thread) (opaque, hashed found, err error) {
	e := p.engine
	first := countPass{parts: 1, slots: e.slotsFor(fewPixels / 2)}
	if p.n <= fewPixels {
		first.slots = e.slotsFor(p.n)
	} else {
		first.hashFrom, first.counted = opaqueKeys, e.sizes.counted
	}
	full, err := p.look(ctx, t, first, &opaque, &hashed)
	for key := first.counted; key < first.hashFrom && err == nil && t.err == nil; key += first.counted {
		pass := countPass{firstKey: key, counted: first.counted, hashFrom: first.hashFrom}
		_, err = p.look(ctx, t, pass, &opaque, nil)
	}
	if full && err == nil && t.err == nil {
		hashed, err = p.countHashed(ctx, t, first)
	}
	return opaque, hashed, err
}

// countHashed counts the colours that a hash was too small for: with a larger one
// or, where there is none, a part of them at a time.
func (p *pixels) countHashed(ctx context.Context, t *thread, pass countPass) (hashed found, err error) {
	pass.counted = 0
	for full := true; full; {
		if pass.slots < p.engine.sizes.slots {
			pass.slots = min(4*pass.slots, p.engine.sizes.slots)
		} else if pass.parts *= 2; pass.parts > 256 {
			return found{}, errFull(pass.slots)
		}
		full, hashed = false, found{}
		for pass.part = 0; pass.part < pass.parts && !full; pass.part++ {
			if full, err = p.look(ctx, t, pass, nil, &hashed); err != nil || t.err != nil {
				return found{}, err
			}
		}
	}
	return hashed, nil
}

// look makes a pass and appends what it found. It is full if the hash was too
// small; nothing was appended to hashed then.
func (p *pixels) look(ctx context.Context, t *thread, pass countPass, opaque, hashed *found) (full bool, err error) {
	e := p.engine
	x := &e.tables
	e.clearHash(t, &x.colorTable, max(1, pass.slots))
	t.grow(&x.counters, 4*pass.counted)
	if pass.counted > 0 {
		t.clear(&x.counters, 4*pass.counted)
	}
	err = p.eachBand(ctx, t, func(band view, _, n int) { p.countBand(t, band, n, pass) })
	if err != nil || t.err != nil {
		return false, err
	}
	if pass.counted > 0 {
		e.compact(t, &x.counters, pass, opaque)
	}
	if pass.slots == 0 {
		return false, nil
	}
	used, full := e.status(t)
	if !full && t.err == nil {
		e.gather(t, &x.colorTable, pass.slots, used, hashed)
	}
	return full, nil
}

func (p *pixels) countBand(t *thread, band view, n int, pass countPass) {
	x := &p.engine.tables
	p.engine.countPixels(t, countersOf{&x.colorTable, &x.counters, &x.status}, band, n, p.reader.Premultiplied(), pass)
}

// countersOf are what a look counts in.
type countersOf struct {
	hash             *colorTable
	counters, status *buffer
}

func (e *Engine) countPixels(t *thread, x countersOf, pixels view, n int, premultiplied bool, pass countPass) {
	slots, parts, part := pass.slots, pass.parts, pass.part
	if slots == 0 {
		slots, parts, part = 1, 1, 1 // no hash is in this part
	}
	t.dispatch("count", ceilDiv(n, pixelShare), []view{
		x.hash.slots.first(4 * slots), x.hash.values.first(4 * slots), x.counters.first(4 * pass.counted), pixels, x.status.whole(),
	}, append(e.hashUniforms(slots, pass.hashFrom),
		u32("count", n), flag("premultiplied", premultiplied),
		u32("firstKey", pass.firstKey), u32("counterKeys", pass.counted),
		u32("hashParts", parts), u32("hashPart", part))...)
}

// compact appends the opaque colours whose counters are not 0.
func (e *Engine) compact(t *thread, from *buffer, pass countPass, opaque *found) {
	x := &e.tables
	blocks := pass.counted / block
	counters := from.first(4 * pass.counted)
	t.grow(&x.tally, 8*blocks)
	t.grow(&x.before, 8*(blocks+1))
	before := x.before.first(8 * (blocks + 1))
	t.dispatch("tally", blocks, []view{counters, x.tally.first(8 * blocks)})
	t.dispatch("scan", 1, []view{before, x.tally.first(8 * blocks)},
		u32("count", blocks), u32("stride", 1), u32("place", 0))
	var total [1]uint64
	t.read(&e.down, &x.before, 8*blocks, 8, func(data []uint8) { copy(bytesOf(total[:]), data) })
	t.finish(&e.down)
	if total[0] > uint64(pass.counted) {
		t.nonsense("%d colours in %d counters", total[0], pass.counted)
		return
	}
	e.list(t, int(total[0]), opaque, func(keys, counts view, skip, n int) {
		t.dispatch("compact", blocks, []view{counters, before, keys, counts},
			u32("firstKey", pass.firstKey), u32("skip", skip), u32("room", n))
	})
}

// list appends n colours, which f writes to the views, skipping some, as many as
// have room there at a time.
func (e *Engine) list(t *thread, n int, all *found, f func(keys, counts view, skip, n int)) {
	x := &e.tables
	added := all.extend(n)
	size := min(e.sizes.keys, n)
	t.grow(&x.keys, 4*size)
	t.grow(&x.counts, 4*size)
	for skip := 0; skip < n && t.err == nil; skip += size {
		part := min(size, n-skip)
		f(x.keys.first(4*part), x.counts.first(4*part), skip, part)
		e.readFound(t, found{added.keys[skip : skip+part], added.counts[skip : skip+part]})
	}
}

// readFound reads the lists of colours that a stage has written.
func (e *Engine) readFound(t *thread, f found) {
	t.readAll(&e.down, &e.tables.keys, bytesOf(f.keys))
	t.readAll(&e.down, &e.tables.counts, bytesOf(f.counts))
	t.finish(&e.down)
}

// gather appends what is in a hash.
func (e *Engine) gather(t *thread, hash *colorTable, slots, used int, hashed *found) {
	x := &e.tables
	if used > slots {
		t.nonsense("%d colours in %d slots", used, slots)
	}
	if used == 0 || t.err != nil {
		return
	}
	t.grow(&x.keys, 4*used)
	t.grow(&x.counts, 4*used)
	t.grow(&x.status, 16)
	t.clear(&x.status, 16)
	t.dispatch("gather", ceilDiv(slots, slotShare), []view{
		hash.slots.first(4 * slots), hash.values.first(4 * slots), x.keys.first(4 * used), x.counts.first(4 * used), x.status.whole(),
	}, u32("slotCount", slots), u32("room", used))
	e.readFound(t, hashed.extend(used))
}
