package kmeans

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func cluster(t testing.TB, d cloudData, o Options) *Result {
	t.Helper()
	return clusterOn(t, new(CPU), d, o)
}

func clusterOn(t testing.TB, e Engine, d cloudData, o Options) *Result {
	t.Helper()
	c, err := NewCloud(e, d.points, d.weights)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Cluster(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	checkResult(t, d, o, r)
	return r
}

// checkResult checks what has to hold for any result.
func checkResult(t testing.TB, d cloudData, o Options, r *Result) {
	t.Helper()
	k := o.K
	if k == 0 {
		k = DefaultK
	}
	if len(r.Centroids) > k || len(r.Counts) != len(r.Centroids) {
		t.Fatalf("got %d centroids and %d counts, want at most %d", len(r.Centroids), len(r.Counts), k)
	}
	whole := d.sumOf()
	var total uint64
	for _, n := range r.Counts {
		total += n
	}
	if len(r.Centroids) == 0 {
		if whole.Count != 0 || r.Cost != 0 {
			t.Fatalf("got no centroids for a weight of %d, at a cost of %d", whole.Count, r.Cost)
		}
		return
	}
	if total != whole.Count {
		t.Errorf("counts sum to %d, want %d", total, whole.Count)
	}
	// The result's cost is that of the centroids before they moved the last time.
	cost, _ := slowCost(d, r.Centroids)
	if cost > r.Cost {
		t.Errorf("got a cost of %d, want at least the %d of the centroids after they moved", r.Cost, cost)
	}
	mean, _ := whole.Mean()
	if single, _ := slowCost(d, []Point{mean}); cost > single && len(o.Fixed) == 0 {
		t.Errorf("got a cost of %d, want at most that of a single mean, %d", cost, single)
	}
}

// leaveOutWithRace skips a test of results alone: what runs in several threads does
// so in TestCPU, TestClusterSame, TestSurvey, TestCost and TestCoarsen too.
func leaveOutWithRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("left out with the race detector")
	}
}

func everyOption() (all []Options) {
	for _, effort := range []Effort{Fast, Default, Best} {
		for _, algorithm := range []Algorithm{MiniBatch, Lloyd} {
			for _, init := range []Init{Wu, PlusPlus} {
				all = append(all, Options{Effort: effort, Algorithm: algorithm, Init: init})
			}
		}
	}
	return all
}

// TestClusterSame: neither threads nor vector code nor what a cloud did before
// may show in the result.
func TestClusterSame(t *testing.T) {
	for i, o := range everyOption() {
		if raceEnabled && i%5 != 0 { // an option of each kind stays
			continue
		}
		d := cloudFor(o.Effort)
		o.K = []int{5, 16, 20}[i%3]
		t.Run(fmt.Sprintf("effort=%d/algorithm=%d/init=%d", o.Effort, o.Algorithm, o.Init), func(t *testing.T) {
			want := cluster(t, d, o)
			cloud, err := NewCloud(&CPU{Workers: 3}, d.points, d.weights)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range []int{3, o.K} {
				other := o
				other.K = k
				got, err := cloud.Cluster(context.Background(), other)
				if err != nil {
					t.Fatal(err)
				}
				if k == o.K && !reflect.DeepEqual(got, want) {
					t.Fatal("with 3 workers and repeated: not the same result")
				}
			}
		})
	}
}

func TestClusterSameAnywhere(t *testing.T) {
	d, o := smallPhoto(), Options{K: 24}
	want := cluster(t, d, o)
	t.Run("no vector code", func(t *testing.T) {
		leaveOutWithRace(t)
		t.Cleanup(SetVector(false))
		if got := cluster(t, d, o); !reflect.DeepEqual(got, want) {
			t.Error("not the same result")
		}
	})
	for _, procs := range []int{1, 5} {
		t.Run(fmt.Sprintf("GOMAXPROCS=%d", procs), func(t *testing.T) {
			if procs == 1 {
				leaveOutWithRace(t)
			}
			before := runtime.GOMAXPROCS(procs)
			t.Cleanup(func() { runtime.GOMAXPROCS(before) })
			if got := cluster(t, d, o); !reflect.DeepEqual(got, want) {
				t.Error("not the same result")
			}
		})
	}
}

