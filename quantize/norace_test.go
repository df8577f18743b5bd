//go:build !race

package quantize

// raceEnabled says that the race detector makes everything ten times slower.
const raceEnabled = false
