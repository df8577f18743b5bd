//go:build cgo

package gpu

import (
	"image"

	"kompress/kmeans"
	"kompress/quantize"
)

// OpenBands implements quantize.Engine. What comes by bands is counted on the processor.
func (e *Engine) OpenBands(size image.Point, kept bool) (quantize.BandPixels, error) {
	if e.thread == nil {
		return nil, kmeans.ErrClosed
	}
	return new(quantize.CPU).OpenBands(size, kept)
}
