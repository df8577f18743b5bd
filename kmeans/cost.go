package kmeans

import (
	"runtime"
	"sync/atomic"
)

// Cost returns the sum of weighted squared distances to the centroids, given
// norm = Σw|p|² and the sums of a full pass, without visiting the points:
//
//	Σw|p-c|² = Σw|p|² - 2c·Σwp + Σw|c|²
//
// Intermediate values wrap around, the result is exact.
func Cost(norm uint64, sums []Sum, centroids []Point) uint64 {
	for i := range sums {
		for j, c := range centroids[i] {
			norm += sums[i].Count*uint64(c)*uint64(c) - 2*uint64(c)*sums[i].Total[j]
		}
	}
	return norm
}

// Norm returns Σw|p|², the squared error of a centroid at the origin.
func Norm(points []Point, weights []uint32) uint64 {
	var norm atomic.Uint64
	parallel(len(points), runtime.GOMAXPROCS(0), 1<<16, func(_, from, to int) {
		var sum uint64
		for i := from; i < to; i++ {
			sum += uint64(weights[i]) * uint64(squaredDistance(points[i], Point{}))
		}
		norm.Add(sum)
	})
	return norm.Load()
}

// Move sets each centroid to the mean of its cluster, leaves those of empty
// clusters where they are and says whether any changed.
func Move(centroids []Point, sums []Sum) (moved bool) {
	for i := range sums {
		if m, ok := sums[i].Mean(); ok && m != centroids[i] {
			centroids[i], moved = m, true
		}
	}
	return moved
}

func squaredDistance(p, q Point) uint32 {
	d0, d1 := int32(p[0])-int32(q[0]), int32(p[1])-int32(q[1])
	d2, d3 := int32(p[2])-int32(q[2]), int32(p[3])-int32(q[3])
	return uint32(d0*d0) + uint32(d1*d1) + uint32(d2*d2) + uint32(d3*d3)
}
