//go:build !race

package enginetest

// raceEnabled says that the race detector makes everything ten times slower.
const raceEnabled = false
