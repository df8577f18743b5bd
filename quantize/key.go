package quantize

import "image/color"

// A Key is a colour as a number: the bits of red, green and blue interleaved
// (Morton order), below 255 - alpha. Opaque colours are the keys below 2²⁴.
// Numbers near each other are colours near each other, which keeps counters,
// lookups and the points of a clustering in the cache.
//
// All fully transparent colours are one.
type Key uint32

// OpaqueKeys is the number of opaque colours: their keys are those below it.
const OpaqueKeys = 1 << 24

// transparent is the key of all fully transparent colours.
const transparent = Key(255 << 24)

// redBits, greenBits and blueBits have, for each byte, its bits where they are
// in a key.
var redBits, greenBits, blueBits = spread(2), spread(1), spread(0)

func spread(shift int) (table [256]Key) {
	for v := range table {
		for bit := range 8 {
			table[v] |= Key(v>>bit&1) << (3*bit + shift)
		}
	}
	return table
}

// opaqueKey is MakeKey for alpha = 255.
func opaqueKey(r, g, b uint8) Key { return redBits[r] | greenBits[g] | blueBits[b] }

// MakeKey returns the key of a colour whose components, 0 to 255, are not
// premultiplied.
func MakeKey(r, g, b, a uint8) Key {
	if a == 0 {
		return transparent
	}
	return opaqueKey(r, g, b) | Key(255-a)<<24
}

// rgba returns the colour's components, not premultiplied.
func (k Key) rgba() (r, g, b, a uint8) {
	if k == transparent {
		return 0, 0, 0, 0
	}
	return gather(uint32(k) >> 2), gather(uint32(k) >> 1), gather(uint32(k)), 255 - uint8(k>>24)
}

// NRGBA returns the colour; any fully transparent one is that of zeros.
func (k Key) NRGBA() color.NRGBA {
	r, g, b, a := k.rgba()
	return color.NRGBA{R: r, G: g, B: b, A: a}
}

// gather brings every third of 24 bits together.
func gather(v uint32) uint8 {
	v &= 0x249249
	v = (v | v>>2) & 0x0c30c3
	v = (v | v>>4) & 0x00f00f
	return uint8(v | v>>8)
}
