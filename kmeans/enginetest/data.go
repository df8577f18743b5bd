package enginetest

import (
	"cmp"
	"math/bits"
	"slices"

	"kompress/kmeans"
)

const top = kmeans.MaxCoordinate

// random returns n points from all over the space.
func (s *script) random(n int) []kmeans.Point { return s.grid(n, top+1) }

// grid returns n points with coordinates below limit.
func (s *script) grid(n int, limit uint) []kmeans.Point {
	points := make([]kmeans.Point, n)
	for i := range points {
		for j := range points[i] {
			points[i][j] = uint16(s.rand.UintN(limit))
		}
	}
	return points
}

// clusters returns n points in tight groups, as photographs have them.
func (s *script) clusters(n int) []kmeans.Point {
	const groups, radius = 40, 200
	centres := s.random(groups)
	points := s.grid(n, 2*radius)
	for i := range points {
		c := centres[s.rand.IntN(groups)]
		for j, v := range points[i] {
			points[i][j] = min(c[j]+v, top+radius) - min(radius, c[j]+v)
		}
	}
	return points
}

// ramp returns n points along a diagonal, near ones together.
func (s *script) ramp(n int) []kmeans.Point {
	const noise = 512
	points := s.grid(n, noise)
	for i := range points {
		along := uint16(i * (top + 1 - noise) / n)
		for j := range points[i] {
			points[i][j] += along
		}
	}
	return points
}

// flat makes points three-dimensional.
func flat(points []kmeans.Point) []kmeans.Point {
	for i := range points {
		points[i][3] = 0
	}
	return points
}

// morton sorts points along a curve that keeps near ones together.
func morton(points []kmeans.Point) []kmeans.Point {
	slices.SortFunc(points, func(p, q kmeans.Point) int {
		// The coordinate with the highest differing bit decides; of several,
		// the first.
		axis, most := 0, 0
		for j := range p {
			if n := bits.Len16(p[j] ^ q[j]); n > most {
				axis, most = j, n
			}
		}
		return cmp.Compare(p[axis], q[axis])
	})
	return points
}

func sorted(points []kmeans.Point) []kmeans.Point {
	slices.SortFunc(points, func(p, q kmeans.Point) int { return slices.Compare(p[:], q[:]) })
	return points
}

// corners returns the corners of the space, n of them.
func corners(n int) []kmeans.Point {
	points := make([]kmeans.Point, n)
	for i := range points {
		for j := range points[i] {
			points[i][j] = uint16(i >> j & 1 * top)
		}
	}
	return points
}

// same returns n times the point.
func same(n int, p kmeans.Point) []kmeans.Point { return slices.Repeat([]kmeans.Point{p}, n) }

// pixels returns small weights, most of them 1, some of them 0, a few large.
func (s *script) pixels(n int) []uint32 {
	weights := make([]uint32, n)
	for i := range weights {
		weights[i] = uint32(s.rand.UintN(1 << s.rand.UintN(17)))
	}
	return weights
}

// ones returns the weights of points that count once each.
func ones(n int) []uint32 { return slices.Repeat([]uint32{1}, n) }
