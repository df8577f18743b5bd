package quantize

import (
	"cmp"
	"errors"
	"image"
	"image/color"
)

// A handover gives bands to a function that runs on a goroutine of its own. A panic of
// it is the caller's.
type handover struct {
	palette  color.Palette
	full     chan *image.Paletted
	free     chan *image.Paletted // those that may be used again
	stopped  chan struct{}        // closed when no more are taken
	err      error                // of the function; to be read once it has stopped
	panicked any
	closed   bool // full is
}

// handoverBands is how many bands there are: one that is made, one that is used, and one
// for when either takes longer than usual.
const handoverBands = 3

func newHandover(p color.Palette, do func(band *image.Paletted) error) *handover {
	h := &handover{
		palette: p,
		full:    make(chan *image.Paletted, handoverBands),
		free:    make(chan *image.Paletted, handoverBands),
		stopped: make(chan struct{}),
	}
	for range handoverBands {
		h.free <- new(image.Paletted)
	}
	go h.run(do)
	return h
}

func (h *handover) run(do func(band *image.Paletted) error) {
	defer close(h.stopped)
	defer func() { h.panicked = recover() }()
	for m := range h.full {
		if h.err = do(m); h.err != nil {
			return
		}
		h.free <- m
	}
}

// take returns a band to be filled, or the function's error.
func (h *handover) take(r image.Rectangle) (*image.Paletted, error) {
	select {
	case m := <-h.free:
		n := r.Dx() * r.Dy()
		if cap(m.Pix) < n {
			m.Pix = make([]uint8, n)
		}
		// All is set anew: it may have been changed by who was given it.
		*m = image.Paletted{Pix: m.Pix[:n], Stride: r.Dx(), Rect: r, Palette: h.palette}
		return m, nil
	case <-h.stopped:
		return nil, cmp.Or(h.err, errStopped) // or end panics
	}
}

// give hands over a band that take returned.
func (h *handover) give(m *image.Paletted) { h.full <- m } // there is room for all

// close tells that there are no more bands, unless that was said already, and waits until
// the function has got all: it does not run on when its caller has left, or panics.
func (h *handover) close() {
	if !h.closed {
		h.closed = true
		close(h.full)
	}
	<-h.stopped
}

var errStopped = errors.New("quantize: mapping has stopped")

// end waits until the function has got all and returns its error, or the one that
// ended the bands.
func (h *handover) end(err error) error {
	h.close()
	if h.panicked != nil {
		panic(h.panicked)
	}
	return cmp.Or(h.err, err)
}
