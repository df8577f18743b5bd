//go:build cgo

package gpu

import (
	"context"
	"errors"
	"image"
	"math"

	"kompress/quantize"
)

// A bandCount counts an image whose pixels come bit by bit. They are gathered in units,
// each of which is counted as soon as it is full: by counters, and in a hash, that stay
// on the device. What is counted waits for nothing, so that it goes on while the next
// pixels are made and sent.
type bandCount struct {
	engine        *Engine
	pixels        int // of the image
	unit          int // pixels: a multiple of alignedPixels
	pass          countPass
	begun         bool
	premultiplied bool // the pixels are
	sent          int  // pixels

	hash     colorTable
	counters []buffer // of pass.counted opaque colours each
	status   buffer   // of the hash
	units    [2]buffer
	kept     pixels // has all pixels in its bands, if they are to be kept and there is room

	looked int // pixels that were counted since the counters were cleared, or will be
	seen   struct {
		used   int // slots that were taken, when last it was heard
		looked int // pixels, then
		full   bool
	}
	total *quantize.Counts // what was read back; nil for nothing
	wrong error            // with that: no device that works gives it
}

const (
	// alignedPixels begin where a stage's view of a buffer may.
	alignedPixels = 64

	// unitPixels is enough to keep a GPU busy, and few enough to be counted while a band
	// of usual size is decoded.
	unitPixels = 1 << 19

	// hashUnits is how many units of nothing but new colours fit half of the hash: with
	// fewer it would be waited for after each one.
	hashUnits = 4
)

func newBandCount(e *Engine, pixels int, kept bool) *bandCount {
	c := &bandCount{engine: e, pixels: pixels}
	c.pass = countPass{parts: 1, slots: min(2*hashUnits*unitPixels, e.sizes.slots)}
	if pixels <= fewPixels {
		c.pass.slots = e.slotsFor(pixels)
	} else {
		c.pass.hashFrom, c.pass.counted = opaqueKeys, e.sizes.counted
		c.counters = make([]buffer, opaqueKeys/c.pass.counted)
	}
	c.unit = min(unitPixels, c.pass.slots/2, e.sizes.pixels) / alignedPixels * alignedPixels
	c.kept.engine, c.kept.n, c.kept.noRoom = e, pixels, !kept || e.sizes.pixels%c.unit != 0
	return c
}

// add sends a band and has it counted but for the last pixels, which wait for others.
func (c *bandCount) add(ctx context.Context, band image.Image) error {
	reader := quantize.NewPixelReader(band)
	if !c.begun {
		if err := c.begin(); err != nil {
			return err
		}
		c.premultiplied = reader.Premultiplied()
	}
	if reader.Premultiplied() != c.premultiplied {
		return errors.New("gpu: got bands of several types, want one")
	}
	b := band.Bounds()
	n := b.Dx() * b.Dy()
	return c.engine.do(func(t *thread) error {
		for first := 0; first < n && t.err == nil; {
			if err := ctx.Err(); err != nil {
				return err
			}
			part := min(c.unit-c.sent%c.unit, n-first)
			c.send(t, part, func(dst []uint8) { reader.Read(dst, first) })
			first += part
			if c.sent%c.unit == 0 {
				c.look(t, c.unit)
			}
		}
		return c.check(t)
	})
}

// begin clears the counters and makes room for the pixels.
func (c *bandCount) begin() error {
	if !c.kept.noRoom {
		err := c.engine.do(func(t *thread) error {
			c.kept.reserve(t)
			return nil
		})
		if errors.Is(err, ErrOutOfMemory) {
			c.kept.noRoom = true
		} else if err != nil {
			return err
		}
	}
	err := c.engine.do(func(t *thread) error {
		c.clear(t)
		if c.kept.bands == nil {
			for i := range c.units {
				t.grow(&c.units[i], 4*c.unit)
			}
		}
		return nil
	})
	c.begun, c.sent, c.total = err == nil, 0, nil
	return err
}

// clear makes all counts 0.
func (c *bandCount) clear(t *thread) {
	for i := range c.counters {
		t.grow(&c.counters[i], 4*c.pass.counted)
		t.clear(&c.counters[i], 4*c.pass.counted)
	}
	c.clearHash(t)
	c.looked = 0
}

func (c *bandCount) clearHash(t *thread) {
	t.clearHash(&c.hash, &c.status, c.pass.slots)
	c.seen.used, c.seen.looked, c.seen.full = 0, c.looked, false
}

