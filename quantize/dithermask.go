package quantize

import _ "embed"

// blueNoiseMask is made by the void-and-cluster method of Ulichney, "The
// void-and-cluster method for dither array generation" (1993): at every level its
// pixels are spread evenly, but not in a pattern. go test -run BlueNoise -update writes
// it; the test that it is what the method gives holds the method.
//
//go:embed bluenoise.mask
var blueNoiseLevels []byte

var (
	blueNoiseMask = (*Mask)(blueNoiseLevels)
	bayerMask     = makeBayer()
)

// makeBayer returns the 8 × 8 matrix of Bayer, "An optimum method for two-level
// rendition of continuous-tone pictures" (1973), repeated. A level is the bits of x^y
// and y in turns, the lowest one first.
func makeBayer() *Mask {
	m := new(Mask)
	for i := range m {
		x, y := i%MaskSide, i/MaskSide
		level := 0
		for bit := range 3 {
			level |= ((x^y)>>bit&1<<1 | y>>bit&1) << (2 * (2 - bit))
		}
		m[i] = uint8(4*level + 2) // the middle of a 64th
	}
	return m
}
