package quantize

import (
	"math"

	"kompress/kmeans"
)

// Products are converted with float64(…), which keeps compilers from fusing
// them into additions on some architectures only, and roots are our own: points
// have to be the same everywhere.

const (
	oklabUnit  = 16000 // lightness 1
	oklabAlpha = 0.5   // see Space.point: only lightness differs between black and white
)

// oklabOrigin is added to what is around 0, lightness less ½ included, to make it
// positive. Colours end up in one half of the octree's a and b, rather than on
// both sides of its largest boundaries, as greys would be if they were amid.
var oklabOrigin = [3]float64{0.5, 0.2341, 0.3118}

// linear has the linear light, 0 to 1, of an 8-bit sRGB value.
var linear = func() (table [256]float64) {
	for v := range table {
		c := float64(v) / 255
		if c <= 0.04045 {
			table[v] = c / 12.92
		} else {
			c = (c + 0.055) / 1.055
			table[v] = float64(c*c) * fifthRoot(float64(c*c)) // c^2.4
		}
	}
	return table
}()

// LinearLight returns the linear light, 0 to 1, of an 8-bit sRGB value.
func LinearLight(v uint8) float64 { return linear[v] }

// The matrices are those of https://bottosson.github.io/posts/oklab/.
var (
	toLMS = [3][3]float64{
		{0.4122214708, 0.5363325363, 0.0514459929},
		{0.2119034982, 0.6806995451, 0.1073969566},
		{0.0883024619, 0.2817188376, 0.6299787005},
	}
	toLab = [3][3]float64{
		{0.2104542553, 0.7936177850, -0.0040720468},
		{1.9779984951, -2.4285922050, 0.4505937099},
		{0.0259040371, 0.7827717662, -0.8086757660},
	}
	fromLab = [3][3]float64{
		{1, 0.3963377774, 0.2158037573},
		{1, -0.1055613458, -0.0638541728},
		{1, -0.0894841775, -1.2914855480},
	}
	fromLMS = [3][3]float64{
		{4.0767416621, -3.3077115913, 0.2309699292},
		{-1.2684380046, 2.6097574011, -0.3413193965},
		{-0.0041960863, -0.7034186147, 1.7076147010},
	}
)

func multiply(m *[3][3]float64, v [3]float64) [3]float64 {
	return [3]float64{
		float64(m[0][0]*v[0]) + float64(m[0][1]*v[1]) + float64(m[0][2]*v[2]),
		float64(m[1][0]*v[0]) + float64(m[1][1]*v[1]) + float64(m[1][2]*v[2]),
		float64(m[2][0]*v[0]) + float64(m[2][1]*v[1]) + float64(m[2][2]*v[2]),
	}
}

// linearLMS has the part of each component of linear light in L, M and S.
var linearLMS = func() (table [3][256][3]float64) {
	for c := range table {
		for v := range table[c] {
			for i := range toLMS {
				table[c][v][i] = toLMS[i][c] * linear[v]
			}
		}
	}
	return table
}()

func oklab(r, g, b uint8) [3]float64 {
	fromRed, fromGreen, fromBlue := &linearLMS[0][r], &linearLMS[1][g], &linearLMS[2][b]
	return multiply(&toLab, [3]float64{
		cubeRoot(fromRed[0] + fromGreen[0] + fromBlue[0]),
		cubeRoot(fromRed[1] + fromGreen[1] + fromBlue[1]),
		cubeRoot(fromRed[2] + fromGreen[2] + fromBlue[2]),
	})
}

func oklabPoint(r, g, b, a uint8) (p kmeans.Point) {
	alpha := float64(a) / 255
	lab := oklab(r, g, b)
	lab[0] -= 0.5
	for i, v := range lab {
		p[i] = uint16(float64((float64(v*alpha)+oklabOrigin[i])*oklabUnit) + 0.5)
	}
	p[3] = uint16(float64(float64(1-alpha)*(oklabAlpha*oklabUnit)) + 0.5)
	return p
}

func oklabColor(p kmeans.Point) Key {
	a := clamp8(255 * (1 - float64(p[3])/(oklabAlpha*oklabUnit)))
	if a == 0 {
		return transparent
	}
	var lab [3]float64
	for i := range lab {
		lab[i] = float64((float64(p[i])/oklabUnit-oklabOrigin[i])*255) / float64(a)
	}
	lab[0] += 0.5
	lms := multiply(&fromLab, lab)
	for i, v := range lms {
		lms[i] = float64(float64(v*v) * v)
	}
	rgb := multiply(&fromLMS, lms)
	return MakeKey(companded(rgb[0]), companded(rgb[1]), companded(rgb[2]), a)
}

// companded returns the 8-bit sRGB value of linear light.
func companded(v float64) uint8 {
	if v <= 0.0031308 {
		return clamp8(float64(12.92*255) * v)
	}
	r := math.Sqrt(math.Sqrt(cubeRoot(v))) // v^(5/12) is its fifth power
	r = float64(float64(r*r)*float64(r*r)) * r
	return clamp8(255 * (float64(1.055*r) - 0.055))
}

// cubeRoot returns the cube root of v, 0 or from 2⁻³⁰ to 2, within 1e-12 of it.
// math.Cbrt is slower and need not be the same on all architectures.
func cubeRoot(v float64) float64 {
	if v <= 0 {
		return 0
	}
	// A third of the exponent is within 4 % (Kahan); Halley's method cubes that.
	r := math.Float64frombits(math.Float64bits(v)/3 + 0x2a9f7893782da1ce)
	for range 2 {
		cube := float64(float64(r*r) * r)
		r = float64(r*(cube+2*v)) / (float64(2*cube) + v)
	}
	return r
}

// fifthRoot returns the fifth root of v, 0.001 to 1, by Newton's method.
func fifthRoot(v float64) float64 {
	r := 1.0
	for range 30 {
		square := float64(r * r)
		r = (float64(4*r) + v/float64(square*square)) / 5
	}
	return r
}
