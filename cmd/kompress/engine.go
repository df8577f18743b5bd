package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"

	"kompress/gpu"
	"kompress/quantize"

	"github.com/urfave/cli/v2"
)

// An engine is what does the work on an image, and what -v says about it.
type engine struct {
	quantize.Engine
	name   string // cpu or gpu
	device string // the renderer, for a GPU
	why    string
}

// A gpuEngine is an engine that has a device.
type gpuEngine interface {
	quantize.Engine
	Device() gpu.Device
}

// engines is the only place that knows which engines there are. It makes what is
// asked for by --engine, --device and KOMPRESS_ENGINE when it is first needed, and
// keeps it for the images that follow.
type engines struct {
	mode   string // auto, gpu or cpu
	device int    // 0 for any
	open   func(gpu.Options) (gpuEngine, error)
	least  func(started bool) (pixels int)
	warn   func(error)

	cpu    *engine
	gpu    *engine
	done   int    // pixels that auto left to the CPU, before it looked for a GPU
	whyNot string // auto looked for a GPU, in vain
}

func openGPU(o gpu.Options) (gpuEngine, error) { return gpu.Open(o) }

// await returns what f does, or an error when the context ends before: a driver may
// hold up whoever asks it for a device.
func await[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type outcome struct {
		found T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		found, err := f()
		done <- outcome{found, err}
	}()
	select {
	case o := <-done:
		return o.found, o.err
	case <-ctx.Done():
		var none T
		return none, errInterrupted
	}
}

var errInterrupted = errors.New("interrupted")

// newEngines reads the flags. An engine that is named has to be there.
func newEngines(c *cli.Context, warn func(error)) (*engines, error) {
	mode, source, err := engineMode(c)
	if err != nil {
		return nil, err
	}
	e := &engines{mode: mode, device: c.Int("device"), open: openGPU, least: leastPixels, warn: warn}
	switch {
	case c.IsSet("device") && e.device < 1:
		return nil, usagef("--device: got %d, want at least 1 (see kompress devices)", e.device)
	case c.IsSet("device") && e.mode == "cpu":
		return nil, usagef("--device goes with a GPU, not with %s cpu", source)
	}
	if c.IsSet("device") {
		if devices, err := await(c.Context, gpu.Devices); err == nil && e.device > len(devices) {
			return nil, usagef("--device: got %d, want 1 to %d (see kompress devices)", e.device, len(devices))
		}
	}
	if e.mode != "gpu" {
		return e, nil
	}
	if err := e.startGPU(c.Context, "as asked for by "+source); err != nil {
		if ctx := c.Context; ctx.Err() != nil {
			return nil, errInterrupted
		}
		return nil, fmt.Errorf("%s: %w", source, err)
	}
	return e, nil
}

// engineMode returns which engine is asked for, and by what.
func engineMode(c *cli.Context) (mode, source string, err error) {
	mode, source = c.String("engine"), "--engine"
	if env := os.Getenv(engineVariable); env != "" && !c.IsSet("engine") {
		mode, source = env, engineVariable
	}
	if !slices.Contains(flagValues["engine"], mode) {
		return "", "", usagef("%s: got %q, want %s", source, mode, alternatives(flagValues["engine"]))
	}
	return mode, source, nil
}

// engineVariable is of the environment; the flag goes before it.
const engineVariable = "KOMPRESS_ENGINE"

// forImage returns the engine for an image of so many pixels.
func (e *engines) forImage(ctx context.Context, pixels int) (*engine, error) {
	if e.mode == "auto" {
		if err := e.look(ctx, pixels); err != nil {
			return nil, err
		}
	}
	if e.gpu != nil && (e.mode == "gpu" || pixels >= e.least(true)) {
		return e.gpu, nil
	}
	e.done += pixels
	if e.cpu == nil {
		e.cpu = &engine{Engine: new(quantize.CPU), name: "cpu"}
	}
	e.cpu.why = threadsText()
	if e.mode == "auto" {
		e.cpu.why += "; auto: " + e.reason(pixels)
	}
	return e.cpu, nil
}

// look makes auto look for a GPU, once, when an image is large enough for one, or all
// images so far are. Nobody knows how many pixels are to come: to wait until the CPU
// has taken as long as a GPU's start takes at most twice the time of the better choice.
func (e *engines) look(ctx context.Context, pixels int) error {
	if !gpu.Built {
		e.whyNot = "this program has no GPU engine"
	}
	if e.gpu != nil || e.whyNot != "" || e.done+pixels < e.least(false) || pixels < e.least(true) {
		return nil
	}
	why := "auto: the first that is hardware"
	if e.device > 0 {
		why = "auto: as asked for by --device"
	}
	err := e.startGPU(ctx, why)
	switch {
	case errors.Is(err, gpu.ErrUnavailable):
		e.whyNot = oneLine(err)
		return nil
	case err != nil:
		return err
	}
	if d := e.gpu.Engine.(gpuEngine).Device(); !d.Hardware() {
		e.whyNot = fmt.Sprintf("device %d is a software renderer, %s", d.Number, d.Renderer)
		err = e.gpu.Close()
		e.gpu = nil
		return err
	}
	// What auto has chosen, auto may give up.
	e.gpu.Engine = &failover{gpu: e.gpu.Engine, failed: e.failed}
	return nil
}

func (e *engines) startGPU(ctx context.Context, why string) error {
	opened, err := await(ctx, func() (gpuEngine, error) { return e.open(gpu.Options{Device: e.device, Hardware: e.mode == "auto"}) })
	if err != nil {
		return err
	}
	d := opened.Device()
	e.gpu = &engine{Engine: opened, name: "gpu", device: d.Renderer, why: fmt.Sprintf("device %d, %s; %s", d.Number, d.Renderer, why)}
	return nil
}

// failed notes that the work goes on on the CPU.
func (e *engines) failed(err error) {
	e.warn(fmt.Errorf("the GPU failed, going on with the CPU: %w", err))
	e.gpu.name, e.gpu.device, e.gpu.why = "cpu", "", threadsText()+"; the GPU failed: "+oneLine(err)
}

// reason says why auto takes the CPU.
func (e *engines) reason(pixels int) string {
	if e.whyNot != "" {
		return e.whyNot
	}
	if least := e.least(true); pixels < least {
		return "too small for a GPU, which pays for images from " + pixelsText(least)
	}
	return fmt.Sprintf("%s so far, and a GPU pays from %s in all", pixelsText(e.done), pixelsText(e.least(false)))
}

// Close closes what was made.
func (e *engines) Close() (err error) {
	for _, made := range []*engine{e.cpu, e.gpu} {
		if made != nil {
			err = errors.Join(err, made.Close())
		}
	}
	return err
}

// leastPixels is from how many pixels on a GPU pays: from where the CPU takes longer
// to count and map them than a GPU to start or, once it has, to be fed. How the effort
// and k are chosen hardly matters, for the search for a palette is on the CPU in any
// case. Where the numbers come from is in docs/measurements.md.
func leastPixels(started bool) int {
	const (
		cpuPixel = 10 // ns of a thread, for count and map
		start    = 150_000_000
		feed     = 10_000_000
		useful   = 4 // threads: more hardly help to count
	)
	cost := start
	if started {
		cost = feed
	}
	return cost / cpuPixel * min(runtime.GOMAXPROCS(0), useful)
}

func pixelsText(n int) string { return fmt.Sprintf("%.4g megapixels", float64(n)/1e6) }

func threadsText() string {
	if runtime.GOMAXPROCS(0) == 1 {
		return "1 thread"
	}
	return fmt.Sprintf("%d threads", runtime.GOMAXPROCS(0))
}
