package enginetest

import (
	"fmt"
	"math"
	"slices"

	"kompress/kmeans"
)

// reloadCases replace the points.
func reloadCases() []testCase {
	reload := func(name string, sizes ...int) testCase {
		return testCase{name: name, run: func(s *script) {
			for i, n := range sizes {
				points, _ := s.shape(n, i)
				s.load(points, s.pixels(n))
				s.calls(s.random(6), 64, 1)
			}
		}}
	}
	return []testCase{
		reload("fewer points, then more", 3000, 100, 5000),
		reload("more points, then fewer", 100, 5000, 99),
		reload("as many points, but others", 1000, 1000),
		reload("points, none, points", 1000, 0, 1000),
		reload("one point, then many", 1, 4097, 1),
		{name: "the same points with other weights", run: func(s *script) {
			points, centroids := s.random(1000), s.random(6)
			for range 3 {
				s.load(points, s.pixels(len(points)))
				s.calls(centroids, 64, 1)
			}
		}},
		{name: "load twice before the first call", run: func(s *script) {
			s.load(s.random(1000), s.pixels(1000))
			s.load(s.random(700), s.pixels(700))
			s.calls(s.random(6), 64, 1)
		}},
	}
}

// orderCases make calls in every order: none may show in the next.
func orderCases() []testCase {
	calls := map[byte]func(*script, []kmeans.Point){
		'L': func(s *script, c []kmeans.Point) { s.lloyd(c, 2) },
		'A': func(s *script, c []kmeans.Point) { s.assign(c) },
		'M': func(s *script, c []kmeans.Point) { s.miniBatch(kmeans.NewModel(c, 64, 100, 3), 2) },
	}
	var cs []testCase
	for _, order := range []string{"LAM", "LMA", "ALM", "AML", "MLA", "MAL", "LL", "AA", "MM"} {
		cs = append(cs, testCase{name: "in the order " + order, run: func(s *script) {
			s.load(morton(s.clusters(2000)), s.pixels(2000))
			for _, name := range []byte(order) {
				calls[name](s, s.clusters(20))
			}
		}})
	}
	return append(cs,
		testCase{name: "k falls and rises", run: func(s *script) {
			s.load(morton(s.clusters(1500)), s.pixels(1500))
			for _, k := range []int{256, 1, 17, 16, 255, 2, 256} {
				s.calls(s.clusters(k), 65, 1)
			}
		}},
		testCase{name: "the batch shrinks and grows", run: func(s *script) {
			s.load(morton(s.clusters(1500)), s.pixels(1500))
			for _, batch := range []int{5000, 3, 257, 1, 5001} {
				s.miniBatch(kmeans.NewModel(s.clusters(5), 64, batch, 8), 1)
			}
		}},
		testCase{name: "the same call twice", run: func(s *script) {
			s.load(morton(s.clusters(1500)), s.pixels(1500))
			centroids := s.clusters(40)
			s.calls(centroids, 65, 1)
			s.calls(centroids, 65, 1)
		}},
	)
}

// errorCases make calls that are wrong, and right ones after them.
func errorCases() []testCase {
	return slices.Concat(loadErrors(), passErrors(), modelErrors())
}

func wrong(name string, call func(*script)) testCase {
	return testCase{name: "wrong: " + name, run: func(s *script) {
		s.load(s.random(100), s.pixels(100))
		call(s)
		if last := &s.results[len(s.results)-1]; last.err == nil {
			s.breach = fmt.Errorf("%s: got no error", last.call)
		}
		s.load(s.random(100), s.pixels(100))
		s.calls(s.random(4), 64, 1)
	}}
}

func loadErrors() []testCase {
	var cs []testCase
	for axis := range 4 {
		cs = append(cs, wrong(fmt.Sprintf("coordinate %d of a point too large", axis), func(s *script) {
			points := s.random(50)
			points[49][axis] = top + 1
			s.load(points, ones(50))
		}))
	}
	return append(cs,
		wrong("fewer weights than points", func(s *script) { s.load(s.random(50), ones(49)) }),
		wrong("more weights than points", func(s *script) { s.load(s.random(50), ones(51)) }),
		wrong("too much weight", func(s *script) {
			s.load(s.random(5), []uint32{math.MaxUint32, math.MaxUint32, math.MaxUint32, math.MaxUint32, 4})
		}),
	)
}

func passErrors() []testCase {
	tooLarge := kmeans.Point{0, 0, 0, top + 1}
	return []testCase{
		wrong("Lloyd without centroids", func(s *script) { s.lloyd(nil, 1) }),
		wrong("Lloyd with 257 centroids", func(s *script) { s.lloyd(s.random(257), 1) }),
		wrong("Lloyd with too few sums", func(s *script) { s.lloydInto(make([]kmeans.Sum, 2), s.random(3), 1) }),
		wrong("Lloyd with too many sums", func(s *script) { s.lloydInto(make([]kmeans.Sum, 4), s.random(3), 1) }),
		wrong("Lloyd with no passes", func(s *script) { s.lloyd(s.random(3), 0) }),
		wrong("Lloyd with fewer passes than none", func(s *script) { s.lloyd(s.random(3), -1) }),
		wrong("Lloyd with a coordinate too large", func(s *script) { s.lloyd(append(s.random(3), tooLarge), 1) }),
		wrong("Assign without centroids", func(s *script) { s.assign(nil) }),
		wrong("Assign to 257 centroids", func(s *script) { s.assign(s.random(257)) }),
		wrong("Assign with too few indices", func(s *script) { s.assignInto(make([]uint8, 99), s.random(3)) }),
		wrong("Assign with too many indices", func(s *script) { s.assignInto(make([]uint8, 101), s.random(3)) }),
		wrong("Assign with a coordinate too large", func(s *script) { s.assign(append(s.random(3), tooLarge)) }),
	}
}

func modelErrors() []testCase {
	model := func(name string, change func(*kmeans.Model)) testCase {
		return wrong("MiniBatch with "+name, func(s *script) {
			m := kmeans.NewModel(s.random(3), 1, 64, 1)
			change(m)
			s.miniBatch(m, 1)
		})
	}
	return []testCase{
		model("a batch of none", func(m *kmeans.Model) { m.BatchSize = 0 }),
		model("a batch of fewer than none", func(m *kmeans.Model) { m.BatchSize = -1 }),
		model("a batch too large", func(m *kmeans.Model) { m.BatchSize = kmeans.MaxBatchSize + 1 }),
		model("no centroids", func(m *kmeans.Model) { m.Position, m.Count = nil, nil }),
		model("257 centroids", func(m *kmeans.Model) { m.Position, m.Count = make([][4]uint32, 257), make([]uint32, 257) }),
		model("too few counts", func(m *kmeans.Model) { m.Count = m.Count[:2] }),
		model("a position too large", func(m *kmeans.Model) { m.Position[1][2] = (top + 1) << kmeans.FractionBits }),
	}
}
