package kmeans

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// fixedPoints are amid the points and far from them all.
func fixedPoints(d cloudData) []Point {
	return []Point{d.points[len(d.points)/2], {MaxCoordinate, 0, MaxCoordinate, 0}, {6000, 6000, 6000, 0}, {1, 2, 3, 4}}
}

// Fixed centroids come first and are where they were, and the others are found around
// them: they are worth about as much as those of many plain attempts.
func TestFixed(t *testing.T) {
	for i, o := range everyOption() {
		if raceEnabled && i%5 != 0 {
			continue
		}
		d := cloudFor(o.Effort)
		for _, n := range []int{1, 2, 4} {
			o.K, o.Fixed = 12, fixedPoints(d)[:n]
			name := fmt.Sprintf("effort=%d/algorithm=%d/init=%d/fixed=%d", o.Effort, o.Algorithm, o.Init, n)
			r := cluster(t, d, o)
			if !slices.Equal(r.Centroids[:n], o.Fixed) {
				t.Fatalf("%s: got %v, want %v", name, r.Centroids[:n], o.Fixed)
			}
			if len(r.Centroids) != o.K || slices.Contains(r.Counts[n:], 0) {
				t.Errorf("%s: got %d centroids of counts %v", name, len(r.Centroids), r.Counts)
			}
			if i%2 == 1 {
				continue // the same once more
			}
			cost, _ := slowCost(d, r.Centroids)
			most := map[Effort]float64{Fast: 1.03, Default: 1.02, Best: 1.003}[o.Effort]
			if want := plainCost(d, o); float64(cost) > most*float64(want) {
				t.Errorf("%s: got a cost of %d, want at most %v times %d", name, cost, most, want)
			}
		}
	}
}

// plainCost is the least cost of some runs of k-means from random points, with every
// step written out.
func plainCost(d cloudData, o Options) uint64 {
	var best uint64
	for run := range 2 {
		centroids := plusPlus(d.points, d.weights, o.K, uint64(run), o.Fixed)
		last := ^uint64(0)
		for cost, _ := slowCost(d, centroids); cost < last; cost, _ = slowCost(d, centroids) {
			last = cost
			sums := make([]Sum, len(centroids))
			for i, p := range d.points {
				c, _ := slowNearest(p, centroids)
				sums[c].Add(p, d.weights[i])
			}
			for i := len(o.Fixed); i < len(sums); i++ {
				if mean, ok := sums[i].Mean(); ok {
					centroids[i] = mean
				}
			}
		}
		if run == 0 || last < best {
			best = last
		}
	}
	return best
}

// Neither threads nor what a cloud did before, with other centroids fixed or none,
// show in the result.
func TestFixedSame(t *testing.T) {
	d := smallPhoto()
	free, fixed := Options{K: 9}, Options{K: 9, Fixed: fixedPoints(d)[:2]}
	wantFree, wantFixed := cluster(t, d, free), cluster(t, d, fixed)
	cloud, err := NewCloud(&CPU{Workers: 3}, d.points, d.weights)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for o, want := range map[*Options]*Result{&free: wantFree, &fixed: wantFixed} {
			got, err := cloud.Cluster(context.Background(), *o)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%d fixed: not the same result", len(o.Fixed))
			}
		}
	}
	if !slices.Equal(fixed.Fixed, fixedPoints(d)[:2]) {
		t.Error("the options' points have changed")
	}
}

func TestFixedAlone(t *testing.T) {
	d := smallPhoto()
	for n := 1; n <= 4; n++ {
		o := Options{K: n, Fixed: fixedPoints(d)[:n]}
		r := cluster(t, d, o)
		cost, counts := slowCost(d, o.Fixed)
		if !slices.Equal(r.Centroids, o.Fixed) || r.Cost != cost || !slices.Equal(r.Counts, counts) || !r.Converged || r.Passes != 1 {
			t.Errorf("%d: got %+v, want a cost of %d and counts %v", n, r, cost, counts)
		}
		if r.Centroids[0] = (Point{}); o.Fixed[0] == r.Centroids[0] {
			t.Error("the result shares memory with the options")
		}
	}
}

