package quantize

import (
	"context"
	"fmt"
	"image"
)

// A Dither is a way to give the impression of colours that are not in the palette.
type Dither int

const (
	NoDither       Dither = iota // every pixel gets the nearest entry
	FloydSteinberg               // error diffusion (Floyd and Steinberg 1976), serpentine
	BlueNoise                    // a threshold mask without visible structure (Ulichney 1993)
	Ordered                      // the matrix of Bayer (1973)
)

// DitherOptions are the options of [Session.Dither].
type DitherOptions struct {
	Method   Dither
	Strength float64 // more than 0 to 1; 0 means 1
}

// Dither gives the image in the colours of a palette that Cluster or Assign found. It
// does what Map does if the method is NoDither.
func (s *Session) Dither(ctx context.Context, q *Quantized, o DitherOptions) (*image.Paletted, error) {
	if o.Method != NoDither {
		return nil, fmt.Errorf("quantize: cannot dither by method %d yet", o.Method)
	}
	return s.Map(ctx, q)
}
