//go:build !purego

package chroma

import "golang.org/x/sys/cpu"

// useAVX2 says that the processor has AVX2. Tests clear it to compare with the plain Go
// twins.
var useAVX2 = cpu.X86.HasAVX2

// step is how many colors or pixels the vector code does at a time.
const step = 16

// fast420 fills the pixels of some of the colors, from a number until another.
func fast420(to, near, far []uint8) (from, until int) {
	n := (len(near) - 2) &^ (step - 1) // the first and the last one have one neighbour
	if !useAVX2 || n <= 0 {
		return 0, 0
	}
	row420AVX2(&to[2:][:2*n][0], &near[:n+2][0], &far[:n+2][0], n)
	return 1, 1 + n
}

// row420AVX2 writes the pixels of n colors, a multiple of step, but the first. It reads
// two more colors.
//
//go:noescape
func row420AVX2(to, near, far *uint8, n int)

// fast422 is that for Row422.
func fast422(to, near []uint8) (from, until int) {
	n := (len(near) - 2) &^ (step - 1)
	if !useAVX2 || n <= 0 {
		return 0, 0
	}
	row422AVX2(&to[2:][:2*n][0], &near[:n+2][0], n)
	return 1, 1 + n
}

// row422AVX2 is row420AVX2 for Row422.
//
//go:noescape
func row422AVX2(to, near *uint8, n int)

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
