package imagefile

import (
	"context"
	"encoding/binary"
	"image"
	"sync"
	"sync/atomic"

	"kompress/imagefile/squeeze"
	"kompress/imagefile/workers"
)

// A deflater compresses the rows of an image, as they come, to one zlib stream.
//
// The goroutine that brings the bands packs their rows into a ring and cuts blocks out
// of them. Workers filter and compress these, in any order, and another goroutine joins
// the results in theirs. A row leaves the ring when the blocks that need it are written;
// until then the bands wait. That bounds the memory.
type deflater struct {
	m       *Banded
	ring    *rowRing
	options EncodeOptions

	// Of the goroutine that brings the bands.
	row    int   // the next
	free   int   // rows below have room in the ring
	offset int64 // where the next block begins
	need   int   // the last row that it needs
	before chan []byte

	queue   chan *block   // to the workers
	order   chan *block   // the same, to join
	written atomic.Int64  // rows below are needed no more
	more    chan struct{} // has room for one word that there are more of these

	cancel context.CancelFunc
	mu     sync.Mutex
	err    error // the first
}

// deflate compresses the scanlines of m and gives the parts of the stream to emit in
// order, on another goroutine, which has ended at return.
func deflate(ctx context.Context, m *Banded, lines *scanlines, o EncodeOptions, emit func([]byte) error) error {
	d := newDeflater(m, lines, o)
	var wg workers.Group
	defer wg.Wait()
	ctx, d.cancel = context.WithCancel(ctx)
	defer d.cancel() // before Wait, whatever panics
	for range min(int64(o.workers()), ceilDiv(lines.length, o.blockSize())) {
		wg.Go(func() { d.stage(func() error { return d.work(ctx) }) })
	}
	wg.Go(func() { d.stage(func() error { return d.join(ctx, emit) }) })
	d.stage(func() error { return d.feed(ctx) })
	close(d.queue)
	close(d.order)
	wg.Wait()
	return d.err
}

func newDeflater(m *Banded, lines *scanlines, o EncodeOptions) *deflater {
	ahead := o.workers() + 2
	spare := int64(3) // two that the blocks are in which are worked on, and the one above
	rows := min(ceilDiv(int64(ahead)*o.blockSize(), lines.rowLen)+spare, int64(m.Size.Y))
	if lines.rowLen > wideRow {
		rows = min(spare, int64(m.Size.Y))
	}
	d := &deflater{
		m: m, ring: newRowRing(lines, int(rows)), options: o,
		queue: make(chan *block, ahead), order: make(chan *block, ahead), more: make(chan struct{}, 1),
	}
	d.free = d.ring.rows
	d.need = d.lastOfBlock()
	return d
}

// stage runs a part of the work, and if it fails or panics the other parts leave theirs.
func (d *deflater) stage(work func() error) {
	whole := false
	defer func() {
		if !whole {
			d.cancel()
		}
	}()
	if err := work(); err != nil {
		d.fail(err)
	}
	whole = true
}

// fail remembers the first error: others follow from it.
func (d *deflater) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.err = err
	}
	d.cancel()
}

// feed brings the bands.
func (d *deflater) feed(ctx context.Context) error {
	return d.m.inOrder(ctx, func(band *image.Paletted) error {
		for y := range band.Rect.Dy() {
			if err := d.put(ctx, band.Pix[y*band.Stride:][:d.m.Size.X]); err != nil {
				return err
			}
		}
		return nil
	})
}

// put takes the next row, and passes the blocks on that end with it.
func (d *deflater) put(ctx context.Context, indices []uint8) error {
	for d.row >= d.free {
		select {
		case <-d.more:
			d.free = int(d.written.Load()) + d.ring.rows
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := d.ring.put(d.row, indices); err != nil {
		return err
	}
	for d.offset < d.ring.length && d.need <= d.row {
		if err := d.cut(ctx); err != nil {
			return err
		}
	}
	d.row++
	return nil
}

// cut passes the next block on.
func (d *deflater) cut(ctx context.Context) error {
	b := &block{
		from: d.offset, to: min(d.offset+d.options.blockSize(), d.ring.length), first: d.offset == 0,
		before: d.before, after: make(chan []byte, 1), done: make(chan struct{}),
	}
	b.last = b.to == d.ring.length
	d.offset, d.before = b.to, b.after
	d.need = d.lastOfBlock()
	for _, c := range []chan *block{d.order, d.queue} {
		select {
		case c <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// lastOfBlock returns the last row of which the next block has bytes.
func (d *deflater) lastOfBlock() int {
	_, last := d.ring.scanlines.rows(d.offset, min(d.offset+d.options.blockSize(), d.ring.length))
	return last
}

// work compresses blocks.
func (d *deflater) work(ctx context.Context) error {
	c := newBlockCompressor(d.ring, d.options)
	for {
		select {
		case b, ok := <-d.queue:
			if !ok {
				return nil
			}
			c.compress(ctx, b)
			if b.err != nil {
				return b.err
			}
			close(b.done)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// join takes the blocks in order and emits them as one zlib stream.
func (d *deflater) join(ctx context.Context, emit func([]byte) error) error {
	sum := uint32(1) // the Adler-32 of nothing
	var squeezed squeeze.Bits
	for {
		b, err := d.next(ctx)
		if b == nil || err != nil {
			return err
		}
		sum = adlerCombine(sum, b.adler, int(b.to-b.from))
		part := b.data
		if b.bits != nil {
			squeezed.Append(b.bits)
			part = append(part, squeezed.Take()...)
		}
		if b.last {
			part = append(part, squeezed.Finish()...)
			part = binary.BigEndian.AppendUint32(part, sum)
		}
		if err := emit(part); err != nil {
			return err
		}
		d.release(b)
	}
}

// next returns the next block when it is compressed, nil after the last.
func (d *deflater) next(ctx context.Context) (*block, error) {
	var b *block
	select {
	case b = <-d.order:
		if b == nil {
			return nil, nil
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case <-b.done:
		return b, ctx.Err() // select takes either when both are ready
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// release makes room for rows after a block is written.
func (d *deflater) release(b *block) {
	d.written.Store(b.to/d.ring.rowLen - 1) // the next one needs the row above its first
	select {
	case d.more <- struct{}{}:
	default:
	}
}
