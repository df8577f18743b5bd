package icc

import "math"

// black returns how much light the darkest color of a profile without tables has, Y
// from 0 to 1, as far as it is to be taken away: LittleCMS scales light such that
// black becomes black when it goes from a profile to its own sRGB. At most half of
// the lightness is taken for black.
func (p *Profile) black() float64 {
	var dark vector
	for c := range dark {
		if p.curves[c] != nil {
			dark[c] = float64(p.curves[c].at(0))
		}
	}
	y := p.matrix.apply(dark)[1]
	if p.Space == Gray {
		y = dark[0]
		if p.lightness {
			y = float64(lightOf(float32(y)))
		}
	}
	lightness := min(lightnessOf(y), 0.5)
	y = float64(lightOf(float32(round16(lightness*65535)) / 65535))
	// LittleCMS leaves out a step that changes next to nothing: a scaling by a
	// factor and a shift, both of three coordinates.
	if 3*y/(1-y)+(d50[0]+d50[1]+d50[2])*y/(1-y) < 0.002 {
		return 0
	}
	return y
}

// lightnessOf is the inverse of lightOf.
func lightnessOf(y float64) float64 {
	f := math.Cbrt(y)
	if y <= (24.0/116)*(24.0/116)*(24.0/116) {
		f = float64((841.0/108)*y) + 16.0/116
	}
	return max(0, float64(116*f)-16) / 100
}