// Points that are as few as centroids get one each, those that are fixed no second one.
func TestFixedAndFewPoints(t *testing.T) {
	d := cloudData{[]Point{{5}, {1, 2, 3, 4}, {5}, {9, 9}, {7}}, []uint32{1, 2, 3, 4, 0}}
	for _, test := range []struct {
		k     int
		fixed []Point
		want  []Point
		free  bool // of any error
	}{
		{3, []Point{{5}}, []Point{{5}, {1, 2, 3, 4}, {9, 9}}, true},
		{4, []Point{{8}}, []Point{{8}, {5}, {1, 2, 3, 4}, {9, 9}}, true},
		{6, []Point{{8}, {8}}, []Point{{8}, {8}, {5}, {1, 2, 3, 4}, {9, 9}}, true},
		{3, []Point{{5}, {1, 2, 3, 4}, {9, 9}}, []Point{{5}, {1, 2, 3, 4}, {9, 9}}, true},
		{2, []Point{{5}}, []Point{{5}, {9, 9}}, false},
	} {
		r := cluster(t, d, Options{K: test.k, Fixed: test.fixed})
		if !slices.Equal(r.Centroids, test.want) || (r.Cost == 0) != test.free {
			t.Errorf("%+v: got %v at a cost of %d", test, r.Centroids, r.Cost)
		}
	}
}

// A centroid that loses its points gets others, a fixed one without any does not.
func TestFixedRefills(t *testing.T) {
	photo := smallPhoto()
	d := cloudData{slices.Clone(photo.points), photo.weights}
	for i := range d.points {
		for j := range d.points[i] {
			d.points[i][j] /= 4 // nearer the origin than the far corner
		}
	}
	far := Point{MaxCoordinate, MaxCoordinate}
	for at := 1; at <= 2; at++ {
		e := &emptying{at: at}
		r := clusterOn(t, e, d, Options{K: 12, Fixed: []Point{far, {1, 2, 3}}})
		if len(r.Centroids) != 12 || slices.Contains(r.Counts[1:], 0) || r.Counts[0] != 0 || r.Centroids[0] != far {
			t.Errorf("call %d: got centroids %v with counts %v", at, r.Centroids, r.Counts)
		}
		if r.Passes > 7 {
			t.Errorf("call %d: got %d passes for one refill", at, r.Passes)
		}
	}
}

func TestFixedErrors(t *testing.T) {
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{K: 2, Fixed: make([]Point, 3)}, "got 3 fixed centroids, want at most k = 2"},
		{Options{Fixed: []Point{{1}, {0, 1 << CoordinateBits}}}, "centroid 1 is [0 16384 0 0], want coordinates of at most 16383"},
	} {
		if err := test.o.Check(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got error %v, want one with %q", err, test.want)
		}
	}
}

// Seeds are not drawn where a centroid is fixed, and what fills a search up is beside
// those that are fixed.
func TestFixedSeeds(t *testing.T) {
	points := []Point{{100}, {100, 5}, {9000}}
	for seed := range uint64(20) {
		if got := plusPlus(points, []uint32{1000, 1, 1}, 2, seed, points[:1]); !slices.Equal(got, []Point{points[0], points[2]}) {
			t.Errorf("got %v", got)
		}
	}
	d := smallPhoto()
	s := searchOn(t, d)
	for n := 1; n <= 4; n++ {
		s.fixed = n
		got, err := s.fill(fixedPoints(d)[:n], 9)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 9 || !slices.Equal(got[:n], fixedPoints(d)[:n]) || distinctPoints(got) != 9 {
			t.Errorf("got %v", got)
		}
	}
}
