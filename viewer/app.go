package viewer

import (
	"context"
	"errors"
	"path/filepath"

	"kompress/viewer/ui"
)

// An app is what the window shows and what keys and mouse have made of it. It
// belongs to the window's goroutine.
type app struct {
	ctx     context.Context // ends when the window closes
	options Options
	post    func(func()) // has a function called on this goroutine, from any other
	loader  *loader
	worker  *worker

	files   []string
	names   []string // of the files, in the list
	at      int
	entries map[string]*entry // images that were decoded, the shown one and its neighbours
	reading float64           // share of the shown one that is read
	large   map[string]bool   // images that are not decoded ahead

	settings settings
	result   *result // what is painted; nil while there is none for this picture
	stage    string  // what is waited for; "" for nothing
	failure  error   // why there is no result

	camera   camera
	split    float32 // share of the window's width that shows the original
	original bool    // Space is held
	help     bool
	cloud    cloud
	hovered  int // entry of the palette under the pointer; -1 for none
	drag     drag

	encoding *encoding
	saves    saves
	message  message
	engine   engineState

	ui      *ui.UI
	fonts   fonts
	layout  layout
	pace    pace
	window  windowControl
	quit    bool
	changed bool // there is something new to draw
}

// An entry is an image that was decoded, or why it was not.
type entry struct {
	picture *picture
	err     error
}

// windowControl is what keys change of the window itself.
type windowControl interface {
	toggleFullScreen() error
	openGPU() (device string, err error) // makes the worker's engine
}

// engineState is what is known of the GPU's engine.
type engineState struct {
	renderer string // OpenGL's name for what draws the window
	version  string
	device   string // of the engine; "" before it was opened
	problem  error  // why there is none
}

func newApp(ctx context.Context, o Options) *app {
	a := &app{
		ctx:      ctx,
		options:  o,
		entries:  map[string]*entry{},
		large:    map[string]bool{},
		settings: settings{colors: o.Colors, space: o.Space, seed: o.Seed},
		camera:   camera{fit: true},
		split:    0.5,
		hovered:  -1,
		cloud:    newCloud(),
		loader:   newLoader(o.Decode),
		worker:   newWorker(),
	}
	a.loader.progress = func(path string, share float64) { a.post(func() { a.progress(path, share) }) }
	a.loader.loaded = func(path string, p *picture, err error) { a.post(func() { a.loaded(path, p, err) }) }
	a.worker.stage = func(r request, stage string) { a.post(func() { a.atStage(r, stage) }) }
	a.worker.show = func(r *result) { a.post(func() { a.show(r) }) }
	a.worker.failed = func(r request, err error) { a.post(func() { a.failed(r, err) }) }
	return a
}

// file returns the path of the image that is shown.
func (a *app) file() string { return a.files[a.at] }

// entry returns the image that is shown; nil until it is decoded.
func (a *app) entry() *entry { return a.entries[a.file()] }

// picture returns the image that is shown; nil if it is not decoded.
func (a *app) picture() *picture {
	if e := a.entry(); e != nil {
		return e.picture
	}
	return nil
}

// turnTo goes to an image of the list, which goes around.
func (a *app) turnTo(i int) {
	n := len(a.files)
	if i = ((i % n) + n) % n; i != a.at {
		a.open(i)
	}
}

// open shows an image of the list.
func (a *app) open(i int) {
	a.at = i
	a.reading = 0
	a.camera = camera{fit: true}
	a.forgetResult()
	a.stage, a.failure = "", nil
	a.worker.giveUp() // the processors are for what is wanted now
	a.plan()
	a.ask()
}

// forgetResult goes back to the original.
func (a *app) forgetResult() {
	if a.result != nil {
		a.worker.retire(a.result.drawing)
	}
	a.result, a.hovered = nil, -1
	a.encoding.stop()
	a.encoding = nil
	a.changed = true
}

// aheadBytes bounds the pixels that are held of images beside the shown one.
const aheadBytes = 1 << 30

// plan has the image that is shown decoded, and those beside it ahead, and forgets
// all others.
func (a *app) plan() {
	n := len(a.files)
	near := []string{a.file(), a.files[(a.at+1)%n], a.files[(a.at+n-1)%n]}
	keep := map[string]bool{}
	var wanted []string
	ahead := 0
	for i, path := range near {
		if keep[path] {
			continue
		}
		e := a.entries[path]
		if e != nil && e.picture != nil && i > 0 {
			ahead += len(e.picture.pixels)
		}
		keep[path] = i == 0 || ahead <= aheadBytes
		if e == nil && keep[path] && (i == 0 || !a.large[path]) {
			wanted = append(wanted, path)
		}
	}
	for path, e := range a.entries {
		if keep[path] {
			continue
		}
		if e.picture != nil {
			a.worker.forget(e.picture)
			a.large[path] = len(e.picture.pixels) > aheadBytes
		}
		delete(a.entries, path)
	}
	a.loader.want(wanted)
}

