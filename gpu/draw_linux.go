//go:build cgo

package gpu

import (
	"context"
	"fmt"

	"kompress/quantize"
)

// drawn is what a Drawing keeps on the device.
type drawn struct {
	pixels *pixels
	table  *colorTable // nil without
}

// Draw readies what a window needs to draw the pixels, and with a table, which may be
// nil, what they become by it. It sends pixels that are not there yet, and returns
// when the device is done. Retire ends the Drawing; an image may have several.
//
// The error wraps ErrNotResident if the device has no room for all pixels at a time,
// if no hash there is large enough for the table, or if the pixels are another
// engine's; ErrOutOfMemory if there is no memory for the table.
func (e *Engine) Draw(p quantize.Pixels, t *quantize.Table) (*Drawing, error) {
	own, _ := p.(*pixels)
	if own == nil || own.engine != e {
		return nil, fmt.Errorf("gpu: %w: it was not opened by this engine", ErrNotResident)
	}
	if err := own.check(); err != nil {
		return nil, err
	}
	if err := own.attempt(own.keep); err != nil {
		return nil, err
	}
	d := own.drawing()
	var table *colorTable
	if t != nil {
		var err error
		if table, err = e.enterToDraw(t, own.n, &d.Lookup); err != nil {
			return nil, err
		}
	}
	e.drawings[d] = drawn{own, table}
	return d, nil
}

// Retire ends a Drawing: the next may overwrite its tables. The window's context has
// finished drawing with it, on the device too: a fence tells. Nil and what is no
// Drawing of this engine, or no longer one, are left alone.
func (e *Engine) Retire(d *Drawing) {
	old := e.drawings[d]
	delete(e.drawings, d)
	if old.table == nil {
		return
	}
	if e.spare == nil {
		e.spare = old.table
		return
	}
	// What a lost device could not free is of no use to anyone, and the next call
	// tells that it is lost.
	_ = e.do(func(t *thread) error {
		t.freeTable(old.table)
		return nil
	})
}

// draws says whether a window draws the pixels.
func (e *Engine) draws(p *pixels) bool {
	for _, d := range e.drawings {
		if d.pixels == p {
			return true
		}
	}
	return false
}

// keep has all pixels lie on the device, for other contexts to see.
func (p *pixels) keep(t *thread) error {
	p.reserve(t)
	if t.err != nil {
		return nil // do returns it
	}
	if p.bands == nil {
		return fmt.Errorf("gpu: %w: there is no room for %d pixels", ErrNotResident, p.n)
	}
	err := p.eachBand(context.Background(), t, func(view, int, int) {})
	t.wait(t.fence())
	return err
}

// drawing describes pixels that lie on the device.
func (p *pixels) drawing() *Drawing {
	size := p.image.Bounds().Size()
	d := &Drawing{Width: size.X, Height: size.Y, BandPixels: p.engine.sizes.pixels}
	if p.n > 0 {
		d.Premultiplied = p.reader.Premultiplied()
	}
	for _, b := range p.bands {
		d.Bands = append(d.Bands, b.id)
	}
	return d
}

// enterToDraw enters a table for an image of so many pixels where no Drawing has its
// own.
func (e *Engine) enterToDraw(t *quantize.Table, pixels int, l *Lookup) (*colorTable, error) {
	part := e.onlyPart(t, pixels)
	if part == nil {
		return nil, fmt.Errorf("gpu: %w: there is no room for the table of its colors", ErrNotResident)
	}
	table := e.spare
	if e.spare = nil; table == nil {
		table = new(colorTable)
	}
	err := e.do(func(t *thread) error {
		err := e.enter(t, table, part)
		if err != nil || t.err != nil {
			t.freeTable(table)
		}
		return err
	})
	*l = Lookup{
		Dense: table.dense.id, Slots: table.slots.id, Values: table.values.id,
		HashMask: uint32(part.slots - 1), Salt: e.salt, HashFrom: uint32(part.hashFrom),
	}
	return table, err
}

func (t *thread) freeTable(x *colorTable) {
	t.free(&x.slots)
	t.free(&x.values)
	t.free(&x.dense)
}
