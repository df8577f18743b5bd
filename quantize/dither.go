package quantize

import (
	"context"
	"fmt"
	"image"
)

// A Dither is a way to give the impression of colours that are not in the palette.
type Dither int

const (
	// NoDither gives every pixel the nearest entry: the smallest files.
	NoDither Dither = iota
	// FloydSteinberg hands the error of a pixel on to those after it (Floyd and
	// Steinberg 1976), on every second row from right to left. It dithers less where
	// the image has detail of its own.
	FloydSteinberg
	// BlueNoise mixes two entries for every colour, by a mask without visible structure
	// (Ulichney 1993).
	BlueNoise
	// Ordered does the same with the 8 × 8 matrix of Bayer (1973). Its regular pattern
	// is what compresses best of the three.
	Ordered
)

func (d Dither) String() string {
	switch d {
	case NoDither:
		return "none"
	case FloydSteinberg:
		return "floyd-steinberg"
	case BlueNoise:
		return "blue-noise"
	case Ordered:
		return "ordered"
	}
	return fmt.Sprintf("Dither(%d)", int(d))
}

// DitherOptions are the options of [Session.Dither].
type DitherOptions struct {
	Method   Dither
	Strength float64 // more than 0 to 1; 0 means 1
}

func (o DitherOptions) withDefaults() (DitherOptions, error) {
	if o.Method < NoDither || o.Method > Ordered {
		return o, fmt.Errorf("quantize: got dither method %d, want NoDither, FloydSteinberg, BlueNoise or Ordered", o.Method)
	}
	if o.Strength == 0 {
		o.Strength = 1
	}
	if !(o.Strength > 0 && o.Strength <= 1) {
		return o, fmt.Errorf("quantize: got a dither strength of %v, want more than 0, at most 1", o.Strength)
	}
	return o, nil
}

// Dither gives the image in the colours of a palette that Cluster or Assign found. It
// does what Map does if the method is NoDither or every colour has its own entry.
//
// Distances are those of the space that the palette was found in. Colours of the
// palette are not dithered, fully transparent pixels stay as they are, and opaque ones
// stay opaque. The outcome does not depend on the engine or on the number of threads.
func (s *Session) Dither(ctx context.Context, q *Quantized, o DitherOptions) (*image.Paletted, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if o.Method == NoDither || q == nil || q.session != s || q.Lossless || s.image == nil {
		return s.Map(ctx, q) // or its error
	}
	m := image.NewPaletted(image.Rectangle{Max: s.size}, q.Palette)
	if o.Method == FloydSteinberg {
		if err := s.diffuse(ctx, m.Pix, q, o.Strength); err != nil {
			return nil, err
		}
		return m, nil
	}
	if err := s.pixels.Dither(ctx, m.Pix, q.mixes(o)); err != nil {
		return nil, err
	}
	return m, nil
}

// mixes returns the table to dither by, with the mask of the method.
func (q *Quantized) mixes(o DitherOptions) *DitherTable {
	mask := bayerMask
	if o.Method == BlueNoise {
		mask = blueNoiseMask
	}
	return &DitherTable{keys: q.table.keys, mixes: newMixer(q, o.Strength).all(q.table), mask: mask}
}

// keys returns the palette's colours.
func (q *Quantized) keys() []Key {
	keys := make([]Key, len(q.Palette))
	for i, c := range q.Palette {
		n := round8(c)
		keys[i] = MakeKey(n[0], n[1], n[2], n[3])
	}
	return keys
}
