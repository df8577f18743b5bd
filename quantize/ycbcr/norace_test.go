//go:build !race

package ycbcr

// raceEnabled says that the race detector makes everything ten times slower.
const raceEnabled = false
