//go:build !race

package inflate

// raceEnabled says that the race detector makes everything ten times slower.
const raceEnabled = false
