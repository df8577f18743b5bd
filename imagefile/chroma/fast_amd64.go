//go:build !purego

package chroma

import "golang.org/x/sys/cpu"

// useAVX2 says that the processor has AVX2. Tests compare with the plain Go twins.
var useAVX2 = cpu.X86.HasAVX2

// step is how many colors the vector code does at a time.
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
