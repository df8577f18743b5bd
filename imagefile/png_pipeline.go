package imagefile

import (
	"errors"
	"hash"
	"hash/adler32"
	"image"
	"io"
	"sync"

	"kompress/imagefile/defilter"
	"kompress/imagefile/hugepages"
	"kompress/imagefile/inflate"
	"kompress/imagefile/workers"
)

const (
	// pngBandBytes is about what a band's pixels take. Small ones stay in caches.
	pngBandBytes = 1 << 20

	// pngInFlight is how many bands each stage has room for.
	pngInFlight = 3
)

// A pngPipeline decodes a PNG in stages at once: one goroutine reads, one inflates, one
// unfilters and makes pixels, and the caller's takes those. What fits one band, it does
// alone.
type pngPipeline struct {
	chunks *chunkReader
	ahead  *aheadReader // of the chunks, nil if there is one band
	header *pngHeader
	layout *pngLayout
	rows   int  // of a band
	direct bool // filtered rows become pixels in one go

	rooms    chan []byte // free ones, to inflate into
	filtered chan filteredBand
	pixels   chan []uint8 // free ones, if the image is not kept
	kept     []uint8      // the image's, if it is
	bands    chan pngBand
	stop     chan struct{}

	// To be read once filtered is closed:
	inflateErr error
	complete   bool   // the stream has ended
	want       uint32 // its checksum

	sum hash.Hash32 // of the rows
	err error       // to be read once bands is closed
}

// A filteredBand is rows as they were filtered, each behind the number of its filter.
type filteredBand struct {
	room []byte // that they lie in
	rows []byte
	top  int
}

type pngBand struct {
	image image.Image
	pix   []uint8
}

func newPNGPipeline(c *chunkReader, h *pngHeader, keep bool) *pngPipeline {
	p := &pngPipeline{
		chunks: c, header: h, layout: h.layout(),
		rooms:    make(chan []byte, pngInFlight),
		filtered: make(chan filteredBand, pngInFlight),
		pixels:   make(chan []uint8, pngInFlight),
		bands:    make(chan pngBand, pngInFlight),
		stop:     make(chan struct{}),
		sum:      adler32.New(),
		direct:   h.wholeSamples() && defilter.Fast(),
	}
	stride := p.layout.bytes * h.width
	p.rows = min(h.height, max(1, pngBandBytes/stride))
	if keep {
		p.kept = make([]uint8, stride*h.height)
		hugepages.Advise(p.kept)
	}
	bands := (h.height + p.rows - 1) / p.rows
	room := p.rows*h.rowBytes() + inflate.Slack + 1
	if bands > 1 {
		room += inflate.Window
		p.ahead = newAheadReader(c)
	}
	for range min(bands, inFlight(stride)) {
		p.rooms <- make([]byte, room)
		if !keep {
			p.pixels <- make([]uint8, stride*p.rows)
		}
	}
	return p
}

// inFlight is how many bands there are at each stage.
func inFlight(stride int) int {
	if stride > wideRow {
		return 1
	}
	return pngInFlight
}

// run decodes the image, and returns it if it is kept.
func (p *pngPipeline) run(do func(band image.Image) error) (image.Image, error) {
	var g workers.Group
	if p.ahead == nil {
		p.inflate()
		p.unfilter()
	} else {
		g.Go(p.ahead.run)
		g.Go(p.inflate)
		g.Go(p.unfilter)
	}
	err := p.pass(do, &g)
	if err != nil || p.kept == nil {
		return nil, err
	}
	return p.layout.image(p.header, p.kept, image.Rect(0, 0, p.header.width, p.header.height)), nil
}

// pass passes bands on to do. When it returns, the goroutines have ended.
func (p *pngPipeline) pass(do func(band image.Image) error, g *workers.Group) error {
	defer g.Wait()
	defer close(p.stop)
	for b := range p.bands {
		if err := do(b.image); err != nil {
			return err
		}
		if p.kept == nil {
			p.pixels <- b.pix
		}
	}
	return p.err
}

// inflaters are kept, because they take as much memory as many small images.
var inflaters = sync.Pool{New: func() any { return inflate.NewReader(nil) }}

// inflate is the stage behind the one that reads.
func (p *pngPipeline) inflate() {
	defer close(p.filtered)
	p.inflateErr = p.inflateStream()
	if p.complete {
		p.inflateErr = p.chunks.finish()
	}
}

func (p *pngPipeline) inflateStream() error {
	z := inflaters.Get().(*inflate.Reader)
	if p.ahead == nil {
		z.Reset(p.chunks)
	} else {
		z.Reset(p.ahead)
		defer p.ahead.close()
	}
	z.LeaveSum()
	err := p.inflateRows(z)
	p.want = z.Sum()
	z.Reset(nil)
	inflaters.Put(z)
	return err
}

