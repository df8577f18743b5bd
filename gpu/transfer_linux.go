//go:build cgo

package gpu

import (
	"errors"
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
// place in the device's memory to another, had they been few or many: it copies more
// than caches hold, as far as there is room, and counts as much of its time. No stage
// that has to look at as many bytes can be much faster.
func (e *Engine) CopyTime(bytes int) (took time.Duration, err error) {
	if e.thread == nil {
		return 0, kmeans.ErrClosed
	}
	if bytes < 1 {
		return 0, fmt.Errorf("gpu: got %d bytes to copy, want at least 1", bytes)
	}
	const most, least = 256 << 20, 4 << 20
	for size := most; ; size /= 2 {
		if took, err = e.copyTime(size); !errors.Is(err, ErrOutOfMemory) || size == least {
			return time.Duration(float64(took) * float64(bytes) / float64(size)), err
		}
	}
}

// copyTime is CopyTime of exactly that many bytes.
func (e *Engine) copyTime(size int) (took time.Duration, err error) {
	err = e.do(func(t *thread) error {
		var from, to buffer
		defer t.free(&from)
		defer t.free(&to)
		for _, b := range []*buffer{&from, &to} {
			t.grow(b, size)
			if t.err == nil {
				t.clear(b, b.size) // else its memory may not be there yet
			}
		}
		if t.err != nil {
			return nil
		}
		// The first one wakes the device up.
		t.copy(&to, 0, &from, 0, size)
		took = t.timeCopy(&to, &from, size)
		return nil
	})
	return took, err
}

func (t *thread) timeCopy(to, from *buffer, size int) time.Duration {
	kept := t.timer
	defer func() { t.timer = kept }()
	gl.Finish()
	t.timer = newTimer(t.device.Software)
	defer t.timer.freeAll()
	t.copy(to, 0, from, 0, size)
	return t.timer.collect()["copy"]
}
