package squeeze

import "math/bits"

// Costs are made of integers, so that the choices by them are the same on every machine.

// Log2 returns the logarithm of n > 0 in units of 1/65536, to within one of them.
func Log2(n uint32) uint32 {
	whole := bits.Len32(n) - 1
	fraction := n << (32 - whole) // behind the point; Go shifts 1 by 32 to 0
	at, rest := fraction>>24, fraction>>8&0xffff
	low, high := logTable[at], logTable[at+1]
	return uint32(whole)<<16 + low + (high-low)*rest>>16
}

// logTable has the logarithm of 1+i/256.
var logTable = func() (t [257]uint32) {
	for i := range t {
		t[i] = exactLog2(256+uint32(i)) - 8<<16
	}
	return t
}()

// exactLog2 finds one bit after the other by squaring.
func exactLog2(n uint32) uint32 {
	whole := bits.Len32(n) - 1
	mantissa := uint64(n) << (31 - whole) // 1 to 2, with 31 bits behind the point
	result := uint32(whole)
	for range 16 {
		mantissa = mantissa * mantissa >> 31
		bit := uint32(mantissa >> 32)
		mantissa >>= bit
		result = result<<1 | bit
	}
	return result
}

// NLog2N returns n log2(n) in 1/65536: what n things of which no two are alike take.
func NLog2N(n uint32) int64 {
	if n < uint32(len(smallNLog2N)) {
		return smallNLog2N[n]
	}
	return int64(n) * int64(Log2(n))
}

var smallNLog2N = func() (t [1 << 12]int64) {
	for n := 2; n < len(t); n++ {
		t[n] = int64(n) * int64(Log2(uint32(n)))
	}
	return t
}()
