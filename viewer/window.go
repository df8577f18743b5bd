//go:build cgo

package viewer

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"kompress/viewer/ui"

	"github.com/go-gl/gl/v4.3-core/gl"
	"github.com/go-gl/glfw/v3.3/glfw"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// Built says that this package was built with its window.
const Built = true

// A window is the GLFW window of an app, and what draws into it.
type window struct {
	*app
	glfw    *glfw.Window
	hidden  *glfw.Window // of which the context is the GPU engine's; nil for none
	canvas  *canvas
	layer   layer
	pointer pointer
	atlas   *ui.Atlas
	scale   float32
	dots    [2]float32 // pixels of the framebuffer for a unit of the screen
	before  [4]int     // where it was before it filled the screen: x, y, width, height
	compute bool       // the context has OpenGL 4.3
	reports reporter
	titled  string // what the title is
	script  *player

	mu     sync.Mutex
	posted []func()
	closed bool
	err    error // of a frame that was drawn while events were handled
}

// Run opens the window and returns when it is closed or the context is done, which is
// no error. It has to be called on the main thread: of a goroutine that was locked to
// it in an init function. An error wraps ErrNoWindow if no window can be opened here.
//
// GLFW's binding reports what it takes for harmless to package log, whose output Run
// keeps to itself.
func Run(ctx context.Context, o Options) (err error) {
	files, errs := scan(o.Paths)
	if len(files) == 0 {
		return errors.Join(errs...)
	}
	runtime.LockOSThread()
	said := listenToLog()
	defer said.stop()
	defer recoverGLFW(&err)
	if err := startGLFW(said); err != nil {
		return err
	}
	defer glfw.Terminate()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &window{app: newApp(ctx, o.withDefaults())}
	w.post, w.app.window, w.files = w.later, w, files
	if err := w.create(); err != nil {
		return err
	}
	defer w.destroy()
	if len(errs) > 0 {
		w.say(true, "%v", errs[0])
	}
	return w.run(cancel)
}

// What a window manager does not let the window get smaller than, in screen coordinates:
// the controls need so much.
const leastWidth, leastHeight = 360, 240

// create opens the window, with OpenGL 4.3 or else 3.3.
func (w *window) create() error {
	var err error
	for _, version := range [][2]int{{4, 3}, {3, 3}} {
		hintContext(version[0], version[1])
		glfw.WindowHint(glfw.ScaleToMonitor, glfw.True)
		if w.glfw, err = newWindow(w.options.Width, w.options.Height, nil); err == nil {
			w.compute = version[0] == 4
			break
		}
	}
	if err != nil {
		return fmt.Errorf("%w: the display has no OpenGL 3.3: %w", ErrNoWindow, err)
	}
	w.glfw.SetSizeLimits(leastWidth, leastHeight, glfw.DontCare, glfw.DontCare)
	w.glfw.MakeContextCurrent()
	glfw.SwapInterval(1)
	if err := loadGL(); err != nil {
		return fmt.Errorf("%w: %w", ErrNoWindow, err)
	}
	w.engine.renderer = gl.GoStr(gl.GetString(gl.RENDERER))
	w.engine.version = gl.GoStr(gl.GetString(gl.VERSION))
	if err := w.prepare(); err != nil {
		return err
	}
	w.createHidden()
	w.listen()
	return nil
}

// loadGL finds OpenGL's functions. Package gl wants all of 4.3: those that a context
// of 3.3 lacks, and that it is not asked for, get another's address.
func loadGL() error {
	filler := glfw.GetProcAddress("glGetError")
	if filler == nil {
		return errors.New("OpenGL has no functions")
	}
	return gl.InitWithProcAddrFunc(func(name string) unsafe.Pointer {
		if f := glfw.GetProcAddress(name); f != nil {
			return f
		}
		return filler
	})
}

// prepare makes what is drawn with, at the scale of the screen.
func (w *window) prepare() error {
	w.atlas = ui.NewAtlas()
	w.atlas.OnChange = func() { w.later(func() { w.changed = true }) }
	var err error
	if w.canvas, err = newCanvas(w.atlas); err != nil {
		return err
	}
	software := w.options.Software
	if w.canvas.software = software == nil || software(w.engine.renderer); w.canvas.software {
		w.app.cloud.most = maxPoints / 2
	}
	if err := w.setScale(); err != nil {
		return err
	}
	w.resize()
	w.reports.w = w.options.State
	return nil
}

// setScale makes the fonts anew.
func (w *window) setScale() error {
	scale := float32(w.options.Scale)
	if scale <= 0 {
		scale, _ = w.glfw.GetContentScale()
	}
	scale = max(0.5, min(8, scale))
	if scale == w.scale {
		return nil
	}
	w.scale = scale
	const size = 14 // pixels at a scale of 1
	var err error
	if w.fonts.text, err = w.atlas.Font(goregular.TTF, size*float64(scale)); err != nil {
		return fmt.Errorf("viewer: %w", err)
	}
	if w.fonts.bold, err = w.atlas.Font(gobold.TTF, size*float64(scale)); err != nil {
		return fmt.Errorf("viewer: %w", err)
	}
	w.fonts.smaller = nil
	for share := 0.85; share > 0.5; share -= 0.15 {
		f, err := w.atlas.Font(goregular.TTF, size*share*float64(scale))
		if err != nil {
			return fmt.Errorf("viewer: %w", err)
		}
		w.fonts.smaller = append(w.fonts.smaller, f)
	}
	if w.ui == nil {
		w.ui = ui.New(ui.NewList(w.atlas), w.fonts.text)
	}
	w.ui.Font = w.fonts.text
	return nil
}

// resize follows the size of the framebuffer.
func (w *window) resize() {
	width, height := w.glfw.GetFramebufferSize()
	onScreen, down := w.glfw.GetSize()
	w.dots = [2]float32{float32(width) / float32(max(1, onScreen)), float32(height) / float32(max(1, down))}
	most := w.canvas.most
	w.canvas.resize(max(1, min(most, width)), max(1, min(most, height)))
	w.layer.of = appearance{} // it is painted anew
	w.changed = true
}

// destroy closes the window.
func (w *window) destroy() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	if w.hidden != nil {
		w.hidden.Destroy()
	}
	w.glfw.Destroy()
}
