// Package quantize makes images small by k-means colour quantization: it finds
// the palette that represents an image with the least error and gives every
// pixel the nearest of its colours.
//
// Quantize does it all; a Session counts an image's colours once and clusters
// them as often as wanted; a Quantizer fits image/gif and the like.
package quantize

import (
	"context"
	"fmt"
	"image"
	"image/color"

	"kompress/kmeans"
)

// MaxColors is the largest palette.
const MaxColors = kmeans.MaxCentroids

// DefaultColors is the number of colours when none is given.
const DefaultColors = kmeans.DefaultK

// Options tune a quantization. The zero value is ready to use. The fields that
// kmeans.Options has too are documented there.
type Options struct {
	Colors int   // palette entries at most, 1 to MaxColors; 0 means DefaultColors
	Space  Space // where distances are measured; default SRGB

	// Locked colours are in the palette as they are, whether any pixel is nearest them
	// or not; the others are clustered around them. They count towards Colors, each once
	// however often it is repeated, and are not more. A fully transparent one is that
	// of zeros.
	Locked []color.NRGBA

	// Posterize, 0 to MostPosterize, is how many bits of each component of the palette,
	// alpha too, do without: for 4, a component is one of 16, as hardware for 4 bits
	// shows it. Locked colours are not changed.
	Posterize int

	KeepUnused bool // see Assign, the only one to heed it

	Algorithm kmeans.Algorithm
	Effort    kmeans.Effort
	Init      kmeans.Init
	BatchSize int
	MaxPasses int
	Tolerance float64
	Seed      uint64
	Progress  func(done float64)
}

func (o Options) withDefaults() (Options, error) {
	if o.Colors == 0 {
		o.Colors = DefaultColors
	}
	if o.Colors < 1 || o.Colors > MaxColors {
		return o, fmt.Errorf("quantize: got %d colors, want 1 to %d", o.Colors, MaxColors)
	}
	if err := o.Space.check(); err != nil {
		return o, err
	}
	if err := o.checkPosterize(); err != nil {
		return o, err
	}
	if err := o.checkLocked(); err != nil {
		return o, err
	}
	return o, o.clustering().Check()
}

func (o Options) clustering() kmeans.Options {
	return kmeans.Options{
		K:         o.Colors,
		Algorithm: o.Algorithm,
		Effort:    o.Effort,
		Init:      o.Init,
		BatchSize: o.BatchSize,
		MaxPasses: o.MaxPasses,
		Tolerance: o.Tolerance,
		Seed:      o.Seed,
		Progress:  o.Progress,
	}
}

// Quantize reduces an image to a palette of at most o.Colors colours. If it has
// no more than that, the result is lossless. The result's bounds begin at 0, 0.
func Quantize(ctx context.Context, m image.Image, o Options) (*image.Paletted, *Quantized, error) {
	e := new(CPU)
	defer e.Close()
	s, err := NewSession(ctx, e, m)
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	q, err := s.Cluster(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	paletted, err := s.Map(ctx, q)
	return paletted, q, err
}

// A Quantizer is an image/draw.Quantizer.
type Quantizer struct{ Options Options }

// Quantize appends to p up to cap(p) - len(p) colours that suit the image. The
// options' Colors, if not 0, is an upper bound too. Without room for a colour, or
// with options that are wrong, p is returned as it is.
func (z Quantizer) Quantize(p color.Palette, m image.Image) color.Palette {
	room := min(cap(p)-len(p), MaxColors)
	o := z.Options
	if o.Colors == 0 || o.Colors > room {
		o.Colors = room
	}
	if room < 1 {
		return p
	}
	e := new(CPU)
	defer e.Close()
	s, err := NewSession(context.Background(), e, m)
	if err != nil {
		return p
	}
	defer s.Close()
	q, err := s.Cluster(context.Background(), o)
	if err != nil {
		return p
	}
	return append(p, q.Palette...)
}
