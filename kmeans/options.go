package kmeans

import "fmt"

// Defaults of Options.
const (
	DefaultK         = 16
	DefaultBatchSize = 4096
	DefaultTolerance = 1e-5
)

// An Algorithm is what moves the centroids once they are seeded.
type Algorithm int

const (
	// MiniBatch takes mini-batch steps, then makes full passes.
	MiniBatch Algorithm = iota
	// Lloyd makes full passes only. Seeds are relocated all the same: what is
	// left out are the mini-batch steps.
	Lloyd
)

// An Effort is how hard to look for a lower error. How much they differ is in
// docs/quality.md.
type Effort int

const (
	// Default finds errors about 0.5 % above the lowest known ones.
	Default Effort = iota
	// Fast takes half the time and is about 1 % above them.
	Fast
	// Best takes a second or more and is about 0.1 % above them.
	Best
)

// An Init is how to choose the first centroids.
type Init int

const (
	// Wu cuts the colours into boxes of least variance (Wu 1991).
	Wu Init = iota
	// PlusPlus draws colours far from each other: greedy k-means++ (Arthur and
	// Vassilvitskii 2007).
	PlusPlus
)

// Options tune a clustering. The zero value is ready to use.
type Options struct {
	K         int       // number of centroids, 1 to MaxCentroids; 0 means DefaultK
	Algorithm Algorithm // default MiniBatch
	Effort    Effort    // default Default
	Init      Init      // default Wu
	BatchSize int       // samples in a mini-batch step, 1 to MaxBatchSize; 0 means DefaultBatchSize
	MaxPasses int       // full passes at most; 0 means what the effort asks for (2, 6, 100)
	Tolerance float64   // full passes end when one lowers the error by less than this share of it; 0 means DefaultTolerance
	Seed      uint64    // of all random numbers

	// Fixed centroids take part in every assignment but never move; the others are
	// found around them. They are the first ones of the result and count towards K, which
	// is not less. Passes and mini-batch steps are then handed to the engine one by one.
	Fixed []Point

	// Progress, if not nil, is called now and then with the share of the work
	// that is done, 0 to 1, from the goroutine that called Cluster.
	Progress func(done float64)
}

// effort is what an Effort stands for. The numbers are measured: see
// docs/quality.md.
type effort struct {
	coarse  int // coarse points for each centroid in the first search
	starts  int // of the first search
	plan    plan
	samples int // that mini-batches take together
	finer   int // coarse points in the second search; 0 means there is none
	again   plan
	passes  int
}

var efforts = map[Effort]effort{
	Fast: {
		coarse: 32, starts: 1, plan: plan{rounds: 8, patience: 2, passes: 4},
		samples: 32 << 10, passes: 2,
	},
	Default: {
		coarse: 32, starts: 1, plan: plan{rounds: 60, patience: 8, passes: 8},
		samples: 64 << 10, passes: 6,
	},
	Best: {
		coarse: 32, starts: 6, plan: plan{rounds: 60, patience: 8, passes: 8},
		samples: 64 << 10,
		finer:   32 << 10, again: plan{rounds: 600, patience: 128, passes: 12},
		passes: 100,
	},
}

// Check returns an error unless Cluster may be called with the options.
func (o Options) Check() error {
	_, err := o.withDefaults()
	return err
}

// withDefaults checks the options and fills in what is 0.
func (o Options) withDefaults() (Options, error) {
	if o.K == 0 {
		o.K = DefaultK
	}
	if o.BatchSize == 0 {
		o.BatchSize = DefaultBatchSize
	}
	if o.Tolerance == 0 {
		o.Tolerance = DefaultTolerance
	}
	e, known := efforts[o.Effort]
	if o.MaxPasses == 0 {
		o.MaxPasses = e.passes
	}
	if o.Progress == nil {
		o.Progress = func(float64) {}
	}
	switch {
	case o.K < 1 || o.K > MaxCentroids:
		return o, fmt.Errorf("kmeans: got k = %d, want 1 to %d", o.K, MaxCentroids)
	case o.Algorithm != MiniBatch && o.Algorithm != Lloyd:
		return o, fmt.Errorf("kmeans: got algorithm %d, want MiniBatch or Lloyd", o.Algorithm)
	case !known:
		return o, fmt.Errorf("kmeans: got effort %d, want Default, Fast or Best", o.Effort)
	case o.Init != Wu && o.Init != PlusPlus:
		return o, fmt.Errorf("kmeans: got init %d, want Wu or PlusPlus", o.Init)
	case o.BatchSize < 1 || o.BatchSize > MaxBatchSize:
		return o, fmt.Errorf("kmeans: got a batch size of %d, want 1 to %d", o.BatchSize, MaxBatchSize)
	case o.MaxPasses < 0:
		return o, fmt.Errorf("kmeans: got %d passes, want at least 1", o.MaxPasses)
	case len(o.Fixed) > o.K:
		return o, fmt.Errorf("kmeans: got %d fixed centroids, want at most k = %d", len(o.Fixed), o.K)
	case !(o.Tolerance > 0 && o.Tolerance < 1):
		return o, fmt.Errorf("kmeans: got a tolerance of %v, want more than 0 and less than 1", o.Tolerance)
	}
	if len(o.Fixed) > 0 {
		return o, CheckCentroids(o.Fixed, len(o.Fixed), len(o.Fixed))
	}
	return o, nil
}