func TestClusterSeed(t *testing.T) {
	leaveOutWithRace(t)
	a, b := cluster(t, smallPhoto(), Options{Seed: 1}), cluster(t, smallPhoto(), Options{Seed: 2})
	if slices.Equal(a.Centroids, b.Centroids) {
		t.Error("the seed does not matter")
	}
}

func TestClusterEnoughCentroids(t *testing.T) {
	d := cloudData{[]Point{{5}, {1, 2, 3, 4}, {5}, {9, 9}, {7}}, []uint32{1, 2, 3, 4, 0}}
	for _, k := range []int{3, 4, 256} {
		for _, o := range everyOption() {
			o.K = k
			r := cluster(t, d, o)
			if r.Cost != 0 || len(r.Centroids) != 3 || !r.Converged || !slices.Equal(r.Counts, []uint64{4, 2, 4}) {
				t.Errorf("k=%d: got %+v", k, r)
			}
		}
	}
}

func TestClusterOneCentroid(t *testing.T) {
	d := fewGroups()
	whole := d.sumOf()
	mean, _ := whole.Mean()
	for _, o := range everyOption() {
		o.K = 1
		if r := cluster(t, d, o); len(r.Centroids) != 1 || r.Centroids[0] != mean {
			t.Errorf("got %v, want %v", r.Centroids, mean)
		}
	}
}

func TestClusterNoPoints(t *testing.T) {
	for _, d := range []cloudData{
		{},
		{splitmix9().points(100, 50), make([]uint32, 100)},
	} {
		if r := cluster(t, d, Options{}); len(r.Centroids) != 0 || !r.Converged {
			t.Errorf("got %+v", r)
		}
	}
}

func TestClusterOnePoint(t *testing.T) {
	p := Point{MaxCoordinate, 0, 5, MaxCoordinate}
	for _, weight := range []uint32{1, math.MaxUint32} {
		r := cluster(t, cloudData{[]Point{p}, []uint32{weight}}, Options{K: 7})
		if !slices.Equal(r.Centroids, []Point{p}) || r.Cost != 0 {
			t.Errorf("got %+v", r)
		}
	}
}

// TestClusterIgnoresWeightless: points without weight do not change the result.
func TestClusterIgnoresWeightless(t *testing.T) {
	d := cloudData{slices.Clone(fewGroups().points), slices.Clone(fewGroups().weights)}
	s := splitmix(20)
	for i := range d.points {
		if s.below(4) == 0 {
			d.points[i], d.weights[i] = s.point(MaxCoordinate+1), 0
		}
	}
	r := cluster(t, d, Options{K: 7})
	if slices.Contains(r.Counts, 0) {
		t.Errorf("a centroid went to points without weight: %v", r.Counts)
	}
}

// TestClusterFindsGroups has groups so far apart that their centres are the
// optimum, whatever the effort.
func TestClusterFindsGroups(t *testing.T) {
	leaveOutWithRace(t)
	for _, k := range []int{2, 9, 18} {
		var want []Point
		seen := map[Point]uint32{}
		for i := range k {
			c := Point{uint16(1000 + 6000*(i%3)), uint16(1000 + 6000*(i/3%3)), uint16(1000 + 6000*(i/9)), 500}
			want = append(want, c)
			s := splitmix(i)
			for range 60 {
				p := s.point(300)
				mirror := c // the two have c as their mean
				for j := range p {
					p[j], mirror[j] = c[j]+p[j], c[j]-p[j]
				}
				seen[p]++
				seen[mirror]++
			}
		}
		slices.SortFunc(want, func(p, q Point) int { return slices.Compare(p[:], q[:]) })
		for _, o := range everyOption() {
			o.K = k
			r := cluster(t, cloudOf(seen), o)
			slices.SortFunc(r.Centroids, func(p, q Point) int { return slices.Compare(p[:], q[:]) })
			if !slices.Equal(r.Centroids, want) {
				t.Errorf("k=%d, %+v: got %v, want %v", k, o, r.Centroids, want)
			}
		}
	}
}

