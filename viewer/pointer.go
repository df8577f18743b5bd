package viewer

import (
	"kompress/viewer/ui"
)

// A pointer collects what the mouse does between two frames, in its order: a press
// is where the pointer was then, not where it is when the frame is made.
type pointer struct {
	now   ui.Input   // where it is
	queue []ui.Input // what it did
}

func (p *pointer) move(x, y float32) {
	p.now.X, p.now.Y = x, y
	if n := len(p.queue); n > 0 {
		last := &p.queue[n-1]
		if !last.Pressed && !last.Released && last.Wheel == 0 {
			last.X, last.Y = x, y
			return
		}
	}
	p.queue = append(p.queue, p.now)
}

func (p *pointer) button(down bool) {
	p.now.Down = down
	in := p.now
	in.Pressed, in.Released = down, !down
	p.queue = append(p.queue, in)
}

func (p *pointer) wheel(clicks float32) {
	in := p.now
	in.Wheel = clicks
	p.queue = append(p.queue, in)
}

// take returns what happened since the last time, and at least where it is.
func (p *pointer) take() []ui.Input {
	list := p.queue
	if len(list) == 0 {
		list = []ui.Input{p.now}
	}
	p.queue = nil
	return list
}

// A drag is what the mouse moves while its button is down.
type drag struct {
	what dragged
	x, y float32 // where the pointer was
}

type dragged int

const (
	nothing dragged = iota
	thePicture
	theSplit
	theCloud
)

// point does what the mouse does outside of the controls.
func (a *app) point(in ui.Input) {
	if in.Pressed || in.Wheel != 0 {
		a.dropPrompt()
	}
	if in.Pressed && !a.ui.Busy() {
		a.help, a.changed = false, true
		a.drag = drag{a.under(in.X, in.Y), in.X, in.Y}
	}
	if in.Wheel != 0 && !a.ui.Busy() {
		a.zoom(in)
	}
	if a.drag.what != nothing {
		a.dragTo(in.X, in.Y)
	}
	if !in.Down {
		a.drag.what = nothing
	}
}

// under returns what a press at a point would drag.
func (a *app) under(x, y float32) dragged {
	reach := 8 * a.layout.scale
	switch {
	case a.layout.cloud.Contains(x, y):
		return theCloud
	case a.picture() == nil:
		return nothing
	case !a.original && abs(x-float32(a.splitAt())) <= reach:
		return theSplit
	}
	return thePicture
}

func (a *app) dragTo(x, y float32) {
	dx, dy := x-a.drag.x, y-a.drag.y
	a.drag.x, a.drag.y = x, y
	a.changed = true
	l := &a.layout
	switch a.drag.what {
	case theSplit:
		a.split = max(0, min(1, (x-l.image.X)/max(1, l.image.W)))
	case theCloud:
		before, _ := halves(l.cloud)
		a.cloud.turn(dx, dy, min(before.W, before.H))
	case thePicture:
		if p := a.picture(); p != nil && (dx != 0 || dy != 0) {
			a.camera.pan(float64(dx), float64(dy), p.size, l.image)
		}
	}
}

// zoom is the wheel's, about the pointer.
func (a *app) zoom(in ui.Input) {
	a.changed = true
	if a.layout.cloud.Contains(in.X, in.Y) {
		a.cloud.wheel(in.Wheel)
	} else if p := a.picture(); p != nil {
		a.camera.wheel(float64(in.Wheel), float64(in.X), float64(in.Y), p.size, a.layout.image)
	}
}

func abs(v float32) float32 { return max(v, -v) }