// place returns where pixel i of the image is, or goes.
func (c *bandCount) place(i int) (in *buffer, pixel int) {
	if c.kept.bands != nil {
		size := c.engine.sizes.pixels
		return &c.kept.bands[i/size], i % size
	}
	return &c.units[i/c.unit%len(c.units)], i % c.unit
}

// send sends the next n pixels, which are of one unit.
func (c *bandCount) send(t *thread, n int, read func(dst []uint8)) {
	e := c.engine
	in, at := c.place(c.sent)
	e.transfer(t, "upload", &e.transfers.Upload, func() { t.write(&e.up, in, 4*at, 4*n, read) })
	c.sent += n
}

// look has the last n pixels counted: those of the last unit.
func (c *bandCount) look(t *thread, n int) {
	c.makeRoom(t, n)
	in, at := c.place(c.sent - n)
	view := in.part(4*at, bandBytes(n))
	pass := c.pass
	for i := range max(1, len(c.counters)) {
		counters := &c.status // there has to be some buffer
		if pass.counted > 0 {
			counters = &c.counters[i]
		}
		c.engine.countPixels(t, countersOf{&c.hash, counters, &c.status}, view, n, c.premultiplied, pass)
		pass.slots, pass.firstKey = 0, pass.firstKey+pass.counted
	}
	c.looked += n
	looked := c.looked
	t.read(&c.engine.down, &c.status, 0, 8, func(data []uint8) {
		var words [2]uint32
		copy(bytesOf(words[:]), data)
		c.seen.used, c.seen.looked = int(words[0]), looked
		c.seen.full = c.seen.full || words[1] != 0
	})
}

// makeRoom sees to it that n pixels of new colours would fit half of the hash, and that
// no count can be above 2³²-1.
func (c *bandCount) makeRoom(t *thread, n int) {
	if c.looked+n > math.MaxUint32 {
		c.readBack(t)
	}
	room := func() bool { return c.seen.used+c.looked-c.seen.looked+n <= c.pass.slots/2 }
	if !room() {
		t.finish(&c.engine.down)
	}
	if !room() && t.err == nil {
		c.readHash(t)
	}
}

// readBack adds all counts to the total and makes them 0.
func (c *bandCount) readBack(t *thread) {
	e := c.engine
	var opaque found
	pass := c.pass
	for i := range c.counters {
		e.compact(t, &c.counters[i], pass, &opaque)
		pass.firstKey += pass.counted
	}
	c.addFound(t, opaque)
	c.readHash(t)
	c.clear(t)
}

func (c *bandCount) readHash(t *thread) {
	t.finish(&c.engine.down)
	var hashed found
	if t.err == nil && !c.seen.full {
		c.engine.gather(t, &c.hash, c.pass.slots, c.seen.used, &hashed)
	}
	hashed.sort()
	c.addFound(t, hashed)
	if !c.seen.full { // else what is in it is of no use, and that must not be forgotten
		c.clearHash(t)
	}
}

// addFound adds to the total.
func (c *bandCount) addFound(t *thread, f found) {
	if len(f.keys) == 0 || t.err != nil {
		return
	}
	counts, err := quantize.NewCounts(f.keys, f.counts)
	if err == nil && c.total != nil {
		counts, err = quantize.AddCounts(c.total, counts)
	}
	if c.total = counts; err != nil && c.wrong == nil {
		c.wrong = err
	}
}

// check returns what was wrong with what was counted.
func (c *bandCount) check(t *thread) error {
	if c.wrong == nil && c.seen.full && t.err == nil {
		return errFull(c.pass.slots)
	}
	return c.wrong
}

// finish counts what is left and reads the counts back. Of the device's memory only
// pixels that are to be kept stay.
func (c *bandCount) finish() error {
	return c.engine.do(func(t *thread) error {
		if n := c.sent % c.unit; n > 0 {
			c.look(t, n)
		}
		c.readBack(t)
		if err := c.check(t); err != nil {
			return err
		}
		if c.total == nil {
			c.total = new(quantize.Counts)
		}
		c.freeCounters(t)
		c.begun = false
		return nil
	})
}

func (c *bandCount) freeCounters(t *thread) {
	for i := range c.counters {
		t.free(&c.counters[i])
	}
	for i := range c.units {
		t.free(&c.units[i])
	}
	t.freeTable(&c.hash)
	t.free(&c.status)
}

func (c *bandCount) free(t *thread) {
	c.freeCounters(t)
	c.kept.free(t)
}
