//go:build !amd64 || purego

package chroma

// fast420 fills the pixels of some of the colors, from a number until another.
func fast420(to, near, far []uint8) (from, until int) { return 0, 0 }

// fast422 is that for Row422.
func fast422(to, near []uint8) (from, until int) { return 0, 0 }
