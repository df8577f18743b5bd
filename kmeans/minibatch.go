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
		leaf, point := 0, 0
		sum := uint64(e.tree.weights[0]) // up to the point and with it
		for i := from; i < to; i++ {
			target := m.SampleTarget(i, e.total)
			if n := e.leafAbove(target, e.before[leaf:]); n > 0 {
				leaf += n
				point = leaf * leafSize
				sum = e.before[leaf] + uint64(e.tree.weights[point])
			}
			for sum <= target {
				point++
				sum += uint64(e.tree.weights[point])
			}
			e.batch.points[i] = e.tree.points[point]
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

func (e *CPU) sumLeaves() {
	sum := uint64(0)
	leaves := e.tree.levels[0]
	e.before = resize(e.before, len(leaves))
	for i := range leaves {
		e.before[i] = sum
		sum += leaves[i].sum.Count
	}
}
