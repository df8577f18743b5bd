//go:build cgo

package gpu

import (
	"iter"
	"math"

	"kompress/quantize"
)

// A colorTable has the palette index of every colour, on the device; while colours
// are counted, its hash has their counts.
type colorTable struct {
	slots, values buffer // a hash table
	dense         buffer // indices of opaque colours, a byte each
}

// tables are what both passes over pixels look into, on the device.
type tables struct {
	colorTable
	status        buffer // of a hash table that is being filled
	counters      buffer // of opaque colours; of those that are dithered, mixes
	tally, before buffer // 64-bit number of colours in each block of counters, and before it
	keys, counts  buffer // what was found, or is to be entered
	index         buffer // of the pixels of a band
	mask          buffer // to dither by
}

// An entered is a table that is all in those of the engine, for the next band. Nothing
// else has been put there since.
type entered struct {
	table   *quantize.Table
	part    *tablePart // nil for none
	mixes   *quantize.DitherTable
	mixPart *mixPart // nil for none
}

// A tablePart is colours, and the index of each, that fit on the device together.
type tablePart struct {
	keys        []uint32
	index       []uint8
	hashFrom    int // keys below it are in the dense table
	slots       int
	first, last quantize.Key // keys of which the part knows the index
}

// parts cuts a table for an image of so many pixels. Nearly always there is one.
func (e *Engine) parts(t *quantize.Table, pixels int) iter.Seq[*tablePart] {
	colors := 0
	for range t.All() {
		colors++
	}
	part := &tablePart{keys: make([]uint32, 0, colors), index: make([]uint8, 0, colors)}
	if colors >= manyColors || pixels > fewPixels {
		part.hashFrom = opaqueKeys
	}
	return func(yield func(*tablePart) bool) {
		hashed := 0
		for k, entry := range t.All() {
			if int(k) >= part.hashFrom {
				if hashed == e.sizes.slots/2 {
					part.last = k - 1
					if part.slots = e.slotsFor(hashed); !yield(part) {
						return
					}
					part = &tablePart{first: k, hashFrom: part.hashFrom, keys: part.keys[:0], index: part.index[:0]}
					hashed = 0
				}
				hashed++
			}
			part.keys = append(part.keys, uint32(k))
			part.index = append(part.index, entry)
		}
		part.last = math.MaxUint32
		part.slots = e.slotsFor(hashed)
		yield(part)
	}
}

// withoutColors is what there is to know of a part that was entered.
func (part tablePart) withoutColors() *tablePart {
	part.keys, part.index = nil, nil
	return &part
}

// slotsFor returns the size of a hash table that so many keys fill by half at most.
func (e *Engine) slotsFor(keys int) int {
	slots := min(1024, e.sizes.slots)
	for slots < 2*keys && slots < e.sizes.slots {
		slots *= 2
	}
	return slots
}

// onlyPart returns the part that is all of a table, or nil if the table needs several.
func (e *Engine) onlyPart(t *quantize.Table, pixels int) *tablePart {
	for part := range e.parts(t, pixels) {
		if part.first == 0 && part.last == math.MaxUint32 {
			return part
		}
	}
	return nil
}

// enter fills a table with a part. The device is done with it then.
func (e *Engine) enter(t *thread, table *colorTable, part *tablePart) error {
	for {
		full := e.tryToEnter(t, table, part)
		switch {
		case !full || t.err != nil:
			return nil
		case part.slots == e.sizes.slots:
			return errFull(part.slots)
		}
		part.slots *= 2
	}
}

func (e *Engine) tryToEnter(t *thread, table *colorTable, part *tablePart) (full bool) {
	x := &e.tables
	e.clearHash(t, table, part.slots)
	t.grow(&table.dense, part.hashFrom)
	if part.hashFrom > 0 {
		t.clear(&table.dense, part.hashFrom)
	}
	size := e.sizes.keys
	t.grow(&x.keys, 4*min(size, len(part.keys)))
	t.grow(&x.counts, min(size, len(part.index)))
	for from := 0; from < len(part.keys); from += size {
		to := min(from+size, len(part.keys))
		t.writeAll(&e.up, &x.keys, bytesOf(part.keys[from:to]))
		t.writeAll(&e.up, &x.counts, part.index[from:to])
		t.dispatch("enter", ceilDiv(to-from, enterShare), []view{
			table.slots.first(4 * part.slots), table.values.first(4 * part.slots), table.dense.whole(),
			x.keys.first(4 * (to - from)), x.counts.first(to - from), x.status.whole(),
		}, append(e.hashUniforms(part.slots, part.hashFrom), u32("count", to-from))...)
	}
	_, full = e.status(t)
	return full
}

// clearHash makes the hash of a table of the engine an empty one.
func (e *Engine) clearHash(t *thread, table *colorTable, slots int) {
	if table == &e.tables.colorTable {
		e.entered = entered{}
	}
	t.clearHash(table, &e.tables.status, slots)
}

// clearHash makes a hash, with its status, an empty one.
func (t *thread) clearHash(table *colorTable, status *buffer, slots int) {
	t.grow(&table.slots, 4*slots)
	t.grow(&table.values, 4*slots)
	t.grow(status, 16)
	t.clear(&table.slots, 4*slots)
	t.clear(&table.values, 4*slots)
	t.clear(status, 16)
}

// status returns how many slots were taken, and whether a key found none.
func (e *Engine) status(t *thread) (used int, full bool) {
	var words [2]uint32
	t.readAll(&e.down, &e.tables.status, bytesOf(words[:]))
	t.finish(&e.down)
	return int(words[0]), words[1] != 0
}
