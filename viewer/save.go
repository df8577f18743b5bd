package viewer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"kompress/kmeans"
	"kompress/quantize"
)

// An encoding is the file of a settled result, made in the background to know its
// size, and kept to be saved.
type encoding struct {
	of     *result
	cancel context.CancelFunc
	data   []byte // nil until it is done
	err    error
}

// encode makes the file of a result.
func (a *app) encode(r *result) {
	a.encoding.stop()
	ctx, cancel := context.WithCancel(a.ctx)
	e := &encoding{of: r, cancel: cancel}
	a.encoding = e
	go func() {
		var b bytes.Buffer
		err := a.writeResult(ctx, &b, r)
		a.post(func() {
			if a.encoding == e && ctx.Err() == nil {
				if e.err = err; err == nil {
					e.data = b.Bytes()
				}
				a.changed = true
			}
		})
	}()
}

// stop ends the work on a file that is not wanted any more.
func (e *encoding) stop() {
	if e != nil {
		e.cancel()
	}
}

// writeResult writes the file of a settled result.
func (a *app) writeResult(ctx context.Context, w io.Writer, r *result) error {
	m, err := r.picture.paletted(ctx, r.found)
	if err != nil {
		return err
	}
	return a.options.Encode(ctx, w, m)
}

// saves are files that are being written. Nothing that comes later stops them, the
// end of the program waits for them.
type saves struct {
	running   int
	overwrite *saved // what another press of S overwrites
	lost      error  // of those that failed while the window closed
}

// A saved is what a file was asked for.
type saved struct {
	path   string
	colors int
}

// save writes the result for what is set now, on a goroutine of its own.
func (a *app) save() {
	p := a.picture()
	if p == nil {
		why := "There is no image to save."
		if a.entry() == nil {
			why = "The image is not read yet."
		}
		a.say(true, "%s", why)
		return
	}
	job := saved{p.path, a.settings.colors}
	overwrite := a.saves.overwrite != nil && *a.saves.overwrite == job
	a.saves.overwrite = nil
	a.saves.running++
	write := a.writer(p)
	a.say(false, "Saving …")
	go func() {
		// Not the window's context: what was asked for is finished.
		ctx := context.WithoutCancel(a.ctx)
		length := &counter{}
		name, err := a.options.Save(ctx, job.path, job.colors, overwrite, func(w io.Writer) error {
			length.w = w
			return write(ctx, length)
		})
		a.post(func() { a.savedAs(job, name, length.n, err) })
	}()
}

// dropPrompt takes back the question whether a file is to be overwritten.
func (a *app) dropPrompt() {
	if a.saves.overwrite != nil {
		a.saves.overwrite, a.message.text = nil, ""
	}
}

// writer returns what writes the file for what is set now, with as little work as
// what is there allows.
func (a *app) writer(p *picture) func(ctx context.Context, w io.Writer) error {
	r, settings := a.result, a.settings
	switch {
	case a.isFresh() && a.encoding != nil && a.encoding.of == r && a.encoding.data != nil:
		data := a.encoding.data
		return func(_ context.Context, w io.Writer) error {
			_, err := w.Write(data)
			return err
		}
	case a.isFresh() && r.settled:
		return func(ctx context.Context, w io.Writer) error { return a.writeResult(ctx, w, r) }
	}
	return func(ctx context.Context, w io.Writer) error {
		m, _, err := quantize.Quantize(ctx, p.image(), settings.options(kmeans.Default))
		if err != nil {
			return err
		}
		return a.options.Encode(ctx, w, m)
	}
}

func (a *app) savedAs(job saved, name string, bytes int64, err error) {
	a.saves.running--
	switch {
	case err == nil:
		a.say(false, "Saved %s, %s", name, bytesText(bytes))
	case errors.Is(err, ErrExists):
		a.saves.overwrite = &job
		a.say(true, "%s is there already: S again overwrites it", name)
	default:
		a.say(true, "Not saved: %v", err)
	}
	if err != nil && (a.quit || a.ctx.Err() != nil) { // nobody reads what the window says
		a.saves.lost = errors.Join(a.saves.lost, fmt.Errorf("not saved: %s: %w", job.path, err))
	}
}

// A counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
