//go:build cgo

package viewer

import (
	"errors"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// toggleFullScreen implements windowControl.
func (w *window) toggleFullScreen() error {
	if w.glfw.GetMonitor() != nil {
		w.glfw.SetMonitor(nil, w.before[0], w.before[1], w.before[2], w.before[3], 0)
		return nil
	}
	m := w.monitor()
	if m == nil || m.GetVideoMode() == nil {
		return errors.New("there is no screen")
	}
	mode := m.GetVideoMode()
	w.before[0], w.before[1] = w.glfw.GetPos()
	w.before[2], w.before[3] = w.glfw.GetSize()
	w.glfw.SetMonitor(m, 0, 0, mode.Width, mode.Height, mode.RefreshRate)
	return nil
}

// monitor returns the one that the window's middle is on.
func (w *window) monitor() *glfw.Monitor {
	x, y := w.glfw.GetPos()
	width, height := w.glfw.GetSize()
	x, y = x+width/2, y+height/2
	for _, m := range glfw.GetMonitors() {
		left, top := m.GetPos()
		mode := m.GetVideoMode()
		if mode != nil && x >= left && y >= top && x < left+mode.Width && y < top+mode.Height {
			return m
		}
	}
	return glfw.GetPrimaryMonitor()
}
