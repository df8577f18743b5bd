package explore

import (
	"context"
	"errors"
	"image"
	"reflect"
	"testing"

	"kompress/kmeans"
	"kompress/quantize"
)

// A clustering that is traced is the same, bit by bit, and its trace ends with the
// result's error.
func TestTraceChangesNothing(t *testing.T) {
	for name, m := range map[string]image.Image{"photo": part(t, 60, 40), "translucent": translucent()} {
		for _, o := range []quantize.Options{
			{Colors: 1}, {Colors: 2}, {Colors: 16}, {Colors: 200},
			{Colors: 16, Algorithm: kmeans.Lloyd}, {Colors: 16, Effort: kmeans.Fast}, {Colors: 16, Space: quantize.Oklab},
			{Colors: 16, BatchSize: 100, Seed: 3}, {Colors: 32, MaxPasses: 25, Tolerance: 1e-12}, {Colors: 16, MaxPasses: 1},
		} {
			if raceEnabled && o.Effort != kmeans.Fast {
				continue
			}
			want := clusterWith(t, new(quantize.CPU), m, o)
			e := &tracer{Engine: new(quantize.CPU), on: true}
			got := clusterWith(t, e, m, o)
			if !reflect.DeepEqual(got.Palette, want.Palette) || !reflect.DeepEqual(got.Counts, want.Counts) || got.MSE != want.MSE ||
				got.Steps != want.Steps || got.Passes != want.Passes || got.Converged != want.Converged {
				t.Errorf("%s, %+v: got another result traced: %+v, want %+v", name, o, got, want)
			}
			checkTrace(t, e.trace, want)
		}
	}
}

