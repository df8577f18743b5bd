//go:build !race

package kmeans

// raceEnabled says that the race detector makes everything ten times slower.
const raceEnabled = false
