package kmeans

import (
	"context"
	"math"
	"math/bits"
	"slices"
)

// A Cloud is weighted points, loaded into an engine and ready to be clustered,
// again and again with other options.
type Cloud struct {
	engine  Engine
	points  []Point
	weights []uint32
	norm    uint64
	loads   int             // of the engine, when it had loaded the points
	coarse  map[int]*search // by the limit of points
}

// A Result is a clustering.
type Result struct {
	Centroids []Point  // at most k, the fixed ones first; fewer if there are fewer distinct points
	Counts    []uint64 // the weight of each cluster in the last pass
	Cost      uint64   // squared error in the last pass, before the centroids moved to the means it found
	Steps     int      // mini-batch steps taken
	Passes    int      // full passes made over all points
	Converged bool     // the last pass moved no centroid, or lowered the error by less than the tolerance
}

// NewCloud loads the points into the engine, and does so again if the engine was
// used for others in the meantime. The slices must not change while the cloud is
// in use. The engine is not closed.
func NewCloud(engine Engine, points []Point, weights []uint32) (*Cloud, error) {
	c := &Cloud{engine: engine, points: points, weights: weights, coarse: map[int]*search{}}
	if err := c.load(); err != nil {
		return nil, err
	}
	c.norm = Norm(points, weights)
	return c, nil
}

func (c *Cloud) load() error {
	if c.loads > 0 && c.engine.Loads() == c.loads {
		return nil
	}
	if err := c.engine.Load(c.points, c.weights); err != nil {
		return err
	}
	c.loads = c.engine.Loads()
	return nil
}

// Assign writes the index of the nearest centroid of point i to index[i].
func (c *Cloud) Assign(index []uint8, centroids []Point) error {
	if err := c.load(); err != nil {
		return err
	}
	return c.engine.Assign(index, centroids)
}

// Cluster finds the centroids that represent the points with little error: it
// chooses seeds, relocates those that are of little use, takes mini-batch steps
// and makes full passes. The same options give the same result on every engine.
func (c *Cloud) Cluster(ctx context.Context, o Options) (*Result, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := c.load(); err != nil {
		return nil, err
	}
	if distinct := c.distinct(o); distinct != nil {
		return c.measure(distinct)
	}
	if len(o.Fixed) == o.K {
		return c.measure(slices.Clone(o.Fixed))
	}
	e := efforts[o.Effort]
	centroids, err := c.seed(ctx, e, o)
	if err != nil {
		return nil, err
	}
	r := new(Result)
	if o.Algorithm == MiniBatch {
		if centroids, err = c.miniBatch(ctx, e, o, r, centroids); err != nil {
			return nil, err
		}
	}
	if e.finer > 0 {
		s, err := c.search(o, max(e.finer, e.coarse*o.K))
		if err != nil {
			return nil, err
		}
		centroids, err = s.improve(ctx, centroids, e.again, func(done float64) { o.Progress(e.seedShare() + (0.95-e.seedShare())*done) })
		if err != nil {
			return nil, err
		}
	}
	if err := c.lloyd(ctx, o, r, centroids); err != nil {
		return nil, err
	}
	return r, nil
}

// distinct returns the fixed centroids and the points themselves if these are at most
// k together.
func (c *Cloud) distinct(o Options) []Point {
	k := o.K
	seen := make(map[Point]bool, k+1)
	points := append(make([]Point, 0, k), o.Fixed...)
	for _, p := range o.Fixed {
		seen[p] = true
	}
	for i, p := range c.points {
		if c.weights[i] == 0 || seen[p] {
			continue
		}
		if len(points) == k {
			return nil
		}
		seen[p] = true
		points = append(points, p)
	}
	return points
}

func (c *Cloud) measure(centroids []Point) (*Result, error) {
	r := &Result{Centroids: centroids, Converged: true}
	if len(centroids) == 0 {
		return r, nil
	}
	sums := make([]Sum, len(centroids))
	if err := c.engine.Lloyd(sums, centroids, 1); err != nil {
		return nil, err
	}
	r.Passes = 1
	r.record(c.norm, sums, centroids)
	return r, nil
}

func (r *Result) record(norm uint64, sums []Sum, centroids []Point) {
	r.Cost = Cost(norm, sums, centroids)
	r.Counts = r.Counts[:0]
	for i := range sums {
		r.Counts = append(r.Counts, sums[i].Count)
	}
}

// search returns the search on at most about limit coarse points, rounded up to
// a power of two: all numbers of centroids have to do with a few searches.
func (c *Cloud) search(o Options, limit int) (*search, error) {
	limit = 1 << bits.Len(uint(limit-1))
	s := c.coarse[limit]
	if s == nil {
		points, weights := Coarsen(c.points, c.weights, limit)
		var err error
		if s, err = newSearch(points, weights); err != nil {
			return nil, err
		}
		c.coarse[limit] = s
	}
	s.fixed = len(o.Fixed)
	return s, nil
}

