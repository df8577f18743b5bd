package icc

import "encoding/binary"

// A grayColors has the color in sRGB of each gray: R, G and B of 16 bits.
type grayColors [][3]uint16

// grays returns the colors of all grays of that many bits.
func (t *lcmsTransform) grays(bits int) grayColors {
	var src []byte
	for v := range 1 << bits {
		src = binary.BigEndian.AppendUint16(src, widen(v, bits))
	}
	dst := make([]byte, 4*len(src))
	t.convert(dst, src)
	colors := make(grayColors, 1<<bits)
	for v := range colors {
		for c := range 3 {
			colors[v][c] = uint16At(dst, 8*v+2*c)
		}
	}
	return colors
}

// tinted says whether a channel differs from another by more than a quarter of a level
// of 8 bits. What rounding makes is less.
func (g grayColors) tinted() bool {
	const most = 257 / 4
	for _, c := range g {
		if max(c[0], c[1], c[2])-min(c[0], c[1], c[2]) > most {
			return true
		}
	}
	return false
}

// green returns the grays where there is no tint: green stands for most of the light.
func (g grayColors) green() []uint16 {
	grays := make([]uint16, len(g))
	for v := range grays {
		grays[v] = g[v][1]
	}
	return grays
}

// converter looks up by R, which is as G and B, and leaves alpha as it is.
func (g grayColors) converter(bits int) func(dst, src []byte) {
	if bits == 8 {
		return func(dst, src []byte) {
			for i := 0; i+4 <= len(src) && i+4 <= len(dst); i += 4 {
				c := &g[src[i]]
				dst[i], dst[i+1], dst[i+2], dst[i+3] = narrow(c[0]), narrow(c[1]), narrow(c[2]), src[i+3]
			}
		}
	}
	return func(dst, src []byte) {
		for i := 0; i+8 <= len(src) && i+8 <= len(dst); i += 8 {
			c, d := &g[uint16At(src, i)], dst[i:i+8]
			copy(d[6:], src[i+6:i+8])
			for k, v := range c {
				binary.BigEndian.PutUint16(d[2*k:], v)
			}
		}
	}
}
