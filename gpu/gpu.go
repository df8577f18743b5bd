// Package gpu is the engine that runs on a graphics processor: count, k-means and
// map as OpenGL 4.3 compute shaders. It fulfils the contracts of kmeans.Engine and
// quantize.Engine to the last bit.
//
// It needs no display: contexts come from EGL, which is opened when a device is
// asked for, so that a program with this package starts where there is none. It is
// built on Linux with cgo; elsewhere Devices and Open answer ErrUnavailable.
package gpu

import (
	"errors"
	"time"
)

var (
	// ErrUnavailable says that there is no usable OpenGL 4.3 here. Errors that
	// wrap it name what is missing.
	ErrUnavailable = errors.New("no usable OpenGL 4.3")

	// ErrLost says that the device stopped answering: it was reset or removed.
	ErrLost = errors.New("the GPU was lost")

	// ErrOutOfMemory says that the device's memory does not suffice.
	ErrOutOfMemory = errors.New("out of GPU memory")

	// ErrNotResident says that an image cannot be drawn from the device's memory,
	// for not all of it lies there.
	ErrNotResident = errors.New("the image is not in GPU memory")
)

// A Device is a way to OpenGL on this machine.
type Device struct {
	Number   int    // 1 for the first; see Options.Device
	Platform string // of EGL: device or surfaceless
	Path     string // of the device's file, if it has one

	Renderer, Vendor, Version, GLSL string // as the driver gives them
	Driver                          string // the part of Version that names it

	Software bool   // OpenGL on the CPU
	Problem  string // why it cannot be used; "" if it can

	Memory int64 // bytes in all; 0 if the driver does not tell
	Free   int64 // bytes free now; 0 if the driver does not tell
	Limits Limits
}

// Limits are what a device allows a compute shader.
type Limits struct {
	BlockBytes  int64  // of a storage buffer that a shader sees
	Groups      [3]int // work groups in a dispatch
	GroupSize   [3]int // threads in a work group, by axis
	Threads     int    // in a work group, in all
	SharedBytes int    // of memory that a work group shares
}

// Hardware says whether the device is usable and not the CPU in disguise.
func (d *Device) Hardware() bool { return d.Problem == "" && !d.Software }

// Transfers are the times that pixels and indices took between the processor's
// memory and the device's: by the clock, with what the processor does to them.
type Transfers struct {
	Upload   time.Duration
	ReadBack time.Duration
}

// Options tune an Engine. The zero value is ready to use.
type Options struct {
	// Device is the number of a device in the list of Devices; 0 means the first
	// that is hardware or, if there is none, the first that works.
	Device int

	// Hardware leaves software renderers alone, if EGL knows that they are: to start
	// Mesa's takes 60 MB and 0.2 s. It has no effect with a Device.
	Hardware bool

	// Timed makes the engine take the device time of every stage: see
	// Engine.Times. It costs a few percent.
	Timed bool

	// Apart makes the engine wait before and after it sends pixels and reads
	// indices back, so that Engine.Transfers can tell how long that takes. It
	// then overlaps with nothing, and all in all takes longer.
	Apart bool

	// Debug asks the driver for a context that checks more.
	Debug bool

	// Memory bounds the bytes of pixels that stay on the device between count
	// and map; an image that is larger is sent twice. 0 means three quarters of
	// what the driver says is free, or 1 GiB where it does not tell.
	Memory int64

	// What a test makes smaller than the device's.
	limits Limits
	edit   func(stage, source string) string

	mapEachTime bool // as on drivers without GL_ARB_buffer_storage
}
