// Package viewer is a window that shows images in few colours, and finds these anew
// while a key is held.
//
// It knows no files and no engines but by what its Options give it. Run has the
// window; it works where the program was built with cgo.
//
// Three goroutines share the work. The window's own, on the main thread, handles
// keys and mouse, paints what is visible of the picture and draws. A loader decodes
// the image that is shown and those beside it. A worker counts and clusters. Both
// hand over what they have by posting a function that the window's goroutine calls;
// nothing else is shared but what does not change any more.
package viewer

import (
	"context"
	"errors"
	"image"
	"io"
	"unsafe"

	"kompress/quantize"
)

var (
	// ErrNoWindow says that no window can be opened here. Errors that wrap it say
	// what is missing.
	ErrNoWindow = errors.New("no window can be opened")

	// ErrExists is to be wrapped by errors of Options.Save if the file is there.
	ErrExists = errors.New("file exists")

	// ErrNotResident is to be wrapped by errors of GPU.Draw if the pixels, or the
	// table, are not on the device as a whole.
	ErrNotResident = errors.New("not on the GPU")
)

// Options are what a window shows, and how it gets it. Paths, Decode, Encode and Save
// have to be set.
type Options struct {
	Paths []string // image files, and folders that are looked through for such

	Colors int            // palette entries at most; 0 means quantize.DefaultColors
	Space  quantize.Space // where distances are measured
	Seed   uint64         // of the random numbers

	// Decode reads an image file, the path of which its errors begin with. It
	// calls progress with the share read, from one goroutine at a time.
	Decode func(ctx context.Context, path string, progress func(share float64)) (*Image, error)

	// Encode writes an image as a file.
	Encode func(ctx context.Context, w io.Writer, m *image.Paletted) error

	// Save writes the result for an image of so many colours beside it, by write,
	// and returns its name. Without overwrite a file that is there is an error that
	// wraps ErrExists.
	Save func(ctx context.Context, path string, colors int, overwrite bool, write func(io.Writer) error) (name string, err error)

	// OpenGPU makes the engine on the OpenGL context that is current. Nil means
	// that there is none in this program.
	OpenGPU func(getProcAddress func(name string) unsafe.Pointer) (GPU, error)

	// Engine says which to begin with. Auto takes the GPU's unless Software says
	// that OpenGL runs on the CPU.
	Engine Engine

	// Software says whether OpenGL of that GL_RENDERER runs on the CPU. Nil means
	// that it does.
	Software func(renderer string) bool

	Width, Height int     // of the window in screen coordinates; 0 means 1280 × 800
	Scale         float64 // of text and controls; 0 means as the screen says
	FullScreen    bool

	// State, if not nil, gets a line of JSON whenever what is shown has changed,
	// after it is on the screen: see State.
	State io.Writer

	// Script, if not nil, is played instead of waiting for keys; then the window
	// closes.
	Script *Script
}

// Engine is where the work is done.
type Engine int

// The engines.
const (
	Auto Engine = iota
	CPU
	OnGPU
)

// An Image is what Options.Decode returns.
type Image struct {
	Pixels image.Image
	Bytes  int64 // size of the file
}

// A GPU is an engine whose images can be drawn from where they are. It is used by
// one goroutine, whose context shares its objects with the window's.
type GPU interface {
	quantize.Engine
	Device() string // name of the device

	// Draw readies what is needed to draw an image and, unless t is nil, its
	// colours in t.
	Draw(p quantize.Pixels, t *quantize.Table) (*Drawing, error)

	// Retire gives back a Drawing that is not drawn any more.
	Retire(*Drawing)
}

// A Drawing is an image on a GPU: names of buffers, and what the shader paint.frag
// has to know of them.
type Drawing struct {
	Premultiplied bool
	Bands         []uint32 // buffers of pixels, 4 bytes each, row by row
	BandPixels    int      // in each band but the last

	Dense, Slots, Values     uint32 // buffers of the table
	HashMask, Salt, HashFrom uint32

	Handle any // of the engine
}

func (o Options) withDefaults() Options {
	if o.Colors == 0 {
		o.Colors = quantize.DefaultColors
	}
	if o.Width <= 0 || o.Height <= 0 {
		o.Width, o.Height = 1280, 800
	}
	return o
}
