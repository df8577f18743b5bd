package icc

import (
	"fmt"
	"math"
)

// Primaries are the chromaticities x and y of an RGB space's white and of its three
// primary colors.
type Primaries struct{ White, Red, Green, Blue [2]float64 }

// SRGBPrimaries are those of sRGB and of BT.709.
var SRGBPrimaries = Primaries{
	White: [2]float64{0.3127, 0.3290},
	Red:   [2]float64{0.64, 0.33},
	Green: [2]float64{0.30, 0.60},
	Blue:  [2]float64{0.15, 0.06},
}

// d50 is the white of the connection space, as LittleCMS has it.
var d50 = vector{0.9642, 1.0, 0.8249}

// bradford takes XYZ to the responses of the eye in which whites are adapted.
var bradford = matrix{
	{0.8951, 0.2664, -0.1614},
	{-0.7502, 1.7135, 0.0367},
	{0.0389, -0.0685, 1.0296},
}

// Calibrated returns the space with those primaries in which light is the value to
// the power of gamma. With a gamma of 0 it has sRGB's tone curve.
func Calibrated(p Primaries, gamma float64) (*Profile, error) {
	if !(gamma >= 0 && gamma <= 100) {
		return nil, damaged("gamma is %v, want 0 to 100", gamma)
	}
	m, err := p.matrix()
	if err != nil {
		return nil, err
	}
	c := &curve{power: powerCurve{g: gamma}}
	if gamma == 0 {
		c.power = srgbCurve
	}
	return &Profile{Space: RGB, curves: [3]*curve{c, c, c}, matrix: m}, nil
}

// ForGray returns the space of grays that have the tone curve of the green of p, which
// has a matrix.
func (p *Profile) ForGray() *Profile {
	return &Profile{Space: Gray, Name: p.Name, curves: [3]*curve{p.curves[1]}}
}

// matrix returns the matrix from linear RGB to XYZ, adapted to the connection space's
// white.
func (p *Primaries) matrix() (m matrix, err error) {
	for i, c := range [][2]float64{p.Red, p.Green, p.Blue} {
		m[0][i], m[1][i], m[2][i] = c[0], c[1], 1-c[0]-c[1]
	}
	inverse, ok := m.inverse()
	if !ok || !(p.White[1] > 0.01) {
		return m, damaged("primaries %v make no color space", *p)
	}
	x, y := p.White[0], p.White[1]
	white := vector{x / y, 1, (1 - x - y) / y}
	scale := diagonal(inverse.apply(white))
	m = m.mul(&scale)
	adapt := adaptation(white)
	m = adapt.mul(&m)
	for _, row := range m {
		for _, v := range row {
			if math.IsNaN(v) || math.Abs(v) > 100 {
				return m, damaged("primaries %v make no color space", *p)
			}
		}
	}
	return m, nil
}

// adaptation returns the matrix from XYZ under that white to XYZ under d50.
func adaptation(white vector) matrix {
	from, to := bradford.apply(white), bradford.apply(d50)
	scale := diagonal(vector{to[0] / from[0], to[1] / from[1], to[2] / from[2]})
	inverse, _ := bradford.inverse()
	scaled := scale.mul(&bradford)
	return inverse.mul(&scaled)
}

// Near says whether the two differ by no more than the rounding of files.
func (p Primaries) Near(q Primaries) bool {
	a, b := [][2]float64{p.White, p.Red, p.Green, p.Blue}, [][2]float64{q.White, q.Red, q.Green, q.Blue}
	for i := range a {
		if math.Abs(a[i][0]-b[i][0]) > 0.005 || math.Abs(a[i][1]-b[i][1]) > 0.005 {
			return false
		}
	}
	return true
}

func (p Primaries) String() string {
	return fmt.Sprintf("white %v, red %v, green %v, blue %v", p.White, p.Red, p.Green, p.Blue)
}
