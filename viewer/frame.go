//go:build cgo

package viewer

import (
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// frame draws everything, or refines the picture if nothing else has changed.
func (w *window) frame() error {
	if w.minimized() {
		w.changed = false
		w.pointer.take()
		return nil
	}
	asked := w.changed || len(w.pointer.queue) > 0
	if asked {
		w.changed = false
		for _, in := range w.pointer.take() {
			w.build(in, float32(w.canvas.width), float32(w.canvas.height), w.scale)
			w.app.point(in)
		}
		if w.changed { // what the mouse did is to be seen in this frame
			w.changed = false
			w.build(w.pointer.now, float32(w.canvas.width), float32(w.canvas.height), w.scale)
		}
	}
	if err := w.paint(); err != nil {
		return err
	}
	if err := w.draw(); err != nil {
		return err
	}
	if w.script != nil {
		gl.Finish() // what is measured is on the screen
	}
	if title := w.title(); title != w.titled {
		w.titled = title
		w.glfw.SetTitle(title)
	}
	now := time.Now()
	w.pace.frame(now)
	w.script.shown(w.app, now)
	s := w.state()
	s.Fine, s.Full = w.layer.fine >= w.layer.height, w.glfw.GetMonitor() != nil
	return w.reports.report(s)
}

// minimized says whether the window has no pixels.
func (w *window) minimized() bool { return w.canvas.width <= 1 && w.canvas.height <= 1 }

// paint paints the picture, or what is left of it.
func (w *window) paint() error {
	of := w.appearance()
	painted, err := w.layer.show(of, w.painter(of))
	if err == nil && !painted {
		_, err = w.layer.refine()
	}
	if err != nil && of.drawing != nil {
		w.leaveGPU(err)
		return nil
	}
	return err
}

// painter returns what paints a picture: the GPU if it is there.
func (w *window) painter(of appearance) painter {
	if of.drawing == nil {
		return cpuPainter{w.canvas}
	}
	if w.canvas.gpu == nil {
		p, err := newGPUPainter(w.canvas)
		if err != nil {
			return brokenPainter{err}
		}
		w.canvas.gpu = p
	}
	return w.canvas.gpu
}

// A brokenPainter could not be made.
type brokenPainter struct{ err error }

func (p brokenPainter) paint(*view, int, int, int) error { return p.err }
func (p brokenPainter) budget() int                      { return 1 }

// draw puts everything on the window.
func (w *window) draw() error {
	c, l := w.canvas, &w.app.layout
	c.clear()
	if w.picture() != nil && w.app.cloud.mode != cloudAlone {
		c.drawPicture(&w.layer.view, l.image, 8*w.scale)
	}
	if w.app.cloud.mode != cloudOff && w.result != nil {
		newPoints, newEntries := w.app.cloud.update(w.result)
		c.cloud.update(&w.app.cloud, newPoints, newEntries)
		c.drawCloud(&w.app.cloud, w.settings.space, l.cloud, w.scale, w.hovered)
	}
	if err := c.ui.Draw(w.ui.List, c.width, c.height); err != nil {
		return err
	}
	w.glfw.SwapBuffers()
	return checkGL("to draw")
}
