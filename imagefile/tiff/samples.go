package tiff

import "math"

// unpack reads n samples of a row to 16 bits, of which those of at most 8 have the 8
// lowest. It is what black is, 0, to white, 255 or 65535.
func (h *Header) unpack(to []uint16, row []byte) {
	switch {
	case h.format == floating:
		h.unpackFloats(to, row)
	case h.bits == 8:
		for i := range to {
			to[i] = uint16(row[i])
		}
	case h.bits == 16:
		for i := range to {
			to[i] = h.dir.file.order.Uint16(row[2*i:])
		}
	case h.bits == 32:
		for i := range to {
			to[i] = uint16(h.dir.file.order.Uint32(row[4*i:]) >> 16)
		}
	case h.bits == 64:
		for i := range to {
			to[i] = uint16(h.dir.file.order.Uint64(row[8*i:]) >> 48)
		}
	default:
		h.unpackBits(to, row)
	}
	if h.format == signed { // the least is black
		flip := uint16(0x8000)
		if h.bits == 8 {
			flip = 0x80
		}
		for i := range to {
			to[i] ^= flip
		}
	}
}

// unpackBits reads samples of any other number of bits, the highest first.
func (h *Header) unpackBits(to []uint16, row []byte) {
	most, white := uint64(1)<<h.bits-1, uint64(255)
	if h.bits > 8 {
		white = 65535
	}
	if h.photometric == palette {
		white = most
	}
	var have, n uint64
	for i := range to {
		for n < uint64(h.bits) {
			have = have<<8 | uint64(row[0])
			row = row[1:]
			n += 8
		}
		n -= uint64(h.bits)
		v := have >> n & most
		to[i] = uint16((v*2*white + most) / (2 * most))
	}
}

// unpackFloats reads floating-point samples, from 0 for black to 1 for white.
func (h *Header) unpackFloats(to []uint16, row []byte) {
	for i := range to {
		var v float64
		switch h.bits {
		case 16:
			v = half(h.dir.file.order.Uint16(row[2*i:]))
		case 32:
			v = float64(math.Float32frombits(h.dir.file.order.Uint32(row[4*i:])))
		default:
			v = math.Float64frombits(h.dir.file.order.Uint64(row[8*i:]))
		}
		// Not a number is black.
		if v > 0 {
			to[i] = uint16(float64(min(v, 1)*65535) + 0.5)
		} else {
			to[i] = 0
		}
	}
}

// half returns the value of a floating-point number of 16 bits (IEEE 754 binary16).
func half(b uint16) float64 {
	exponent, fraction := int(b>>10&31), float64(b&1023)
	v := math.Ldexp(1+fraction/1024, exponent-15)
	switch exponent {
	case 0:
		v = math.Ldexp(fraction, -24)
	case 31:
		v = math.Inf(1)
		if fraction != 0 {
			v = math.NaN()
		}
	}
	if b>>15 == 1 {
		return -v
	}
	return v
}

// deep says whether unpacked samples have 16 bits.
func (h *Header) deep() bool { return h.bits > 8 }

// white is what an unpacked sample is at the most.
func (h *Header) white() uint16 {
	if h.deep() {
		return 0xffff
	}
	return 0xff
}
