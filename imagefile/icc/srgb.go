package icc

import (
	"math"
	"sync"
)

// srgbCurve is the tone curve of IEC 61966-2-1.
var srgbCurve = powerCurve{kind: 3, g: 2.4, a: 1 / 1.055, b: 0.055 / 1.055, c: 1 / 12.92, d: 0.04045}

// knee is the light below which sRGB's curve is a line.
var knee = math.Pow(float64(srgbCurve.a*srgbCurve.d)+srgbCurve.b, srgbCurve.g)

// encode is the inverse of srgbCurve.
func encode(light float64) float64 {
	c := &srgbCurve
	if light < knee {
		return light / c.c
	}
	return (math.Pow(light, 1/c.g) - c.b) / c.a
}

// encode16 gives the number of 16 bits for some light.
func encode16(light float32) uint16 {
	return round16(float64(float32(encode(float64(light)))) * 65535)
}

// oneBits is how many bits behind the point the light has that 8-bit colors are
// converted by. They are LittleCMS's: with other ones some colors would differ by 1.
const (
	oneBits = 14
	one     = 1 << oneBits
)

// encoded8 has the sRGB value for each light from 0 to one.
var encoded8 = sync.OnceValue(func() *[one + 1]uint8 {
	table := new([one + 1]uint8)
	for i := range table {
		table[i] = narrow(encode16(float32(i) / one))
	}
	return table
})

func narrow(v uint16) uint8 { return uint8((uint32(v)*65281 + 1<<23) >> 24) }

// steps finds encode16's results without raising to powers. It is as exact: for each
// result it has the least light that gives it.
type steps struct {
	least [1 << 16]float32
	near  [buckets + 1]uint16 // result for i / buckets
}

const buckets = 1 << 14

var encoded16 = sync.OnceValue(func() *steps {
	s := new(steps)
	for v := 1; v < len(s.least); v++ {
		s.least[v] = leastFor(uint16(v))
	}
	for i := range s.near {
		s.near[i] = encode16(float32(i) / buckets)
	}
	return s
})

// leastFor returns the least light for which encode16 gives v. It is near to where
// the curve is half a step below v.
func leastFor(v uint16) float32 {
	light := float32(srgbCurve.at((float64(v) - 0.5) / 65535))
	for encode16(light) >= v {
		light = math.Nextafter32(light, -1)
	}
	for encode16(light) < v {
		light = math.Nextafter32(light, 2)
	}
	return light
}

func (s *steps) at(light float32) uint16 {
	if !(light > 0) {
		return 0
	}
	if light >= 1 {
		return 65535
	}
	v := int(s.near[int(light*buckets)])
	for v < 65535 && s.least[v+1] <= light {
		v++
	}
	return uint16(v)
}