func (a *app) progress(path string, share float64) {
	if path == a.file() && a.entry() == nil {
		a.reading = share
		a.changed = true
	}
}

// loaded takes in an image that was decoded.
func (a *app) loaded(path string, p *picture, err error) {
	if a.entries[path] != nil {
		return // it was wanted again while it was under way
	}
	a.entries[path] = &entry{p, err}
	a.plan()
	if path == a.file() {
		a.ask()
	}
	a.changed = true
}

// ask wants the result for what is set now.
func (a *app) ask() {
	a.changed = true
	p := a.picture()
	if p == nil {
		return
	}
	a.stage, a.failure = "compressing", nil
	a.encoding.stop()
	a.worker.ask(request{p, a.settings})
}

func (a *app) atStage(r request, stage string) {
	if r.picture == a.picture() && stage != a.stage {
		a.stage = stage
		a.changed = true
	}
}

// show takes in a result. One that is not the newest is shown all the same: there is
// none that is newer yet.
func (a *app) show(r *result) {
	if r.picture != a.picture() {
		a.worker.retire(r.drawing)
		return
	}
	if a.result != nil {
		a.worker.retire(a.result.drawing)
	}
	a.result = r
	a.hovered = min(a.hovered, len(r.found.Palette)-1)
	a.changed = true
	if r.settings != a.settings {
		return
	}
	a.stage = "settling"
	if r.settled {
		a.stage = ""
		a.encode(r)
	}
}

// failed takes in that there is no result. What a GPU cannot do the CPU can.
func (a *app) failed(r request, err error) {
	if r.picture != a.picture() || r.settings != a.settings {
		return
	}
	if r.gpu {
		a.leaveGPU(err)
		return
	}
	a.stage, a.failure = "", err
	a.forgetResult()
}

// leaveGPU goes on with the CPU, for good.
func (a *app) leaveGPU(err error) {
	a.engine.problem = err
	a.forgetResult()
	a.worker.later(a.worker.dropGPU)
	a.settings.gpu = false
	a.say(true, "The GPU failed, the CPU goes on: %v", err)
	a.ask()
}

// setColors changes k.
func (a *app) setColors(k int) {
	k = max(1, min(256, k))
	if k != a.settings.colors {
		a.settings.colors = k
		a.ask()
	}
}

// toggleEngine changes between the CPU and the GPU.
func (a *app) toggleEngine() {
	if a.settings.gpu {
		a.settings.gpu = false
		a.ask()
		return
	}
	if err := a.useGPU(); err != nil {
		a.say(true, "No engine on a GPU: %v", err)
		return
	}
	a.ask()
}

// useGPU makes the GPU the engine, which it opens the first time.
func (a *app) useGPU() error {
	if a.engine.device == "" && a.engine.problem == nil {
		a.engine.problem = a.openGPU()
	}
	if a.engine.problem != nil {
		return a.engine.problem
	}
	a.settings.gpu = true
	return nil
}

func (a *app) openGPU() error {
	if a.options.OpenGPU == nil {
		return errors.New("this program was built without it")
	}
	var err error
	a.engine.device, err = a.window.openGPU()
	return err
}

// drop opens files and folders that were let fall on the window.
func (a *app) drop(paths []string) {
	files, errs := scan(paths)
	if len(errs) > 0 {
		a.say(true, "%v", errs[0])
	}
	if len(files) == 0 {
		return
	}
	a.forgetResult()
	for path, e := range a.entries { // there may be others in their place now
		if e.picture != nil {
			a.worker.forget(e.picture)
		}
		delete(a.entries, path)
	}
	a.files, a.names = files, nil
	a.open(0)
}

// name returns the file's name without its folder.
func (a *app) name() string { return filepath.Base(a.file()) }

// newSeed changes the random numbers, or goes back to those at the beginning.
func (a *app) newSeed(first bool) {
	a.settings.seed++
	if first {
		a.settings.seed = a.options.Seed
	}
	a.ask()
}

// isFresh says whether the result is for what is set now.
func (a *app) isFresh() bool { return a.result != nil && a.result.settings == a.settings }
