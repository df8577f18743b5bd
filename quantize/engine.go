package quantize

import (
	"context"
	"errors"
	"fmt"
	"image"
	"runtime"

	"kompress/kmeans"
)

// An Engine makes the two passes over an image's pixels, count and map, and
// clusters what is between them. Every engine gives the same bytes. It is not
// safe for concurrent use.
type Engine interface {
	kmeans.Engine

	// Open prepares an image for both passes, so that a GPU need not be sent its
	// pixels twice. The image must not change until the Pixels are closed.
	// Several may be open at a time.
	Open(m image.Image) (Pixels, error)

	// OpenBands prepares for both passes over an image of that size that comes by
	// bands of rows. Kept says that they are parts of one image, which Whole is to
	// open: an engine with memory of its own need then not be sent it twice.
	OpenBands(size image.Point, kept bool) (BandPixels, error)
}

// Pixels are those of one image, on an Engine. They are used as the engine is:
// by one goroutine at a time, and not after it was closed.
type Pixels interface {
	// Count counts the colours, rounded to 8 bits.
	Count(ctx context.Context) (*Counts, error)

	// Map writes the table's index of each pixel's colour to index, which has
	// one byte a pixel, row by row. The table knows all colours of the image.
	Map(ctx context.Context, index []uint8, t *Table) error

	// Dither does the same with the mixes of a table, the mask beginning at the
	// image's first pixel.
	Dither(ctx context.Context, index []uint8, t *DitherTable) error

	// Close releases what the engine holds for the image. It may be called
	// twice; all other calls then answer kmeans.ErrClosed.
	Close() error
}

// BandPixels are those of an image that comes by bands, which have whole rows, are of
// one type and say by their bounds where they are. They are used as Pixels are.
type BandPixels interface {
	// Count counts the colours of the next band, which may change once it returns,
	// though the engine may not be done with it. After an error nothing is counted;
	// one that wraps ErrAgain says that it can be begun once more.
	Count(ctx context.Context, band image.Image) error

	// Counts returns what was counted in all bands, and lets go of the counters.
	// Whoever goes on to count begins anew.
	Counts(ctx context.Context) (*Counts, error)

	// Map is that of Pixels, for any band. The table knows all colours of the image
	// and stays where it is from one band to the next.
	Map(ctx context.Context, index []uint8, band image.Image, t *Table) error

	// Dither does the same with the mixes of a table. The mask begins at 0, 0.
	Dither(ctx context.Context, index []uint8, band image.Image, t *DitherTable) error

	// Whole opens the image that all bands were parts of which were counted, as
	// Engine.Open does.
	Whole(m image.Image) (Pixels, error)

	// Close releases what the engine holds for the image. It may be called
	// twice; all other calls then answer kmeans.ErrClosed.
	Close() error
}

// ErrAgain is wrapped by errors of BandPixels.Count after which the image may be
// counted again from its first band: the engine has lost what it had counted.
var ErrAgain = errors.New("quantize: what was counted is lost")

// A CPU is the Engine that runs on the processor. The zero value is ready to
// use, on as many threads as GOMAXPROCS says.
type CPU struct{ kmeans.CPU }

// Open implements Engine.
func (e *CPU) Open(m image.Image) (Pixels, error) {
	if m == nil {
		return nil, errNoImage
	}
	return &cpuPixels{m, e.workers()}, nil
}

var errNoImage = errors.New("quantize: got no image")

func (e *CPU) workers() int {
	if e.Workers > 0 {
		return e.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// cpuPixels has nothing to prepare.
type cpuPixels struct {
	image   image.Image // nil once closed
	workers int
}

func (p *cpuPixels) Count(ctx context.Context) (*Counts, error) {
	if p.image == nil {
		return nil, kmeans.ErrClosed
	}
	return countColors(ctx, p.image, p.workers)
}

func (p *cpuPixels) Map(ctx context.Context, index []uint8, t *Table) error {
	if p.image == nil {
		return kmeans.ErrClosed
	}
	if err := CheckIndex(index, p.image); err != nil {
		return err
	}
	t.readyFor(pixelsOf(sizeOf(p.image)))
	return mapPixels(ctx, index, p.image, t, p.workers)
}

func (p *cpuPixels) Dither(ctx context.Context, index []uint8, t *DitherTable) error {
	if p.image == nil {
		return kmeans.ErrClosed
	}
	if err := CheckIndex(index, p.image); err != nil {
		return err
	}
	t.readyFor(pixelsOf(sizeOf(p.image)))
	return mixPixels(ctx, index, p.image, p.image.Bounds().Min, t, p.workers)
}

func (p *cpuPixels) Close() error {
	p.image = nil
	return nil
}

// CheckIndex returns an error unless there are as many indices as pixels.
func CheckIndex(index []uint8, m image.Image) error {
	if size := sizeOf(m); len(index) != size.X*size.Y {
		return fmt.Errorf("quantize: got %d indices for %d × %d pixels, want as many", len(index), size.X, size.Y)
	}
	return nil
}

// sizeOf returns the width and height of an image, neither of which is negative.
func sizeOf(m image.Image) image.Point {
	size := m.Bounds().Size()
	return image.Pt(max(0, size.X), max(0, size.Y))
}
