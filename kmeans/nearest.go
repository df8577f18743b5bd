package kmeans

import "math"

// A target is a centroid as the search for the nearest wants it. The squared
// distance of p is |p|² + norm + p·minusTwice, of which |p|² is the same for
// all targets: what is left fits 32 bits, signed, for all points.
// Vector code knows the layout.
type target struct {
	minusTwice [4]int16
	norm       int32
	id         int32 // the centroid's index
}

func makeTargets(dst []target, centroids []Point) []target {
	for i, c := range centroids {
		t := target{id: int32(i)}
		for j, v := range c {
			t.minusTwice[j] = -2 * int16(v)
			t.norm += int32(v) * int32(v)
		}
		dst = append(dst, t)
	}
	return dst
}

// nearest is findNearest in plain Go.
func nearest(index []uint8, points []Point, targets []target) {
	for i, p := range points {
		p0, p1, p2, p3 := int32(p[0]), int32(p[1]), int32(p[2]), int32(p[3])
		best := int64(math.MaxInt64)
		for j := range targets {
			t := &targets[j]
			d := t.norm + p0*int32(t.minusTwice[0]) + p1*int32(t.minusTwice[1]) + p2*int32(t.minusTwice[2]) + p3*int32(t.minusTwice[3])
			// One minimum, without a branch, finds both the distance and the id.
			best = min(best, int64(d)<<8|int64(t.id))
		}
		index[i] = uint8(best)
	}
}
