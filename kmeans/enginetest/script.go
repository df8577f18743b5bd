package enginetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"kompress/kmeans"
)

// A script makes calls on an engine and keeps what comes back. The same script
// makes the same calls on any engine that keeps the contract.
type script struct {
	engine  kmeans.Engine
	loads   int // of the engine, before the script
	rand    *rand.Rand
	results []result
	breach  error // the first that shows without the reference

	points, pointsCopy   []kmeans.Point
	weights, weightsCopy []uint32
}

// A result is what a call left in its arguments.
type result struct {
	call      string
	err       error
	sums      []kmeans.Sum
	centroids []kmeans.Point
	index     []uint8
	model     *kmeans.Model
	loads     int // in this script, up to the call's end
}

func newScript(e kmeans.Engine) *script {
	return &script{engine: e, loads: e.Loads(), rand: rand.New(rand.NewPCG(1, 2))}
}

// load hands copies of the points and weights to the engine, and spoils those
// handed over before, which the engine has no right to any more.
func (s *script) load(points []kmeans.Point, weights []uint32) {
	oldPoints, oldWeights := s.points, s.weights
	s.points, s.weights = slices.Clone(points), slices.Clone(weights)
	s.pointsCopy, s.weightsCopy = points, weights
	err := s.engine.Load(s.points, s.weights)
	s.note(result{call: fmt.Sprintf("Load of %d points", len(points)), err: err})
	for i := range oldPoints {
		oldPoints[i] = kmeans.Point{0xffff, 0xffff, 0xffff, 0xffff}
	}
	for i := range oldWeights {
		oldWeights[i] = 0xffffffff
	}
}

// lloyd gives the engine sums full of another call's rubbish.
func (s *script) lloyd(centroids []kmeans.Point, passes int) {
	s.lloydInto(make([]kmeans.Sum, len(centroids)), centroids, passes)
}

func (s *script) lloydInto(sums []kmeans.Sum, centroids []kmeans.Point, passes int) {
	const rubbish = 0x9e3779b97f4a7c15
	for i := range sums {
		sums[i] = kmeans.Sum{Total: [4]uint64{rubbish, rubbish, rubbish, rubbish}, Count: rubbish}
	}
	centroids = slices.Clone(centroids)
	err := s.engine.Lloyd(sums, centroids, passes)
	s.note(result{
		call: fmt.Sprintf("Lloyd with %d centroids and %d passes", len(centroids), passes),
		err:  err, sums: sums, centroids: centroids,
	})
}

func (s *script) assign(centroids []kmeans.Point) {
	s.assignInto(make([]uint8, len(s.points)), centroids)
}

func (s *script) assignInto(index []uint8, centroids []kmeans.Point) {
	for i := range index {
		index[i] = 0xa5
	}
	centroids = slices.Clone(centroids)
	err := s.engine.Assign(index, centroids)
	s.note(result{
		call: fmt.Sprintf("Assign to %d centroids", len(centroids)),
		err:  err, index: index, centroids: centroids,
	})
}

// miniBatch leaves m alone and returns the model after the steps.
func (s *script) miniBatch(m *kmeans.Model, steps int) *kmeans.Model {
	m = cloneModel(m)
	err := s.engine.MiniBatch(m, steps)
	s.note(result{
		call: fmt.Sprintf("MiniBatch with %d centroids, a batch of %d and %d steps", len(m.Position), m.BatchSize, steps),
		err:  err, model: cloneModel(m),
	})
	return m
}

func cloneModel(m *kmeans.Model) *kmeans.Model {
	c := *m
	c.Position, c.Count = slices.Clone(m.Position), slices.Clone(m.Count)
	return &c
}

// calls makes every kind of call.
func (s *script) calls(centroids []kmeans.Point, batch, steps int) {
	s.passes(centroids)
	m := kmeans.NewModel(centroids, 64, batch, 0x0123456789abcdef)
	s.miniBatch(m, steps)
}

// passes makes every kind of call that visits all points.
func (s *script) passes(centroids []kmeans.Point) {
	for _, n := range []int{1, 2, 3} {
		s.lloyd(centroids, n)
	}
	s.assign(centroids)
}

func (s *script) note(r result) {
	r.loads = s.engine.Loads() - s.loads
	s.results = append(s.results, r)
	if s.breach != nil {
		return
	}
	if !slices.Equal(s.points, s.pointsCopy) {
		s.breach = fmt.Errorf("%s changed the points", r.call)
	}
	if !slices.Equal(s.weights, s.weightsCopy) {
		s.breach = fmt.Errorf("%s changed the weights", r.call)
	}
}

// compare returns an error unless r is bit for bit what the reference gave. After
// an error that is wanted the arguments do not matter.
func (r *result) compare(want *result) error {
	if r.loads != want.loads {
		return fmt.Errorf("got %d loads, want %d", r.loads, want.loads)
	}
	if want.err != nil {
		if r.err == nil {
			return fmt.Errorf("got no error, want one such as: %w", want.err)
		}
		return nil
	}
	if r.err != nil {
		return r.err
	}
	return errors.Join(
		compare("centroid", r.centroids, want.centroids),
		compare("sum", r.sums, want.sums),
		compare("index", r.index, want.index),
		compareModels(r.model, want.model),
	)
}

func compareModels(m, want *kmeans.Model) error {
	if want == nil {
		return nil
	}
	return errors.Join(
		compare("position", m.Position, want.Position),
		compare("count", m.Count, want.Count),
		compare("step", []uint32{m.Step}, []uint32{want.Step}),
		compare("seed", []uint64{m.Seed}, []uint64{want.Seed}),
		compare("batch size", []int{m.BatchSize}, []int{want.BatchSize}),
	)
}

func compare[T comparable](what string, got, want []T) error {
	if len(got) != len(want) {
		return fmt.Errorf("%s: got %d of them, want %d", what, len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			return fmt.Errorf("%s %d: got %v, want %v", what, i, got[i], want[i])
		}
	}
	return nil
}
