package enginetest

import (
	"fmt"
	"slices"

	"kompress/kmeans"
)

// sizeCases are numbers of points around every size that a block, a tile, a
// vector or a work group may have, and numbers of centroids alike.
func sizeCases() []testCase {
	var cs []testCase
	ks := []int{1, 2, 3, 7, 8, 16, 17, 64, 127, 128, 255, 256}
	sizes := []int{
		0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129,
		255, 256, 257, 1023, 1024, 1025, 4095, 4096, 4097,
	}
	for i, n := range sizes {
		cs = append(cs, sizeCase(n, ks[i%len(ks)], i), sizeCase(n, ks[(i+5)%len(ks)], i+1))
	}
	for i, k := range ks {
		cs = append(cs, sizeCase(2500+i, k, i), sizeCase(333, k, i+2))
	}
	return cs
}

// largeCases are the slow ones.
func largeCases() []testCase {
	var cs []testCase
	for i, n := range []int{65535, 65536, 65537, 100003} {
		cs = append(cs, largeCase(n, 7+i))
	}
	return append(cs,
		testCase{name: "n=40961 k=256 once", run: func(s *script) {
			points := s.ramp(40961)
			s.load(points, ones(len(points)))
			s.lloyd(s.ramp(256), 1)
			s.assign(s.random(256))
		}},
		testCase{name: "n=300000, block totals past 32 bits", run: func(s *script) {
			far := kmeans.Point{top, top, top, top}
			s.load(same(300000, far), ones(300000))
			s.lloyd([]kmeans.Point{{}, far}, 1)
		}},
		testCase{name: "the largest batch", run: func(s *script) {
			s.load(s.random(3), ones(3))
			s.miniBatch(kmeans.NewModel(s.random(2), 1, kmeans.MaxBatchSize, 1), 1)
		}},
	)
}

// shape returns points of one of eight kinds: random or clustered, in Morton
// order, sorted or not, with three dimensions or four.
func (s *script) shape(n, kind int) (points []kmeans.Point, name string) {
	points, name = s.random(n), "random"
	switch kind % 4 {
	case 1:
		points, name = morton(s.clusters(n)), "in Morton order"
	case 2:
		points, name = sorted(s.random(n)), "sorted"
	case 3:
		points, name = s.clusters(n), "clustered"
	}
	if kind%8 < 4 {
		return flat(points), name + " 3-D"
	}
	return points, name + " 4-D"
}

func sizeCase(n, k, kind int) testCase {
	_, shape := newScript(new(reference)).shape(0, kind)
	return testCase{
		name: fmt.Sprintf("n=%d k=%d %s", n, k, shape),
		run: func(s *script) {
			points, _ := s.shape(n, kind)
			s.load(points, s.pixels(n))
			centroids, _ := s.shape(k, kind+1)
			s.calls(centroids, 100, 1)
		},
	}
}

func largeCase(n, k int) testCase {
	return testCase{
		name: fmt.Sprintf("n=%d k=%d", n, k),
		run: func(s *script) {
			s.load(flat(s.ramp(n)), s.pixels(n))
			centroids := flat(s.random(k))
			s.lloyd(centroids, 2)
			s.assign(centroids)
			s.miniBatch(kmeans.NewModel(centroids, 64, 65, 3), 2)
		},
	}
}

// tieCases are points at equal distance from several centroids.
func tieCases() []testCase {
	between := []kmeans.Point{{100, 100, 100, 100}, {200, 200, 200, 200}}
	return []testCase{
		{name: "ties on a tiny grid", run: func(s *script) {
			s.load(s.grid(5000, 3), s.pixels(5000))
			s.calls(s.grid(64, 3), 257, 2)
		}},
		{name: "ties on a tiny grid, sorted", run: func(s *script) {
			s.load(sorted(s.grid(3000, 4)), ones(3000))
			s.calls(s.grid(256, 4), 300, 2)
		}},
		{name: "ties in a plane", run: func(s *script) {
			points := s.grid(2000, 2)
			s.load(flat(points), ones(2000))
			s.calls(flat(s.grid(17, 2)), 64, 1)
		}},
		{name: "half-way points, the first centroid low", run: func(s *script) {
			s.load(same(700, kmeans.Point{150, 150, 150, 150}), ones(700))
			s.calls(between, 64, 1)
		}},
		{name: "half-way points, the first centroid high", run: func(s *script) {
			s.load(same(700, kmeans.Point{150, 150, 150, 150}), ones(700))
			s.calls([]kmeans.Point{between[1], between[0]}, 64, 1)
		}},
		{name: "half-way on one axis", run: func(s *script) {
			s.load(morton(s.random(3000)), ones(3000))
			s.calls([]kmeans.Point{{0, top}, {top, 0}, {0, top, 1}, {top, 0, 1}}, 64, 1)
		}},
		twinCase("all centroids equal, k=2", 2, nil),
		twinCase("all centroids equal, k=7", 7, nil),
		twinCase("all centroids equal, k=256", 256, nil),
		twinCase("the first and the last centroid equal", 256, []int{0, 255}),
		twinCase("neighbouring centroids equal", 256, []int{127, 128}),
		twinCase("twins in different blocks of 16", 64, []int{15, 16, 33, 63}),
	}
}

