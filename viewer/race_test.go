//go:build race

package viewer

// raceEnabled says that the race detector makes everything ten times slower.
const raceEnabled = true
