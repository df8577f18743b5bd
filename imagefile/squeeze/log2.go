package squeeze

import "math/bits"

// Log2 returns the logarithm of n > 0 in units of 1/65536, rounded down. It is made of
// integers, so that costs, and the choices by them, are the same on every machine.
func Log2(n uint32) uint32 {
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