// twinCase makes the centroids of the given indices equal, or all of them.
func twinCase(name string, k int, twins []int) testCase {
	return testCase{name: name, run: func(s *script) {
		// Half of the points are near the twins.
		points := append(s.random(500), s.grid(500, 900)...)
		s.load(morton(points), s.pixels(1000))
		centroids := s.random(k)
		for i := range centroids {
			if twins == nil || slices.Contains(twins, i) {
				centroids[i] = kmeans.Point{400, 500, 600, 400}
			}
		}
		s.calls(centroids, 257, 2)
	}}
}

// cornerCases are coordinates at both ends of their range.
func cornerCases() []testCase {
	cs := []testCase{
		{name: "all corners", run: func(s *script) {
			s.load(corners(1000), ones(1000))
			s.calls(corners(16), 64, 1)
		}},
		{name: "corners to twin corners", run: func(s *script) {
			s.load(corners(1000), s.pixels(1000))
			s.calls(corners(256), 64, 1)
		}},
		{name: "random points to corners", run: func(s *script) {
			s.load(morton(s.random(1000)), ones(1000))
			s.calls(corners(16), 64, 1)
		}},
		{name: "corners to random centroids", run: func(s *script) {
			s.load(corners(1000), ones(1000))
			s.calls(s.random(64), 64, 1)
		}},
	}
	for axis := range 4 {
		cs = append(cs, axisCase(axis))
	}
	return append(cs, farCases()...)
}

// farCases have the largest distances and the smallest.
func farCases() (cs []testCase) {
	lo, hi := kmeans.Point{}, kmeans.Point{top, top, top, top}
	for _, c := range []struct {
		name              string
		points, centroids []kmeans.Point
	}{
		{"the largest distance, from the origin", same(300, lo), same(1, hi)},
		{"the largest distance, to the origin", same(300, hi), same(1, lo)},
		{"opposite corners", slices.Repeat([]kmeans.Point{lo, hi}, 150), []kmeans.Point{hi, lo}},
		{"everything at the origin", same(300, lo), same(3, lo)},
		{"everything at the far corner", same(300, hi), same(3, hi)},
	} {
		cs = append(cs, testCase{name: c.name, run: func(s *script) {
			s.load(c.points, ones(len(c.points)))
			s.calls(c.centroids, 64, 2)
		}})
	}
	return cs
}

// axisCase has points that differ in one coordinate only.
func axisCase(axis int) testCase {
	return testCase{name: fmt.Sprintf("only coordinate %d differs", axis), run: func(s *script) {
		points, centroids := same(600, kmeans.Point{5, 6, 7, 8}), same(8, kmeans.Point{5, 6, 7, 8})
		for i := range points {
			points[i][axis] = uint16(s.rand.UintN(top + 1))
		}
		for i := range centroids {
			centroids[i][axis] = uint16(s.rand.UintN(top + 1))
		}
		s.load(points, s.pixels(len(points)))
		s.calls(centroids, 65, 1)
	}}
}

// clusterCases are about clusters that are empty, and about means.
func clusterCases() []testCase {
	return []testCase{
		{name: "empty clusters", run: func(s *script) {
			s.load(s.grid(2000, 1000), s.pixels(2000))
			s.calls(append(s.grid(5, 1000), s.random(60)...), 64, 2)
		}},
		{name: "more centroids than points", run: func(s *script) {
			s.load(s.random(40), ones(40))
			s.calls(s.random(256), 100, 2)
		}},
		{name: "centroids for no points", run: func(s *script) {
			s.load(nil, nil)
			s.calls(s.random(16), 64, 3)
		}},
		{name: "all points in the last cluster", run: func(s *script) {
			s.load(s.grid(2000, 64), ones(2000))
			s.calls(append(same(255, kmeans.Point{top, top, top, top}), kmeans.Point{}), 64, 1)
		}},
		{name: "all points the same", run: func(s *script) {
			s.load(same(5000, kmeans.Point{1234, 5678, 9012, 3456}), s.pixels(5000))
			s.calls(s.random(17), 256, 2)
		}},
		{name: "means that end in a half", run: meansScript(2, 1)},
		{name: "means that end just below a half", run: meansScript(5, 2)},
		{name: "means that end just above a half", run: meansScript(5, 3)},
		{name: "means that end in almost one", run: meansScript(100, 99)},
		{name: "ten passes", run: func(s *script) {
			s.load(morton(s.clusters(3000)), s.pixels(3000))
			s.lloyd(s.clusters(16), 10)
		}},
		{name: "passes after nothing moves", run: func(s *script) {
			s.load(slices.Repeat([]kmeans.Point{{10, 10}, {90, 90}}, 60), ones(120))
			s.lloyd([]kmeans.Point{{10, 10}, {90, 90}}, 5)
		}},
	}
}

// meansScript has clusters of n points, of which some have coordinates by one
// higher.
func meansScript(n, higher int) func(*script) {
	return func(s *script) {
		var points []kmeans.Point
		centroids := []kmeans.Point{{100, 100, 100, 100}, {5000, 5000, 5000, 5000}, {top - 1, top - 1, top - 1, top - 1}}
		for _, c := range centroids {
			points = append(points, same(n-higher, c)...)
			points = append(points, same(higher, kmeans.Point{c[0] + 1, c[1] + 1, c[2] + 1, c[3] + 1})...)
		}
		s.load(points, ones(len(points)))
		s.calls(centroids, 64, 1)
	}
}
