package kmeans

import (
	"context"
	"slices"
	"testing"
)

func distinctPoints(points []Point) int {
	seen := map[Point]bool{}
	for _, p := range points {
		seen[p] = true
	}
	return len(seen)
}

func TestWu(t *testing.T) {
	leaveOutWithRace(t)
	for name, d := range testClouds() {
		whole := d.sumOf()
		centre, _ := whole.Mean()
		last, _ := slowCost(d, []Point{centre})
		for _, k := range []int{1, 2, 3, 16, 64} {
			seeds := wu(slices.Clone(d.points), slices.Clone(d.weights), k)
			if len(seeds) != k || distinctPoints(seeds) != k {
				t.Errorf("%s, k=%d: got %d seeds, %d distinct", name, k, len(seeds), distinctPoints(seeds))
			}
			cost, _ := slowCost(d, seeds)
			if k == 1 && (seeds[0] != centre || cost != last) || k > 1 && cost >= last {
				t.Errorf("%s, k=%d: got a cost of %d after %d", name, k, cost, last)
			}
			last = cost
			if again := wu(slices.Clone(d.points), slices.Clone(d.weights), k); !slices.Equal(again, seeds) {
				t.Errorf("%s, k=%d: not the same twice", name, k)
			}
		}
	}
}

func TestWuCutsBetweenGroups(t *testing.T) {
	points := []Point{{100, 0}, {9000, 0}, {100, 64}, {9000, 64}, {100, 8000}}
	seeds := wu(slices.Clone(points), []uint32{1, 1, 1, 1, 2}, 3)
	slices.SortFunc(seeds, func(p, q Point) int { return slices.Compare(p[:], q[:]) })
	if want := []Point{{100, 32}, {100, 8000}, {9000, 32}}; !slices.Equal(seeds, want) {
		t.Errorf("got %v, want %v", seeds, want)
	}
}

func TestPlusPlus(t *testing.T) {
	leaveOutWithRace(t)
	for name, d := range testClouds() {
		for _, k := range []int{1, 2, 40} {
			seeds := plusPlus(d.points, d.weights, k, 7, nil)
			if len(seeds) != k || distinctPoints(seeds) != k {
				t.Errorf("%s, k=%d: got %d seeds, %d distinct", name, k, len(seeds), distinctPoints(seeds))
			}
			if !slices.Equal(plusPlus(d.points, d.weights, k, 7, nil), seeds) {
				t.Errorf("%s, k=%d: not the same twice", name, k)
			}
			if slices.Equal(plusPlus(d.points, d.weights, k, 8, nil), seeds) {
				t.Errorf("%s, k=%d: the seed does not matter", name, k)
			}
			for _, p := range seeds {
				if i := slices.Index(d.points, p); i < 0 || d.weights[i] == 0 {
					t.Errorf("%s, k=%d: seed %v is no point with weight", name, k, p)
				}
			}
		}
	}
}

func TestPlusPlusFewPoints(t *testing.T) {
	points := []Point{{1}, {2}, {2}, {3}, {4}}
	seeds := plusPlus(points, []uint32{1, 1, 5, 0, 1}, 10, 3, nil)
	slices.SortFunc(seeds, func(p, q Point) int { return slices.Compare(p[:], q[:]) })
	if want := []Point{{1}, {2}, {4}}; !slices.Equal(seeds, want) {
		t.Errorf("got %v, want %v", seeds, want)
	}
}

// TestPlusPlusFindsGroups: of points in far groups each gets a seed.
func TestPlusPlusFindsGroups(t *testing.T) {
	d := mixture(5000, 8, 30, 12)
	seeds := plusPlus(d.points, d.weights, 8, 1, nil)
	if cost, _ := slowCost(d, seeds); cost > 2*4*30*30*d.sumOf().Count*4 {
		t.Errorf("got a cost of %d: some group has no seed", cost)
	}
}

