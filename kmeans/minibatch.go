package kmeans

import "sort"

// A batch is the points that a mini-batch step sampled, as a tree of their own.
type batch struct {
	points  []Point
	weights []uint32
	tree    tree
	sums    []Sum
}

// MiniBatch implements Engine.
func (e *CPU) MiniBatch(m *Model, steps int) error {
	if e.closed {
		return ErrClosed
	}
	if err := m.Check(); err != nil {
		return err
	}
	e.batch.resize(m)
	for range steps {
		if e.total == 0 {
			m.Step++
			continue
		}
		e.sample(m)
		e.batch.tree.build(e.batch.points, e.batch.weights, 1)
		e.accumulate(&e.batch.tree, e.batch.sums, m.Centroids())
		m.Update(e.batch.sums)
	}
	return nil
}

func (b *batch) resize(m *Model) {
	b.points = resize(b.points, m.BatchSize)
	b.weights = resize(b.weights, m.BatchSize)
	for i := range b.weights {
		b.weights[i] = 1
	}
	b.sums = resize(b.sums, len(m.Position))
}

// sample fills the batch. Samples come in the order of the points, because
// their targets rise, so that the batch's tree is as tight as it can be.
func (e *CPU) sample(m *Model) {
	if len(e.before) == 0 {
		e.sumLeaves()
	}
	parallel(m.BatchSize, e.workers(), 1024, func(_, from, to int) {
		leaf := 0
		for i := from; i < to; i++ {
			target := m.SampleTarget(i, e.total)
			leaf += e.leafAbove(target, e.before[leaf:])
			e.batch.points[i] = e.pointAbove(target, leaf)
		}
	})
}

// leafAbove returns the number of the leaf, counted from the first of before,
// that holds the target. It gallops, for the next sample is rarely far.
func (e *CPU) leafAbove(target uint64, before []uint64) int {
	end := 1
	for end < len(before) && before[end] <= target {
		end *= 2
	}
	lo := end / 2
	hi := min(end, len(before))
	return lo + sort.Search(hi-lo, func(i int) bool { return before[lo+i] > target }) - 1
}

func (e *CPU) pointAbove(target uint64, leaf int) Point {
	sum := e.before[leaf]
	i := leaf * leafSize
	for sum += uint64(e.tree.weights[i]); sum <= target; sum += uint64(e.tree.weights[i]) {
		i++
	}
	return e.tree.points[i]
}

func (e *CPU) sumLeaves() {
	sum := uint64(0)
	leaves := e.tree.levels[0]
	e.before = resize(e.before, len(leaves))
	for i := range leaves {
		e.before[i] = sum
		sum += leaves[i].sum.Count
	}
}
