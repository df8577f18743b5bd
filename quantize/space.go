package quantize

import (
	"fmt"
	"math"

	"kompress/kmeans"
)

// A Space is where colours are points and distances are differences of colour.
type Space int

const (
	// SRGB is the space of the 8-bit values: errors are what PSNR measures.
	SRGB Space = iota
	// Oklab is Björn Ottosson's perceptual space (2020): errors are nearer to
	// what is seen.
	Oklab
)

func (s Space) String() string {
	switch s {
	case SRGB:
		return "srgb"
	case Oklab:
		return "oklab"
	}
	return fmt.Sprintf("Space(%d)", int(s))
}

func (s Space) check() error {
	if s != SRGB && s != Oklab {
		return fmt.Errorf("quantize: got space %d, want SRGB or Oklab", s)
	}
	return nil
}

// point returns the colour's place in the space.
//
// A translucent colour is its premultiplied colour, in a basis in which the
// squared distance of two colours is the mean of that over black and over
// white. With v a premultiplied component and a its alpha, both 0 to 1, that is
//
//	½·(Δv² + (Δv-Δa)²) = (Δv - Δa/2)² + Δa²/4
//
// so that each component becomes v + (1-a)/2, the colour over middle grey, and
// the fourth coordinate is 1-a times √(n/4) for the n components that differ
// between black and white: three in sRGB, the lightness in Oklab.
func (s Space) point(k Key) kmeans.Point {
	r, g, b, a := k.rgba()
	if s == Oklab {
		return oklabPoint(r, g, b, a)
	}
	if a == 255 {
		return kmeans.Point{uint16(r) << srgbShift, uint16(g) << srgbShift, uint16(b) << srgbShift}
	}
	over := func(v uint8) uint16 {
		return uint16(((2*uint32(v)*uint32(a)+255*(255-uint32(a)))<<(srgbShift-1) + 127) / 255)
	}
	return kmeans.Point{over(r), over(g), over(b), uint16(float64(float64((255-int(a))<<srgbShift)*srgbAlpha) + 0.5)}
}

// color returns the colour with 8-bit components nearest the point.
func (s Space) color(p kmeans.Point) Key {
	if s == Oklab {
		return oklabColor(p)
	}
	const unit = 1 << srgbShift
	a := clamp8(255 - float64(p[3])/(unit*srgbAlpha))
	if a == 0 {
		return transparent
	}
	under := func(v uint16) uint8 {
		return clamp8((float64(v)/unit - (255-float64(a))/2) * 255 / float64(a))
	}
	return MakeKey(under(p[0]), under(p[1]), under(p[2]), a)
}

const (
	srgbShift = kmeans.CoordinateBits - 8
	srgbAlpha = 0.8660254037844386 // √3/2
)

// clamp8 rounds to 0 to 255. The conversion keeps a product that v is from being
// fused with the addition where the call is inlined.
func clamp8(v float64) uint8 { return uint8(min(max(math.Floor(float64(v)+0.5), 0), 255)) }