func TestEffortPays(t *testing.T) {
	leaveOutWithRace(t)
	for name, d := range map[string]cloudData{"12 groups": tinyGroups(), "40 groups": mixture(2_500, 40, 900, 8)} {
		for _, k := range []int{8, 20} {
			var costs []uint64
			for _, effort := range []Effort{Fast, Default, Best} {
				costs = append(costs, cluster(t, d, Options{K: k, Effort: effort}).Cost)
			}
			if costs[1] > costs[0] || costs[2] > costs[1] {
				t.Errorf("%s, k=%d: got costs of %d (fast), %d (default), %d (best)", name, k, costs[0], costs[1], costs[2])
			}
		}
	}
}

// TestPassesLowerTheCost follows full passes one by one.
func TestPassesLowerTheCost(t *testing.T) {
	leaveOutWithRace(t)
	last := uint64(math.MaxUint64)
	for passes := 1; passes < 12; passes++ {
		r := cluster(t, someGroups(), Options{K: 10, MaxPasses: passes, Tolerance: 1e-12})
		if r.Cost > last || r.Passes > passes {
			t.Errorf("%d passes: got a cost of %d after %d passes, had %d", passes, r.Cost, r.Passes, last)
		}
		last = r.Cost
	}
}

func TestConverged(t *testing.T) {
	d := someGroups()
	r := cluster(t, d, Options{K: 10, MaxPasses: 1000, Tolerance: 1e-300})
	if cost, counts := slowCost(d, r.Centroids); !r.Converged || cost != r.Cost || !slices.Equal(counts, r.Counts) {
		t.Errorf("converged=%v, got a cost of %d and counts %v, want %d and %v", r.Converged, r.Cost, r.Counts, cost, counts)
	}
	if r := cluster(t, d, Options{K: 10, MaxPasses: 1000, Tolerance: 0.5}); !r.Converged || r.Passes > 4 {
		t.Errorf("with a large tolerance: converged=%v after %d passes", r.Converged, r.Passes)
	}
}

func TestSteps(t *testing.T) {
	leaveOutWithRace(t)
	d := fewGroups()
	for _, batch := range []int{100, 4096, MaxBatchSize} {
		r := cluster(t, d, Options{Effort: Fast, BatchSize: batch})
		if want := ceilDiv(efforts[Fast].samples, batch); r.Steps != want {
			t.Errorf("batches of %d: got %d steps, want %d", batch, r.Steps, want)
		}
	}
	if r := cluster(t, d, Options{Algorithm: Lloyd}); r.Steps != 0 {
		t.Errorf("Lloyd: got %d steps, want none", r.Steps)
	}
}

func TestOptionsErrors(t *testing.T) {
	cloud, err := NewCloud(new(CPU), fewGroups().points, fewGroups().weights)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{K: -1}, "k = -1"},
		{Options{K: 257}, "k = 257"},
		{Options{Algorithm: 2}, "algorithm"},
		{Options{Algorithm: -1}, "algorithm"},
		{Options{Effort: 3}, "effort"},
		{Options{Effort: -1}, "effort"},
		{Options{Init: 2}, "init"},
		{Options{BatchSize: -1}, "batch size"},
		{Options{BatchSize: MaxBatchSize + 1}, "batch size"},
		{Options{MaxPasses: -1}, "passes"},
		{Options{Tolerance: -1e-9}, "tolerance"},
		{Options{Tolerance: 1}, "tolerance"},
		{Options{Tolerance: math.NaN()}, "tolerance"},
	} {
		if _, err := cloud.Cluster(context.Background(), c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got error %v, want one about %s", c.o, err, c.want)
		}
	}
}