func clusterWith(t *testing.T, e quantize.Engine, m image.Image, o quantize.Options) *quantize.Quantized {
	t.Helper()
	defer e.Close()
	s, err := quantize.NewSession(t.Context(), e, m)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	q, err := s.Cluster(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// checkTrace wants the seeds, all steps and all passes, in their order.
func checkTrace(t *testing.T, trace []traced, q *quantize.Quantized) {
	t.Helper()
	if len(trace) != 1+q.Steps+q.Passes {
		t.Fatalf("got %d stages for %d steps and %d passes", len(trace), q.Steps, q.Passes)
	}
	for i, s := range trace {
		want := traced{kindSeeds, 0, s.cost}
		if i > q.Steps {
			want = traced{kindPass, i - q.Steps, s.cost}
		} else if i > 0 {
			want = traced{kindBatch, i, s.cost}
		}
		if s != want {
			t.Errorf("stage %d: got %+v, want %+v", i, s, want)
		}
		if i > q.Steps+1 && s.cost > trace[i-1].cost {
			t.Errorf("pass %d raises the error from %d to %d", s.number, trace[i-1].cost, s.cost)
		}
	}
}

// Costs are those that an obvious search for the nearest centroid finds.
func TestTracedCosts(t *testing.T) {
	points, weights := []kmeans.Point{{0, 0}, {100, 7}, {5000, 3}, {9000, 9000, 1, 5}, {40, 2}}, []uint32{1, 3, 2, 7, 0}
	centroids := []kmeans.Point{{10, 0}, {6000, 6000}}
	cost := func(centroids []kmeans.Point) (sum uint64) {
		for i, p := range points {
			least := uint64(1) << 62
			for _, c := range centroids {
				d := uint64(0)
				for j := range p {
					e := int64(p[j]) - int64(c[j])
					d += uint64(e * e)
				}
				least = min(least, d)
			}
			sum += uint64(weights[i]) * least
		}
		return sum
	}
	e := &tracer{Engine: new(quantize.CPU), on: true}
	defer e.Close()
	if err := e.Load(points, weights); err != nil {
		t.Fatal(err)
	}
	m := kmeans.NewModel(centroids, 1, 4, 9)
	want := []uint64{cost(m.Centroids())}
	plain := new(quantize.CPU)
	defer plain.Close()
	if err := plain.Load(points, weights); err != nil {
		t.Fatal(err)
	}
	n := kmeans.NewModel(centroids, 1, 4, 9)
	for range 5 {
		if err := plain.MiniBatch(n, 1); err != nil {
			t.Fatal(err)
		}
		want = append(want, cost(n.Centroids()))
	}
	sums, moving := make([]kmeans.Sum, 2), n.Centroids()
	for range 3 {
		want = append(want, cost(moving))
		if err := plain.Lloyd(sums, moving, 1); err != nil {
			t.Fatal(err)
		}
		kmeans.Move(moving, sums)
	}
	if err := errors.Join(e.MiniBatch(m, 2), e.MiniBatch(m, 3)); err != nil {
		t.Fatal(err)
	}
	got := m.Centroids()
	if err := e.Lloyd(sums, got, 3); err != nil {
		t.Fatal(err)
	}
	points, weights = points[2:], weights[2:]
	if err := errors.Join(e.Load(points, weights), e.Lloyd(sums, centroids, 1)); err != nil {
		t.Fatal(err)
	}
	want = append(want, cost(centroids))
	if len(e.trace) != len(want) {
		t.Fatalf("got %d stages, want %d", len(e.trace), len(want))
	}
	for i, s := range e.trace {
		if s.cost != want[i] {
			t.Errorf("stage %d: got %+v, want %d", i, s, want[i])
		}
	}
}

// A failing engine fails from some call on.
type failing struct {
	quantize.Engine
	calls int
}

var errTest = errors.New("test")

func (f *failing) Lloyd(sums []kmeans.Sum, centroids []kmeans.Point, passes int) error {
	if f.calls--; f.calls < 0 {
		return errTest
	}
	return f.Engine.Lloyd(sums, centroids, passes)
}

// An error is handed on, and centroids are then as they were.
func TestTraceFails(t *testing.T) {
	for calls := range 4 {
		e := &tracer{Engine: &failing{new(quantize.CPU), calls}, on: true}
		if err := e.Load([]kmeans.Point{{1}, {5}, {9}}, []uint32{1, 1, 1}); err != nil {
			t.Fatal(err)
		}
		centroids := []kmeans.Point{{0}, {4}}
		err := e.Lloyd(make([]kmeans.Sum, 2), centroids, 4)
		if !errors.Is(err, errTest) || centroids[0] != (kmeans.Point{0}) || centroids[1] != (kmeans.Point{4}) {
			t.Errorf("after %d calls: got %v and centroids %v", calls, err, centroids)
		}
		e.Close()
	}
	_, err := Explore(context.Background(), &failing{new(quantize.CPU), 20}, Input{Image: part(t, 30, 20)}, Options{})
	if !errors.Is(err, errTest) {
		t.Errorf("got %v, want the engine's error", err)
	}
}

// In sRGB the unit is that of the MSE: points keep all that 8-bit colours have.
func TestConvergenceUnit(t *testing.T) {
	skipRace(t)
	x := mustExplore(t, part(t, 30, 20), Options{})
	last := x.Convergence[len(x.Convergence)-1]
	pass := x.Convergence[len(x.Convergence)-2]
	if x.ErrorUnit != "mse" || last.Kind != kindPalette || last.Error != x.Result.MSE || pass.Kind != kindPass {
		t.Fatalf("got %+v, %+v in %s", pass, last, x.ErrorUnit)
	}
	if d := last.Error - pass.Error; d < -0.5 || d > 0.5 { // what rounding to 8 bits changes
		t.Errorf("the last pass has %v, the palette %v", pass.Error, last.Error)
	}
	x = mustExplore(t, part(t, 30, 20), Options{Quantize: quantize.Options{Space: quantize.Oklab}})
	if x.ErrorUnit != "relative" || x.Convergence[0].Error != 1 {
		t.Errorf("got %+v in %s, want 1", x.Convergence[0], x.ErrorUnit)
	}
}
