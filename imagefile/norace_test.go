//go:build !race

package imagefile

// raceEnabled says that the race detector makes everything ten times slower.
const raceEnabled = false
