//go:build !race

package chroma

// raceEnabled says that the race detector makes everything ten times slower.
const raceEnabled = false
