package explore

import (
	"slices"

	"kompress/kmeans"
	"kompress/quantize"
)

// A tracer is an engine that, while it is on, notes the error of every mini-batch step
// and every full pass. It hands the work on in smaller portions, which engines must not
// mind: the results are the same, bit by bit.
type tracer struct {
	quantize.Engine
	on      bool
	points  []kmeans.Point // that the engine holds
	weights []uint32
	norm    *uint64 // of the points; nil until it is needed
	trace   []traced
}

// A traced is the squared error of a stage, in the units of points.
type traced struct {
	kind   string
	number int
	cost   uint64
}

func (t *tracer) Load(points []kmeans.Point, weights []uint32) error {
	t.points, t.weights, t.norm = points, weights, nil
	return t.Engine.Load(points, weights)
}

func (t *tracer) MiniBatch(m *kmeans.Model, steps int) error {
	if !t.on {
		return t.Engine.MiniBatch(m, steps)
	}
	if m.Step == 0 {
		if err := t.measure(kindSeeds, 0, m.Centroids()); err != nil {
			return err
		}
	}
	for range steps {
		if err := t.Engine.MiniBatch(m, 1); err != nil {
			return err
		}
		if err := t.measure(kindBatch, int(m.Step), m.Centroids()); err != nil {
			return err
		}
	}
	return nil
}

func (t *tracer) Lloyd(sums []kmeans.Sum, centroids []kmeans.Point, passes int) error {
	if !t.on {
		return t.Engine.Lloyd(sums, centroids, passes)
	}
	if len(t.trace) == 0 { // without mini-batches
		if err := t.measure(kindSeeds, 0, centroids); err != nil {
			return err
		}
	}
	before := t.passes()
	// What the engine would do between passes; an error must leave the centroids alone.
	moving := slices.Clone(centroids)
	for pass := range passes {
		if pass > 0 {
			kmeans.Move(moving, sums)
		}
		if err := t.Engine.Lloyd(sums, moving, 1); err != nil {
			return err
		}
		t.note(kindPass, before+pass+1, sums, moving)
	}
	copy(centroids, moving)
	return nil
}

// passes returns how many have been noted.
func (t *tracer) passes() int {
	if n := len(t.trace); n > 0 && t.trace[n-1].kind == kindPass {
		return t.trace[n-1].number
	}
	return 0
}

// measure notes the error of centroids that are between two steps.
func (t *tracer) measure(kind string, number int, centroids []kmeans.Point) error {
	sums := make([]kmeans.Sum, len(centroids))
	if err := t.Engine.Lloyd(sums, centroids, 1); err != nil {
		return err
	}
	t.note(kind, number, sums, centroids)
	return nil
}

func (t *tracer) note(kind string, number int, sums []kmeans.Sum, centroids []kmeans.Point) {
	if t.norm == nil {
		norm := kmeans.Norm(t.points, t.weights)
		t.norm = &norm
	}
	t.trace = append(t.trace, traced{kind, number, kmeans.Cost(*t.norm, sums, centroids)})
}

// convergence gives a trace in the unit of the mean squared error or, where points are
// not colours, relative to the seeds' error.
func convergence(trace []traced, space quantize.Space, pixels uint64, q *quantize.Quantized) (rows []Convergence, unit string) {
	unit = "mse"
	const levels = 1 << (kmeans.CoordinateBits - 8) // of a point in sRGB, for one of a colour
	one := float64(levels*levels) * float64(max(1, pixels))
	if space != quantize.SRGB {
		unit, one = "relative", 1
		if len(trace) > 0 && trace[0].cost > 0 {
			one = float64(trace[0].cost)
		}
	}
	for _, t := range trace {
		rows = append(rows, Convergence{t.kind, t.number, float64(t.cost) / one})
	}
	if space == quantize.SRGB && len(rows) > 0 {
		rows = append(rows, Convergence{kindPalette, 0, q.MSE})
	}
	return rows, unit
}
