//go:build cgo

package viewer

import (
	"fmt"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// startEngine opens the GPU's engine if that is to do the work. One that was asked for
// has to be there; else there is the CPU, and E says why.
func (w *window) startEngine() error {
	engine := w.options.Engine
	if engine == CPU || engine == Auto && w.canvas.software {
		return nil
	}
	if err := w.useGPU(); err != nil && engine == OnGPU {
		return fmt.Errorf("viewer: the GPU's engine: %w", err)
	}
	return nil
}

// createHidden makes the second context, whose objects are the first one's too: for an
// engine, if there may be one. It is made here, for GLFW makes none elsewhere than on
// this thread, and none quietly while other goroutines run.
func (w *window) createHidden() {
	if !w.compute || w.options.OpenGPU == nil {
		return
	}
	hintContext(4, 3)
	glfw.WindowHint(glfw.Visible, glfw.False)
	w.hidden, w.engine.problem = newWindow(16, 16, w.glfw)
}

// openGPU implements windowControl: the engine gets the second context.
func (w *window) openGPU() (device string, err error) {
	if !w.compute {
		return "", fmt.Errorf("OpenGL 4.3 is missing; there is %s", w.engine.version)
	}
	return w.worker.useGPU(func() (GPU, error) {
		w.hidden.MakeContextCurrent()
		return w.options.OpenGPU(glfw.GetProcAddress)
	}, glfw.DetachCurrentContext)
}
