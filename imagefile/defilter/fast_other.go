//go:build !amd64 || purego

package defilter

// Fast says whether Row is faster than other code.
func Fast() bool { return false }

// fast makes the first pixels, and returns how many.
func fast(filter byte, pix, row, above []uint8, size int) int { return 0 }