// fewestCoarse is the least number of coarse points to ask for: with fewer, a
// search is no faster.
const fewestCoarse = 4096

// seed chooses k centroids on coarse points and relocates them, from as many
// starts as the effort asks for, and returns the best.
func (c *Cloud) seed(ctx context.Context, e effort, o Options) ([]Point, error) {
	s, err := c.search(o, max(fewestCoarse, e.coarse*o.K))
	if err != nil {
		return nil, err
	}
	var best []Point
	least := uint64(math.MaxUint64)
	for start := range e.starts {
		seeds, err := s.fill(s.start(o, start), o.K)
		if err != nil {
			return nil, err
		}
		seeds, err = s.improve(ctx, seeds, e.plan, func(done float64) {
			o.Progress(e.seedShare() * (float64(start) + done) / float64(e.starts))
		})
		if err != nil {
			return nil, err
		}
		if s.cost < least {
			best, least = seeds, s.cost
		}
	}
	return best, nil
}

// seedShare is the share of seeding in the whole work.
func (e effort) seedShare() float64 {
	if e.finer > 0 {
		return 0.2
	}
	return 0.9
}

// start returns the first centroids, by the method asked for or, for later
// starts, by k-means++, which draws others each time. Only the latter looks at what is
// fixed; what Wu's method chooses beside that is relocated.
func (s *search) start(o Options, start int) []Point {
	if o.Init == PlusPlus || start > 0 {
		return plusPlus(s.points, s.weights, o.K, o.Seed+uint64(start), o.Fixed)
	}
	return append(slices.Clone(o.Fixed), wu(slices.Clone(s.points), slices.Clone(s.weights), o.K-len(o.Fixed))...)
}

func (c *Cloud) miniBatch(ctx context.Context, e effort, o Options, r *Result, centroids []Point) ([]Point, error) {
	// As if each seed had seen some samples: it is better than that many
	// samples could make it, and the first ones must not carry it off.
	const seen = 64
	m := NewModel(centroids, seen, o.BatchSize, o.Seed)
	stride := 16 // steps between two looks at the context, for which a GPU has to stop
	fixed := slices.Clone(m.Position[:len(o.Fixed)])
	if len(fixed) > 0 {
		stride = 1
	}
	for r.Steps < ceilDiv(e.samples, o.BatchSize) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		steps := min(stride, ceilDiv(e.samples, o.BatchSize)-r.Steps)
		if err := c.engine.MiniBatch(m, steps); err != nil {
			return nil, err
		}
		copy(m.Position, fixed)
		r.Steps += steps
	}
	return m.Centroids(), nil
}

// lloyd makes full passes until the error stops falling, and leaves the
// centroids at the means of the last one. If centroids have lost all their
// points, they get others, which are worth a pass beyond the limit.
func (c *Cloud) lloyd(ctx context.Context, o Options, r *Result, centroids []Point) error {
	stride := 2 // passes between two looks at the error, for which a GPU has to stop
	fixed := len(o.Fixed)
	if fixed > 0 {
		stride = 1 // the engine would move them
	}
	refills := 4 // at most: new centroids may lose their points too
	sums := make([]Sum, len(centroids))
	last := c.norm
	for limit := o.MaxPasses; r.Passes < limit && !r.Converged; {
		if err := ctx.Err(); err != nil {
			return err
		}
		passes := min(stride, limit-r.Passes)
		if err := c.engine.Lloyd(sums, centroids, passes); err != nil {
			return err
		}
		r.Passes += passes
		r.record(c.norm, sums, centroids)
		r.Converged = !Move(centroids[fixed:], sums[fixed:]) ||
			r.Cost >= last || float64(last-r.Cost) < o.Tolerance*float64(passes)*float64(r.Cost)
		last = r.Cost
		if refills > 0 && slices.Contains(r.Counts[fixed:], 0) {
			if err := c.refill(o, &centroids); err != nil {
				return err
			}
			sums = make([]Sum, len(centroids))
			r.Converged = false
			limit = max(limit, r.Passes+1)
			refills--
		}
	}
	r.Centroids = centroids
	return nil
}

// refill gives centroids that lost all their points new ones.
func (c *Cloud) refill(o Options, centroids *[]Point) error {
	s, err := c.search(o, max(fewestCoarse, efforts[o.Effort].coarse*o.K))
	if err != nil {
		return err
	}
	*centroids, err = s.fill(*centroids, o.K)
	return err
}
