//go:build cgo

package viewer

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// later implements app.post. What comes after the window was closed is dropped: GLFW
// has ended then.
func (w *window) later(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.posted = append(w.posted, f)
	glfw.PostEmptyEvent()
}

// run handles what comes in and draws, until the window is closed. Without anything
// to do it sleeps.
// A file that was to be saved meanwhile and was not is an error.
func (w *window) run(cancel context.CancelFunc) (err error) {
	var running sync.WaitGroup
	running.Go(func() { w.loader.run(w.ctx) })
	running.Go(func() { w.worker.run(w.ctx) })
	defer func() {
		w.finishSaves()
		err = errors.Join(err, w.saves.lost)
		cancel()
		running.Wait()
	}()
	defer context.AfterFunc(w.ctx, func() { w.later(func() {}) })() // it wakes up
	if err := w.startEngine(); err != nil {
		return err
	}
	if w.options.FullScreen {
		w.press(key{name: "F", action: pressed})
	}
	w.open(0)
	w.script = newPlayer(w.app, w.options.Script)
	for !w.quit && w.ctx.Err() == nil {
		if err := w.turn(); err != nil {
			return err
		}
	}
	return nil
}

// turn is once around: it takes in what came, draws what is new, and waits.
func (w *window) turn() error {
	w.drain()
	w.script.play(w.app, &w.pointer)
	if w.glfw.ShouldClose() {
		w.quit = true
	}
	if w.quit || w.err != nil {
		return w.err
	}
	if w.changed || len(w.pointer.queue) > 0 || w.refines() {
		if err := w.frame(); err != nil {
			return err
		}
	}
	w.wait(w.refines())
	return nil
}

// refines says whether there is time to refine the picture: not while a newer one is
// to come, which needs the processors.
func (w *window) refines() bool {
	return w.layer.fine < w.layer.height && w.stage != "compressing" && !w.minimized()
}

// drain calls what was posted.
func (w *window) drain() {
	w.mu.Lock()
	list := w.posted
	w.posted = nil
	w.mu.Unlock()
	for _, f := range list {
		f()
	}
}

// wait sleeps until there is something to do.
func (w *window) wait(busy bool) {
	left, gone := w.message.expire(time.Now())
	if gone {
		w.saves.overwrite = nil // nobody knows of the question any more
		w.changed = true
	}
	if w.changed || busy || w.script.busy() {
		glfw.PollEvents()
		return
	}
	if next := w.script.next(); next > 0 && (left == 0 || next < left) {
		left = next
	}
	if left > 0 {
		glfw.WaitEventsTimeout(left.Seconds())
	} else {
		glfw.WaitEvents()
	}
}

// finishSaves waits for files that are being written.
func (w *window) finishSaves() {
	for w.saves.running > 0 {
		glfw.WaitEventsTimeout(0.05)
		w.drain()
	}
}