func searchOn(t *testing.T, d cloudData) *search {
	t.Helper()
	s, err := newSearch(d.points, d.weights)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFill(t *testing.T) {
	leaveOutWithRace(t)
	for name, d := range testClouds() {
		s := searchOn(t, d)
		far := Point{MaxCoordinate, 0, MaxCoordinate}
		for _, centroids := range [][]Point{
			{d.points[0]},
			{far, far, d.points[10], far},
			slices.Repeat([]Point{far}, 16),
			{d.points[0], d.points[0], d.points[0]},
		} {
			before, _ := slowCost(d, centroids)
			filled, err := s.fill(slices.Clone(centroids), 16)
			if err != nil {
				t.Fatal(err)
			}
			cost, counts := slowCost(d, filled)
			if len(filled) != 16 || slices.Contains(counts, 0) || cost >= before {
				t.Errorf("%s: got %d centroids with counts %v and a cost of %d, had %d", name, len(filled), counts, cost, before)
			}
		}
	}
}

func TestFillFewPoints(t *testing.T) {
	d := cloudData{[]Point{{1}, {2}, {2}, {9}}, []uint32{1, 2, 3, 4}}
	filled, err := searchOn(t, d).fill([]Point{{1}, {100}, {100}}, 8)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(filled, func(p, q Point) int { return slices.Compare(p[:], q[:]) })
	if want := []Point{{1}, {2}, {9}}; !slices.Equal(filled, want) {
		t.Errorf("got %v, want %v", filled, want)
	}
}

func TestFillKeepsFullCentroids(t *testing.T) {
	d := cloudData{[]Point{{1}, {2}, {9}}, ones(3)}
	centroids := []Point{{1}, {9}}
	filled, err := searchOn(t, d).fill(slices.Clone(centroids), 2)
	if err != nil || !slices.Equal(filled, centroids) {
		t.Errorf("got %v and error %v, want %v", filled, err, centroids)
	}
}

func TestImproveNeverRaisesTheCost(t *testing.T) {
	leaveOutWithRace(t)
	for name, d := range testClouds() {
		s := searchOn(t, d)
		for _, k := range []int{1, 2, 3, 20} {
			for seed := range uint64(2) {
				centroids := plusPlus(d.points, d.weights, k, seed, nil)
				before, _ := slowCost(d, centroids)
				given := slices.Clone(centroids)
				better, err := s.improve(context.Background(), centroids, plan{rounds: 12, patience: 3, passes: 3}, func(float64) {})
				if err != nil {
					t.Fatal(err)
				}
				if after, _ := slowCost(d, better); after > before || len(better) != k || after > s.cost {
					t.Errorf("%s, k=%d: got a cost of %d with %d centroids, had %d; the search says %d", name, k, after, len(better), before, s.cost)
				}
				if !slices.Equal(centroids, given) {
					t.Errorf("%s, k=%d: the given centroids changed", name, k)
				}
			}
		}
	}
}

// TestImproveEscapes starts with two centroids in one group and one for two.
func TestImproveEscapes(t *testing.T) {
	points := []Point{{0}, {10}, {20}, {8000}, {8010}, {8020}, {16000}, {16010}, {16020}}
	d := cloudData{points, ones(9)}
	s := searchOn(t, d)
	got, err := s.improve(context.Background(), []Point{{5}, {20}, {12010}}, plan{rounds: 10, patience: 5, passes: 5}, func(float64) {})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got, func(p, q Point) int { return slices.Compare(p[:], q[:]) })
	if want := []Point{{10}, {8010}, {16010}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNeighbours(t *testing.T) {
	for _, limit := range []int{3, MaxCoordinate + 1} {
		s := splitmix(13)
		for _, k := range []int{2, 3, 12, 13, 14, 100} {
			centroids := s.points(k, limit)
			for c, got := range neighbours(centroids) {
				others := order(k, func(a, b int) int {
					return int(squaredDistance(centroids[c], centroids[a])) - int(squaredDistance(centroids[c], centroids[b]))
				})
				others = slices.DeleteFunc(others, func(i int) bool { return i == c })
				if want := others[:min(12, k-1)]; !slices.Equal(got, want) {
					t.Fatalf("k=%d: neighbours of %d: got %v, want %v", k, c, got, want)
				}
			}
		}
	}
}

// TestSurvey computes gains and losses of clusters again, from their meaning.
func TestSurvey(t *testing.T) {
	d := fewGroups()
	s := searchOn(t, d)
	s.centroids = plusPlus(d.points, d.weights, 9, 2, nil)
	found, err := s.survey()
	if err != nil {
		t.Fatal(err)
	}
	cost, counts := slowCost(d, s.centroids)
	for c := range s.centroids {
		without := slices.Delete(slices.Clone(s.centroids), c, c+1)
		if left, _ := slowCost(d, without); found.losses[c] != left-cost {
			t.Errorf("cluster %d: got a loss of %d, want %d", c, found.losses[c], left-cost)
		}
		with := append(slices.Clone(without), found.halves[c][:]...)
		if left, _ := slowCost(d, with); left > cost-found.gains[c] {
			t.Errorf("cluster %d: a gain of %d was promised, got %d", c, found.gains[c], cost-left)
		}
		if found.gains[c] == 0 || found.counts[c] != counts[c] {
			t.Errorf("cluster %d: got a gain of %d and a count of %d, want a count of %d", c, found.gains[c], found.counts[c], counts[c])
		}
	}
	if !slices.IsSortedFunc(found.byGain, func(a, b int) int { return int(found.gains[b]) - int(found.gains[a]) }) {
		t.Error("byGain is not sorted")
	}
	if !slices.IsSortedFunc(found.byLoss, func(a, b int) int { return int(found.losses[a]) - int(found.losses[b]) }) {
		t.Error("byLoss is not sorted")
	}
}

func TestCost(t *testing.T) {
	for name, d := range testClouds() {
		for _, k := range []int{1, 5, 40} {
			centroids := plusPlus(d.points, d.weights, k, 1, nil)
			sums := make([]Sum, k)
			for i, p := range d.points {
				c, _ := slowNearest(p, centroids)
				sums[c].Add(p, d.weights[i])
			}
			want, _ := slowCost(d, centroids)
			if got := Cost(Norm(d.points, d.weights), sums, centroids); got != want {
				t.Errorf("%s, k=%d: got a cost of %d, want %d", name, k, got, want)
			}
		}
	}
}

// TestCostWide has the largest error there is, near 2⁶⁴.
func TestCostWide(t *testing.T) {
	far := Point{MaxCoordinate, MaxCoordinate, MaxCoordinate, MaxCoordinate}
	d := cloudData{slices.Repeat([]Point{far}, 4), slices.Repeat([]uint32{MaxWeight / 4}, 4)}
	sum := d.sumOf()
	want := sum.Count * 4 * MaxCoordinate * MaxCoordinate
	if got := Cost(Norm(d.points, d.weights), []Sum{sum}, []Point{{}}); got != want {
		t.Errorf("got %d, want %d", got, want)
	}
	if got := Cost(Norm(d.points, d.weights), []Sum{sum}, []Point{far}); got != 0 {
		t.Errorf("got %d, want 0", got)
	}
}

func TestMove(t *testing.T) {
	centroids := []Point{{5}, {7}, {9}}
	sums := []Sum{{Total: [4]uint64{11}, Count: 2}, {}, {Total: [4]uint64{27}, Count: 3}}
	if !Move(centroids, sums) || !slices.Equal(centroids, []Point{{6}, {7}, {9}}) {
		t.Errorf("got %v", centroids)
	}
	if Move(centroids, sums) || !slices.Equal(centroids, []Point{{6}, {7}, {9}}) {
		t.Errorf("the second time: got %v, want no move", centroids)
	}
}
