//go:build !purego

package ycbcr

import "golang.org/x/sys/cpu"

// useAVX2 says that the processor has AVX2. Tests compare with the plain Go twin.
var useAVX2 = cpu.X86.HasAVX2

// step is how many pixels the vector code does at a time.
const step = 16

// fastRGBA converts some of the pixels, and returns how many.
func fastRGBA(to, luma, blue, red []uint8) int {
	n := len(luma) &^ (step - 1)
	if !useAVX2 || n == 0 {
		return 0
	}
	rgbaAVX2(&to[:4*n][0], &luma[:n][0], &blue[:n][0], &red[:n][0], n, &factors)
	return n
}

// rgbaAVX2 converts n pixels, a multiple of step.
//
//go:noescape
func rgbaAVX2(to, luma, blue, red *uint8, n int, factors *[6][16]int16)

// factors are what YCbCr is multiplied with, in 65536ths. As they are, red has 65793 and
// 91881, green 65793, -22554 and -46802, and blue 65793 and 116130: what is missing here
// is whole.
var factors = [6][16]int16{
	pairs(257, 91881-1<<16),
	pairs(257, -22554),
	pairs(1<<16-46802, 0),
	pairs(257, 116130-2<<16),
	pairs(128, 128),
	pairs(-256, -256), // alpha, above the value of blue
}

func pairs(a, b int16) (all [16]int16) {
	for i := range all {
		all[i] = a
		if i%2 == 1 {
			all[i] = b
		}
	}
	return all
}
