//go:build !race

package explore

// raceEnabled says that the race detector makes everything ten times slower.
const raceEnabled = false
