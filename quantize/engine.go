package quantize

import (
	"context"
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

	// Count counts the colours of an image, rounded to 8 bits.
	Count(ctx context.Context, m image.Image) (*Counts, error)

	// Map writes the table's index of each pixel's colour to index, which has
	// one byte a pixel, row by row. The table knows all colours of the image.
	Map(ctx context.Context, index []uint8, m image.Image, t *Table) error
}

// A CPU is the Engine that runs on the processor. The zero value is ready to
// use, on as many threads as GOMAXPROCS says.
type CPU struct{ kmeans.CPU }

// Count implements Engine.
func (e *CPU) Count(ctx context.Context, m image.Image) (*Counts, error) {
	return countColors(ctx, m, e.workers())
}

// Map implements Engine.
func (e *CPU) Map(ctx context.Context, index []uint8, m image.Image, t *Table) error {
	size := m.Bounds().Size()
	if m.Bounds().Empty() {
		size = image.Point{}
	}
	if len(index) != size.X*size.Y {
		return fmt.Errorf("quantize: got %d indices for %d × %d pixels, want as many", len(index), size.X, size.Y)
	}
	return mapPixels(ctx, index, m, t, e.workers())
}

func (e *CPU) workers() int {
	if e.Workers > 0 {
		return e.Workers
	}
	return runtime.GOMAXPROCS(0)
}
