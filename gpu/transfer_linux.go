//go:build cgo

package gpu

import (
	"fmt"
	"time"

	"kompress/kmeans"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// transfer runs f, which sends pixels or reads indices back. If these are to be
// told apart from all else, it adds the time to what they took so far.
func (e *Engine) transfer(t *thread, what string, took *time.Duration, f func()) {
	if !e.apart {
		t.timer.during(what, f)
		return
	}
	gl.Finish()
	begin := time.Now()
	t.timer.during(what, f)
	t.finish(&e.down)
	gl.Finish()
	*took += time.Since(begin)
	t.check("glFinish")
}

// Transfers returns how long transfers took so far, if the options asked for it.
func (e *Engine) Transfers() (all Transfers) {
	_ = e.do(func(*thread) error {
		all = e.transfers
		return nil
	})
	return all
}

// CopyTime returns the device time of copying that many bytes, at least 1, from one
// place in the device's memory to another. No stage that has to look at as many can
// be much faster.
func (e *Engine) CopyTime(bytes int) (took time.Duration, err error) {
	if e.thread == nil {
		return 0, kmeans.ErrClosed
	}
	if bytes < 1 {
		return 0, fmt.Errorf("gpu: got %d bytes to copy, want at least 1", bytes)
	}
	// More than caches hold, and not so much that it finds no room.
	const most = 256 << 20
	err = e.do(func(t *thread) error {
		var from, to buffer
		defer t.free(&from)
		defer t.free(&to)
		size := min(most, bytes)
		for _, b := range []*buffer{&from, &to} {
			t.grow(b, size)
			if t.err == nil {
				t.clear(b, b.size) // else its memory may not be there yet
			}
		}
		if t.err != nil {
			return nil
		}
		took = t.timeCopies(&to, &from, bytes, size)
		return nil
	})
	return took, err
}

// timeCopies copies so many bytes, up to size at a time.
func (t *thread) timeCopies(to, from *buffer, bytes, size int) time.Duration {
	kept := t.timer
	defer func() { t.timer = kept }()
	gl.Finish()
	t.timer = newTimer(t.device.Software)
	defer t.timer.freeAll()
	for left := bytes; left > 0; left -= size {
		t.copy(to, 0, from, 0, min(size, left))
	}
	return t.timer.collect()["copy"]
}
