//go:build !linux || !cgo

package gpu

import (
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"kompress/quantize"
)

// Built says that this package was built with its engine.
const Built = false

func unavailable() error {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("gpu: %w: there is no GPU engine for %s yet", ErrUnavailable, runtime.GOOS)
	}
	return fmt.Errorf("gpu: %w: this program was built without its GPU engine, for want of cgo and a C compiler (see the README)", ErrUnavailable)
}

// Devices answers ErrUnavailable.
func Devices() ([]Device, error) { return nil, unavailable() }

// Open answers ErrUnavailable.
func Open(Options) (*Engine, error) { return nil, unavailable() }

// OpenCurrent answers ErrUnavailable.
func OpenCurrent(func(name string) unsafe.Pointer, Options) (*Engine, error) {
	return nil, unavailable()
}

// An Engine cannot be had.
type Engine struct{ quantize.Engine }

// Device describes nothing.
func (e *Engine) Device() Device { return Device{} }

// Memory returns nothing.
func (e *Engine) Memory() (buffers, bytes int) { return 0, 0 }

// Draw answers ErrUnavailable.
func (e *Engine) Draw(quantize.Pixels, *quantize.Table) (*Drawing, error) {
	return nil, unavailable()
}

// Retire does nothing.
func (e *Engine) Retire(*Drawing) {}

// Transfers returns nothing.
func (e *Engine) Transfers() Transfers { return Transfers{} }

// CopyTime answers ErrUnavailable.
func (e *Engine) CopyTime(int) (time.Duration, error) { return 0, unavailable() }

// Times returns nothing.
func (e *Engine) Times() map[string]time.Duration { return nil }
