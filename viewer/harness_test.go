package viewer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"
	"testing"
	"time"
	"unsafe"

	"kompress/viewer/ui"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
)

// A testApp is an app without a window: the test's goroutine is that of the window,
// and images and files are in memory.
type testApp struct {
	*app
	t       testing.TB
	pointer pointer
	width   float32
	height  float32
	scale   float32
	wakes   chan bool
	end     func()

	mu      sync.Mutex
	posted  []func()
	images  map[string]image.Image
	decodes []string          // files that were decoded, in order
	saved   map[string][]byte // files
	hold    chan bool         // what Encode waits for, if not nil

	full int // times the full screen was asked for
	gpu  GPU // that openGPU makes; nil for an error
}

var (
	errBroken = errors.New("broken")
	errNoGPU  = errors.New("no GPU here")
)

// newTestApp has the images a, b and so on, of some colours each; none of them is open.
func newTestApp(t testing.TB, n int) *testApp {
	ctx, cancel := context.WithCancel(context.Background())
	a := &testApp{
		t: t, width: 1000, height: 700, scale: 1, wakes: make(chan bool, 1),
		images: map[string]image.Image{}, saved: map[string][]byte{},
	}
	a.app = newApp(ctx, Options{Decode: a.decode, Encode: a.encodeTo, Save: a.saveAs, OpenGPU: nil}.withDefaults())
	a.app.post, a.app.window = a.later, a
	for i := range n {
		name := string(rune('a' + i))
		a.images[name] = noise(20+i, 30, uint64(i))
		a.files = append(a.files, name)
	}
	a.setScale(1)
	var running sync.WaitGroup
	running.Go(func() { a.loader.run(ctx) })
	running.Go(func() { a.worker.run(ctx) })
	a.end = sync.OnceFunc(func() {
		a.until("the files are saved", func() bool { return a.saves.running == 0 })
		cancel()
		running.Wait()
	})
	t.Cleanup(a.end)
	return a
}

// setScale makes the fonts, as the window does.
func (a *testApp) setScale(scale float32) {
	a.t.Helper()
	atlas := ui.NewAtlas()
	var err error
	if a.fonts.text, err = atlas.Font(goregular.TTF, 14*float64(scale)); err != nil {
		a.t.Fatal(err)
	}
	if a.fonts.bold, err = atlas.Font(gobold.TTF, 14*float64(scale)); err != nil {
		a.t.Fatal(err)
	}
	a.ui = ui.New(ui.NewList(atlas), a.fonts.text)
	a.scale = scale
}

// started opens the first image and waits until it has settled.
func (a *testApp) started() *testApp {
	a.t.Helper()
	a.open(0)
	a.quiet()
	a.frame()
	return a
}

func (a *testApp) later(f func()) {
	a.mu.Lock()
	a.posted = append(a.posted, f)
	a.mu.Unlock()
	select {
	case a.wakes <- true:
	default:
	}
}

// drain calls what was posted.
func (a *testApp) drain() {
	a.mu.Lock()
	list := a.posted
	a.posted = nil
	a.mu.Unlock()
	for _, f := range list {
		f()
	}
}

// until handles what is posted until something is so.
func (a *testApp) until(what string, is func() bool) {
	a.t.Helper()
	deadline := time.After(hangTime)
	for a.drain(); !is(); a.drain() {
		select {
		case <-a.wakes:
		case <-deadline:
			a.t.Fatalf("it never came: %s", what)
		}
	}
}

func (a *testApp) quiet() { a.t.Helper(); a.until("quiet", a.isQuiet) }

// loadedAll says whether the images that are shown and beside it are there.
func (a *testApp) loadedAll(names ...string) func() bool {
	return func() bool {
		for _, name := range names {
			if a.entries[name] == nil {
				return false
			}
		}
		return true
	}
}

// frame builds what the window does for a frame.
func (a *testApp) frame() {
	a.changed = false
	for _, in := range a.pointer.take() {
		a.build(in, a.width, a.height, a.scale)
		a.point(in)
	}
	if a.changed {
		a.build(a.pointer.now, a.width, a.height, a.scale)
	}
}

// The mouse.
func (a *testApp) move(x, y float32) { a.pointer.move(x, y); a.frame() }
func (a *testApp) down()             { a.pointer.button(true); a.frame() }
func (a *testApp) up()               { a.pointer.button(false); a.frame() }
func (a *testApp) turnWheel(n float32) {
	a.pointer.wheel(n)
	a.frame()
}

func (a *testApp) click(x, y float32) {
	a.move(x, y)
	a.down()
	a.up()
}

// tap presses keys one after the other.
func (a *testApp) tap(names ...string) {
	for _, name := range names {
		a.press(key{name: name, action: pressed})
		a.press(key{name: name, action: released})
	}
}

func (a *testApp) decode(_ context.Context, path string, progress func(float64)) (*Image, error) {
	a.mu.Lock()
	m := a.images[path]
	a.decodes = append(a.decodes, path)
	a.mu.Unlock()
	progress(1)
	if m == nil {
		return nil, fmt.Errorf("%s: %w", path, errBroken)
	}
	return &Image{Pixels: m, Bytes: 1000}, nil
}

// encodeTo writes a paletted image as it is, in two parts: one that is given up has
// written something.
func (a *testApp) encodeTo(ctx context.Context, w io.Writer, m *image.Paletted) error {
	a.mu.Lock()
	hold := a.hold
	a.mu.Unlock()
	file := fileOf(m)
	if _, err := w.Write(file[:len(file)/2]); err != nil {
		return err
	}
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	_, err := w.Write(file[len(file)/2:])
	return err
}

func fileOf(m *image.Paletted) []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, m.Rect, m.Palette)
	b.Write(m.Pix)
	return b.Bytes()
}

func (a *testApp) saveAs(_ context.Context, path string, colors int, overwrite bool, write func(io.Writer) error) (string, error) {
	name := fmt.Sprintf("%s-%d.png", path, colors)
	a.mu.Lock()
	_, there := a.saved[name]
	a.mu.Unlock()
	if there && !overwrite {
		return name, fmt.Errorf("%s: %w", name, ErrExists)
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return name, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.saved[name] = b.Bytes()
	return name, nil
}

func (a *testApp) toggleFullScreen() error {
	a.full++
	if a.full > 1 {
		return errors.New("there is no screen")
	}
	return nil
}

func (a *testApp) openGPU() (device string, err error) {
	return a.worker.useGPU(func() (GPU, error) {
		if a.gpu == nil {
			return nil, errNoGPU
		}
		return a.gpu, nil
	}, func() {})
}

// someGPU is never called: openGPU makes the engine.
func someGPU(func(string) unsafe.Pointer) (GPU, error) { panic("called") }

// workerIsDone waits until the worker has done what it was asked for.
func (a *testApp) workerIsDone() {
	a.t.Helper()
	done := make(chan bool, 1)
	a.worker.later(func() { done <- true })
	receive(a.t, done, "the worker")
}
