package kmeans

import (
	"fmt"
	"runtime"
	"sync"
)

// A CPU is the Engine that runs on the processor. The zero value is ready to
// use, on as many threads as GOMAXPROCS says.
type CPU struct {
	Workers int // threads at most in the methods; 0 means GOMAXPROCS

	tree    tree
	total   uint64   // weight of all points
	before  []uint64 // weight before each leaf, made at the first mini-batch
	batch   batch
	scratch []walker
	loads   int
	closed  bool
}

// Loads implements Engine.
func (e *CPU) Loads() int { return e.loads }

// Load implements Engine. It keeps the slices.
func (e *CPU) Load(points []Point, weights []uint32) error {
	if e.closed {
		return ErrClosed
	}
	e.loads++
	e.total, e.before = 0, e.before[:0]
	if len(points) != len(weights) {
		e.tree.build(nil, nil, 1)
		return CheckPoints(points, weights)
	}
	e.tree.build(points, weights, e.workers())
	var largest uint16
	top := e.tree.levels[len(e.tree.levels)-1]
	for i := range top {
		e.total += top[i].sum.Count
		hi := top[i].hi
		largest = max(largest, hi[0], hi[1], hi[2], hi[3])
	}
	// The tree knows what CheckPoints would have to look for.
	err := checkRange(e.total, largest)
	if err != nil {
		e.total = 0
		e.tree.build(nil, nil, 1)
	}
	return err
}

// Close implements Engine.
func (e *CPU) Close() error {
	*e = CPU{closed: true}
	return nil
}

// Lloyd implements Engine.
func (e *CPU) Lloyd(sums []Sum, centroids []Point, passes int) error {
	if e.closed {
		return ErrClosed
	}
	if passes < 1 {
		return fmt.Errorf("kmeans: got %d passes, want at least 1", passes)
	}
	if err := CheckCentroids(centroids, len(sums), len(centroids)); err != nil {
		return err
	}
	for pass := range passes {
		if pass > 0 && !Move(centroids, sums) {
			break // all passes from here on are the same
		}
		e.accumulate(&e.tree, sums, centroids)
	}
	return nil
}

// Assign implements Engine.
func (e *CPU) Assign(index []uint8, centroids []Point) error {
	if e.closed {
		return ErrClosed
	}
	if err := CheckCentroids(centroids, len(index), len(e.tree.points)); err != nil {
		return err
	}
	e.walkAll(&e.tree, centroids, func(w *walker) visitor { return &assigner{w, index} })
	return nil
}

func (e *CPU) accumulate(t *tree, sums []Sum, centroids []Point) {
	clear(sums)
	used := e.walkAll(t, centroids, func(w *walker) visitor {
		clear(w.sums[:len(centroids)])
		return &summer{w}
	})
	for i := range used {
		for c := range sums {
			sums[c].addSum(&e.scratch[i].sums[c])
		}
	}
}

// walkAll walks the whole tree with every centroid, the nodes of its top level
// shared out among the workers, and returns how many of them there were.
func (e *CPU) walkAll(t *tree, centroids []Point, visit func(*walker) visitor) int {
	if len(t.levels) == 0 {
		return 0 // nothing was loaded yet
	}
	top := len(t.levels) - 1
	nodes := len(t.levels[top])
	// The top has at most fanOut nodes: too few to share out evenly.
	for top > 0 && nodes < 16*e.workers() {
		top--
		nodes = len(t.levels[top])
	}
	workers := min(e.workers(), ceilDiv(len(t.points), 2048))
	for len(e.scratch) < max(1, workers) {
		e.scratch = append(e.scratch, walker{})
	}
	for i := range workers {
		e.scratch[i].start(t, centroids)
	}
	visitors := make([]visitor, workers)
	for i := range visitors {
		visitors[i] = visit(&e.scratch[i])
	}
	parallel(nodes, workers, max(1, nodes/(8*max(1, workers))), func(worker, from, to int) {
		w := &e.scratch[worker]
		for i := from; i < to; i++ {
			t.walk(top, i, w.targets, w.lists, visitors[worker])
		}
	})
	return workers
}

func (e *CPU) workers() int {
	if e.Workers > 0 {
		return e.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// A walker is what one worker needs for a walk.
type walker struct {
	tree    *tree
	targets []target
	lists   [][]target // candidates, one list a level
	index   [leafSize]uint8
	sums    [MaxCentroids]Sum
}

func (w *walker) start(t *tree, centroids []Point) {
	w.tree = t
	w.targets = makeTargets(w.targets[:0], centroids)
	for len(w.lists) < len(t.levels) {
		w.lists = append(w.lists, make([]target, 0, MaxCentroids))
	}
}

// A summer adds every point to the sum of its nearest centroid.
type summer struct{ *walker }

func (s *summer) whole(n *node, _, _ int, centroid uint8) { s.sums[centroid].addSum(&n.sum) }

func (s *summer) each(from, to int, candidates []target) {
	index := s.index[:to-from]
	points, weights := s.tree.points[from:to], s.tree.weights[from:to]
	findNearest(index, points, candidates)
	for i, p := range points {
		s.sums[index[i]].Add(p, weights[i])
	}
}

// An assigner writes down the nearest centroid of every point.
type assigner struct {
	*walker
	index []uint8
}

func (a *assigner) whole(_ *node, from, to int, centroid uint8) {
	index := a.index[from:to]
	for i := range index {
		index[i] = centroid
	}
}

func (a *assigner) each(from, to int, candidates []target) {
	findNearest(a.index[from:to], a.tree.points[from:to], candidates)
}

// parallel calls f for all of [0, n) in pieces of the given size, on at most
// that many goroutines, each of which knows its number.
func parallel(n, workers, size int, f func(worker, from, to int)) {
	if workers <= 1 || n <= size {
		if n > 0 {
			f(0, 0, n)
		}
		return
	}
	pieces := make(chan int, ceilDiv(n, size))
	for from := 0; from < n; from += size {
		pieces <- from
	}
	close(pieces)
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for from := range pieces {
				f(worker, from, min(from+size, n))
			}
		})
	}
	wg.Wait()
}
