package enginetest

import (
	"math"
	"slices"

	"kompress/kmeans"
)

// weightCases are weights at the ends of their range and sums past 32 bits.
func weightCases() []testCase {
	return slices.Concat(wideCases(), zeroCases())
}

func wideCases() []testCase {
	far := kmeans.Point{top, top, top, top}
	return []testCase{
		{name: "totals past 32 bits", run: func(s *script) {
			s.load(same(3000, far), slices.Repeat([]uint32{1000}, 3000))
			s.calls([]kmeans.Point{{}, far}, 64, 1)
		}},
		{name: "totals past 2^40", run: func(s *script) {
			s.load(morton(s.random(2000)), slices.Repeat([]uint32{1 << 20}, 2000))
			s.calls(s.random(3), 257, 2)
		}},
		{name: "products past 32 bits", run: func(s *script) {
			s.load(s.random(300), slices.Repeat([]uint32{300001}, 300))
			s.calls(s.random(16), 64, 2)
		}},
		{name: "total weight past 2^32", run: func(s *script) {
			weights := make([]uint32, 1000)
			for i := range weights {
				weights[i] = 1<<23 + uint32(s.rand.UintN(1<<23))
			}
			s.load(s.random(1000), weights)
			s.calls(s.random(5), 4096, 2)
		}},
		{name: "the largest total weight on few points", run: heaviestScript(5)},
		{name: "the largest total weight on many points", run: heaviestScript(4097)},
		{name: "one heavy colour first", run: heavyScript(0)},
		{name: "one heavy colour in the middle", run: heavyScript(1234)},
		{name: "one heavy colour last", run: heavyScript(1999)},
		{name: "one point of the largest weight", run: func(s *script) {
			s.load([]kmeans.Point{far}, []uint32{math.MaxUint32})
			s.calls([]kmeans.Point{{}, far}, 257, 2)
		}},
		{name: "a mean of huge totals", run: func(s *script) {
			points := []kmeans.Point{far, {top - 1, top, top - 1, top}, far, {top - 1, top - 1, top, top}}
			s.load(points, slices.Repeat([]uint32{math.MaxUint32}, 4))
			s.calls([]kmeans.Point{{7}, {3}}, 64, 2)
		}},
	}
}

// heaviestScript shares out MaxWeight among n points.
func heaviestScript(n int) func(*script) {
	return func(s *script) {
		weights := make([]uint32, n)
		left := uint64(kmeans.MaxWeight)
		for i := range weights {
			w := min(left/uint64(n-i)+1, math.MaxUint32, left)
			weights[i] = uint32(w)
			left -= w
		}
		s.load(morton(s.random(n)), weights)
		s.calls(s.random(8), 1000, 2)
	}
}

// heavyScript gives one of 2000 points the largest weight there is.
func heavyScript(at int) func(*script) {
	return func(s *script) {
		weights := s.pixels(2000)
		weights[at] = math.MaxUint32
		s.load(morton(s.clusters(2000)), weights)
		s.calls(s.clusters(16), 256, 2)
	}
}

func zeroCases() []testCase {
	return []testCase{
		{name: "no weight at all", run: onlyScript()},
		{name: "weight on the first point only", run: onlyScript(0)},
		{name: "weight on the last point only", run: onlyScript(2999)},
		{name: "weight at the ends of blocks", run: onlyScript(0, 255, 256, 1023, 1024, 2047, 2048)},
		{name: "weight on one point in ten", run: func(s *script) {
			weights := s.pixels(3000)
			for i := range weights {
				if i%10 != 3 {
					weights[i] = 0
				}
			}
			s.load(s.clusters(3000), weights)
			s.calls(s.clusters(16), 257, 2)
		}},
		{name: "no weight in the first and the last thousand", run: func(s *script) {
			weights := ones(5000)
			clear(weights[:1000])
			clear(weights[4000:])
			s.load(morton(s.random(5000)), weights)
			s.calls(s.random(8), 1000, 2)
		}},
		{name: "a cluster whose points weigh nothing", run: func(s *script) {
			points := append(s.grid(300, 100), same(300, kmeans.Point{top, top})...)
			s.load(points, append(ones(300), make([]uint32, 300)...))
			s.calls([]kmeans.Point{{9000, 9000}, {50, 50}}, 64, 2)
		}},
	}
}

// onlyScript has points of which only those given have weight.
func onlyScript(at ...int) func(*script) {
	return func(s *script) {
		weights := make([]uint32, 3000)
		for _, i := range at {
			weights[i] = 3
		}
		s.load(morton(s.random(3000)), weights)
		s.calls(s.random(9), 100, 2)
	}
}
