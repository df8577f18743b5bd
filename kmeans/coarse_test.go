package kmeans

import (
	"math"
	"slices"
	"testing"
)

func TestCoarsenFewPoints(t *testing.T) {
	d := smallPhoto()
	points, weights := Coarsen(d.points, d.weights, len(d.points))
	if !slices.Equal(points, d.points) || !slices.Equal(weights, d.weights) {
		t.Error("few points did not stay as they are")
	}
}

// coarseClouds are points in every order that Coarsen may see.
func coarseClouds() map[string]cloudData {
	s := splitmix(11)
	clouds := map[string]cloudData{
		"random order": {s.points(5000, MaxCoordinate+1), s.weights(5000)},
		"duplicates":   {s.points(5000, 3), s.weights(5000)},
		"all the same": {slices.Repeat([]Point{{1, 2, 3, 4}}, 5000), s.weights(5000)},
		"no weight":    {s.points(5000, MaxCoordinate+1), make([]uint32, 5000)},
		"4-D":          mixture(20000, 9, 2000, 5),
	}
	for name, d := range testClouds() {
		clouds[name] = d
	}
	return clouds
}

func TestCoarsen(t *testing.T) {
	for name, d := range coarseClouds() {
		for _, limit := range []int{1, 10, 500, 4096} {
			points, weights := Coarsen(d.points, d.weights, limit)
			if len(points) != len(weights) {
				t.Fatalf("%s, limit %d: got %d points and %d weights", name, limit, len(points), len(weights))
			}
			if len(points) > limit {
				t.Errorf("%s: got %d points, want at most %d", name, len(points), limit)
			}
			checkSums(t, name, cloudData{points, weights}, d)
		}
	}
}

// checkSums compares total weight, which has to be the same, and the weighted
// sum, for which each of the means may be off by a half. Means of means of means add
// up to one and a half.
func checkSums(t *testing.T, name string, got, want cloudData) {
	t.Helper()
	a, b := got.sumOf(), want.sumOf()
	if a.Count != b.Count {
		t.Errorf("%s: got a total weight of %d, want %d", name, a.Count, b.Count)
	}
	for j := range a.Total {
		if off := math.Abs(float64(a.Total[j]) - float64(b.Total[j])); off > 1.5*float64(b.Count) {
			t.Errorf("%s: coordinate %d: the weighted sum is off by %v of %d", name, j, off, b.Total[j])
		}
	}
}

func TestCoarsenKeepsTheOrder(t *testing.T) {
	d := smallPhoto()
	for _, limit := range []int{100, 1000, 10000} {
		points, _ := Coarsen(d.points, d.weights, limit)
		if !slices.IsSortedFunc(points, func(p, q Point) int { return int(int64(slowMorton(p)>>1) - int64(slowMorton(q)>>1)) }) {
			t.Errorf("limit %d: not in Morton order", limit)
		}
		if len(points) < limit*2/3 {
			t.Errorf("limit %d: got only %d points", limit, len(points))
		}
	}
}

// TestCoarsenGood compares the error that coarse points make with that of cells
// of one size.
func TestCoarsenGood(t *testing.T) {
	leaveOutWithRace(t)
	d := smallPhoto()
	const limit = 2000
	fine, _ := Coarsen(d.points, d.weights, limit)
	even, _ := mergeRuns(d.points, d.weights, cellShift(d.points, limit))
	got, want := inOrderCost(d, fine), inOrderCost(d, even)
	if got >= want {
		t.Errorf("got an error of %d, want less than the %d of even cells", got, want)
	}
}

func inOrderCost(d cloudData, coarse []Point) (cost uint64) {
	for i, p := range d.points {
		_, distance := slowNearest(p, coarse)
		cost += uint64(distance) * uint64(d.weights[i])
	}
	return cost
}

// TestCoarsenHeavy has runs that weigh more than a coarse point can.
func TestCoarsenHeavy(t *testing.T) {
	heavy := uint32(math.MaxUint32 / 3)
	for _, d := range []cloudData{
		{slices.Repeat([]Point{{5, 6, 7, 8}}, 12), slices.Repeat([]uint32{heavy}, 12)},
		{[]Point{{0}, {0, 1}, {1}, {1, 1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}}, slices.Repeat([]uint32{heavy}, 12)},
		{[]Point{{0}, {0, 1}, {1}, {1, 1}}, slices.Repeat([]uint32{math.MaxUint32}, 4)},
	} {
		points, weights := Coarsen(d.points, d.weights, 2)
		if len(points) < 4 {
			t.Errorf("got %d points, want at least 4", len(points))
		}
		checkSums(t, "heavy", cloudData{points, weights}, d)
	}
}

// TestMergeRunsHeavy has weights that add up to one more than fits, and to just
// what fits.
func TestMergeRunsHeavy(t *testing.T) {
	same := slices.Repeat([]Point{{5, 6, 7, 8}}, 2)
	for _, c := range []struct {
		second uint32
		want   int
	}{{1, 1}, {2, 2}} {
		points, weights := mergeRuns(same, []uint32{math.MaxUint32 - 1, c.second}, 1)
		if len(points) != c.want {
			t.Errorf("got %d points of weights %v, want %d", len(points), weights, c.want)
		}
	}
}

func TestCoarsenLeavesItsInputAlone(t *testing.T) {
	d := smallPhoto()
	points, weights := slices.Clone(d.points), slices.Clone(d.weights)
	for _, limit := range []int{10, 5000, len(points) - 1} {
		Coarsen(points, weights, limit)
	}
	if !slices.Equal(points, d.points) || !slices.Equal(weights, d.weights) {
		t.Error("the points or weights changed")
	}
}

func TestCellShift(t *testing.T) {
	d := smallPhoto()
	for _, limit := range []int{1, 50, 3000, 100000} {
		shift := cellShift(d.points, limit)
		runs := func(shift int) int {
			n := 1
			for i := 1; i < len(d.points); i++ {
				if !sameCell(d.points[i], d.points[i-1], shift) {
					n++
				}
			}
			return n
		}
		if runs(shift) > limit || shift > 0 && runs(shift-1) <= limit {
			t.Errorf("limit %d: got shift %d with %d runs", limit, shift, runs(shift))
		}
	}
}

func sameCell(p, q Point, shift int) bool {
	for j := range p {
		if p[j]>>shift != q[j]>>shift {
			return false
		}
	}
	return true
}

func TestSpread(t *testing.T) {
	s := splitmix(31)
	for range 1000 {
		p := s.point(MaxCoordinate + 1)
		q := p
		q[s.below(4)] ^= uint16(s.below(MaxCoordinate + 1))
		for shift := range CoordinateBits + 1 {
			if got, want := spread(p, q)>>shift == 0, sameCell(p, q, shift); got != want {
				t.Fatalf("%v and %v, cells of edge 2^%d: got the same = %v, want %v", p, q, shift, got, want)
			}
		}
	}
}

func TestMortonCode(t *testing.T) {
	s := splitmix(32)
	for range 1000 {
		if p := s.point(MaxCoordinate + 1); mortonCode(p) != slowMorton(p) {
			t.Fatalf("%v: got %#x, want %#x", p, mortonCode(p), slowMorton(p))
		}
	}
}