// inflateRows inflates the rows to the end of z.
//
// Rows lie in their room behind what was inflated before them, to which they may refer,
// and before the first bytes of the next band, since the inflater does not stop exactly
// where it should.
func (p *pngPipeline) inflateRows(z *inflate.Reader) error {
	height, size := p.header.height, p.header.rowBytes()
	var around []byte // the last row's end
	before := 0       // bytes before that end
	for top := 0; top < height; top += p.rows {
		room, ok := receive(p, p.rooms)
		if !ok {
			return nil
		}
		end := before + min(p.rows, height-top)*size
		limit := end + inflate.Slack
		last := top+p.rows >= height
		if last {
			limit++ // so that the end of the stream is come to, or there is too much
		}
		n, err := z.Fill(room[:limit], copy(room, around))
		if err := p.checkFilled(n, end, last, err); err != nil {
			return err
		}
		start := max(0, end-inflate.Window)
		if !last {
			around = append(around[:0], room[start:n]...)
		}
		p.filtered <- filteredBand{room, room[before:end], top}
		before = end - start
	}
	p.complete = true
	return nil
}

// checkFilled checks that n bytes, with an error, are what was to be inflated.
func (p *pngPipeline) checkFilled(n, end int, last bool, err error) error {
	switch {
	case err == io.EOF && n < end, errors.Is(err, io.ErrUnexpectedEOF) && p.chunks.err == nil:
		return errFewPixels
	case err != nil && err != io.EOF:
		return err
	case last && n > end:
		return errManyPixels
	}
	return nil
}

// receive waits for a free piece of memory, or the end.
func receive[T any](p *pngPipeline, free <-chan T) (v T, ok bool) {
	select {
	case v = <-free:
		return v, true
	case <-p.stop:
		return v, false
	}
}

// unfilter is the second stage.
func (p *pngPipeline) unfilter() {
	defer close(p.bands)
	above := p.newAbove()
	for f := range p.filtered {
		pix, ok := p.pixelRoom(f)
		if !ok {
			return
		}
		p.sum.Write(f.rows)
		if p.err = p.makeBand(f, pix, above); p.err != nil {
			return
		}
		p.rooms <- f.room
		top := image.Pt(0, f.top)
		rect := image.Rectangle{top, top.Add(image.Pt(p.header.width, len(pix)/(p.layout.bytes*p.header.width)))}
		select {
		case p.bands <- pngBand{p.layout.image(p.header, pix, rect), pix}:
		case <-p.stop:
			return
		}
	}
	if p.err = p.inflateErr; p.complete && p.want != p.sum.Sum32() {
		p.err = inflate.ErrChecksum
	}
}

// pixelRoom returns where a band's pixels go.
func (p *pngPipeline) pixelRoom(f filteredBand) (pix []uint8, ok bool) {
	stride := p.layout.bytes * p.header.width
	size := len(f.rows) / p.header.rowBytes() * stride
	if p.kept != nil {
		at := stride * f.top
		return p.kept[at : at+size : at+size], true
	}
	if pix, ok = receive(p, p.pixels); !ok {
		return nil, false
	}
	return pix[:size], true
}

// newAbove returns what is above the first row: of pixels if they are made directly, else
// of samples.
func (p *pngPipeline) newAbove() []uint8 {
	if p.direct {
		return make([]uint8, p.layout.bytes*p.header.width)
	}
	return make([]uint8, p.header.rowBytes()-1)
}

// makeBand makes pixels of rows. In above is the row above the first one, and then the
// last one.
func (p *pngPipeline) makeBand(f filteredBand, pix, above []uint8) error {
	if p.direct {
		return p.defilterBand(f, pix, above)
	}
	return p.unfilterBand(f, pix, above)
}

func (p *pngPipeline) defilterBand(f filteredBand, pix, above []uint8) error {
	size, stride := p.header.rowBytes(), p.layout.bytes*p.header.width
	samples, last := p.header.samples(), above
	for rows := f.rows; len(rows) > 0; rows = rows[size:] {
		if rows[0] >= filters {
			return errFilter
		}
		defilter.Row(rows[0], pix[:stride], rows[1:size], last, samples)
		last, pix = pix[:stride], pix[stride:]
	}
	copy(above, last)
	return nil
}

func (p *pngPipeline) unfilterBand(f filteredBand, pix, above []uint8) error {
	size, stride := p.header.rowBytes(), p.layout.bytes*p.header.width
	bpp := max(1, p.header.bitsPerPixel()/8)
	last := above
	for rows := f.rows; len(rows) > 0; rows = rows[size:] {
		row := rows[1:size]
		if !unfilter(rows[0], row, last, bpp) {
			return errFilter
		}
		p.layout.expand(p.header, pix[:stride], row)
		pix = pix[stride:]
		last = row
	}
	copy(above, last)
	return nil
}
