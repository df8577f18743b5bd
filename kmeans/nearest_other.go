//go:build !amd64 || purego

package kmeans

// findNearest writes the id of the target nearest each point to index; with
// equal distances, the first one's. There is at least one target, and ids rise.
func findNearest(index []uint8, points []Point, targets []target) {
	nearest(index, points, targets)
}