func TestCloudErrors(t *testing.T) {
	if _, err := NewCloud(new(CPU), []Point{{1}}, nil); err == nil {
		t.Error("got no error for a missing weight")
	}
	e := new(CPU)
	cloud, err := NewCloud(e, []Point{{1}}, ones(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := cloud.Cluster(context.Background(), Options{}); !errors.Is(err, ErrClosed) {
		t.Errorf("on a closed engine: got error %v, want %v", err, ErrClosed)
	}
}

func TestCancelBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	cloud, err := NewCloud(new(CPU), fewGroups().points, fewGroups().weights)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range everyOption() {
		for _, k := range []int{1, 7} {
			o.K = k
			if r, err := cloud.Cluster(ctx, o); r != nil || !errors.Is(err, context.Canceled) {
				t.Errorf("%+v: got error %v, want %v", o, err, context.Canceled)
			}
		}
	}
}

func TestCancelDuring(t *testing.T) {
	leaveOutWithRace(t)
	for _, o := range everyOption() {
		for at := 1; at <= 3; at++ {
			ctx, cancel := context.WithCancel(context.Background())
			calls := 0
			o.K, o.Progress = 12, func(float64) {
				if calls++; calls == at {
					cancel()
				}
			}
			cloud, err := NewCloud(new(CPU), someGroups().points, someGroups().weights)
			if err != nil {
				t.Fatal(err)
			}
			if r, err := cloud.Cluster(ctx, o); calls >= at && (r != nil || !errors.Is(err, context.Canceled)) {
				t.Errorf("effort %d, algorithm %d, cancelled at call %d: got error %v, want %v", o.Effort, o.Algorithm, at, err, context.Canceled)
			}
			if calls > at {
				t.Errorf("effort %d, algorithm %d: got %d calls of Progress, want none after the one that cancelled, %d", o.Effort, o.Algorithm, calls, at)
			}
			cancel()
		}
	}
}

func TestProgress(t *testing.T) {
	leaveOutWithRace(t)
	for _, o := range everyOption() {
		last, calls := 0.0, 0
		o.Progress = func(done float64) {
			if done < last || done > 1 || math.IsNaN(done) {
				t.Errorf("%+v: got %v after %v", o.Effort, done, last)
			}
			last = done
			calls++
		}
		cluster(t, cloudFor(o.Effort), o)
		if calls < 2 {
			t.Errorf("effort %d: got %d calls", o.Effort, calls)
		}
	}
}

// An emptying engine has one centroid lose all its points in one of its calls.
type emptying struct {
	CPU
	at, calls int
}

func (e *emptying) Lloyd(sums []Sum, centroids []Point, passes int) error {
	if e.calls++; e.calls == e.at {
		centroids[3] = Point{MaxCoordinate, MaxCoordinate, MaxCoordinate, MaxCoordinate}
	}
	return e.CPU.Lloyd(sums, centroids, passes)
}

func TestClusterRefills(t *testing.T) {
	leaveOutWithRace(t)
	// All points are nearer the origin than the far corner.
	photo := smallPhoto()
	d := cloudData{slices.Clone(photo.points), photo.weights}
	for i := range d.points {
		for j := range d.points[i] {
			d.points[i][j] /= 4
		}
	}
	for at := 1; at <= 2; at++ {
		o := Options{K: 12}
		plain, e := cluster(t, d, o), &emptying{at: at}
		r := clusterOn(t, e, d, o)
		if e.calls <= at {
			t.Errorf("call %d: no call came after it", at)
		}
		if len(r.Centroids) != 12 || slices.Contains(r.Counts, 0) || r.Cost > plain.Cost+plain.Cost/5 {
			t.Errorf("call %d: got counts %v and a cost of %d, want a cost of about %d", at, r.Counts, r.Cost, plain.Cost)
		}
	}
}
