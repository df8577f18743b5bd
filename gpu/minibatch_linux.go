//go:build cgo

package gpu

import (
	"math"

	"kompress/kmeans"
)

// MiniBatch implements kmeans.Engine. All steps are taken on the device; the model
// goes there and comes back once.
func (e *Engine) MiniBatch(m *kmeans.Model, steps int) error {
	if e.thread == nil {
		return kmeans.ErrClosed
	}
	if err := m.Check(); err != nil {
		return err
	}
	if steps = max(0, steps); steps == 0 || e.total == 0 {
		m.Step += uint32(steps)
		return nil
	}
	k := len(m.Position)
	positions, seen := make([][4]uint32, k), make([]uint32, k)
	err := e.do(func(t *thread) error {
		e.sum(t)
		e.setModel(t, m)
		for step := range steps {
			e.step(t, m, m.Step+uint32(step))
		}
		t.readAll(&e.down, &e.positions, bytesOf(positions))
		t.readAll(&e.down, &e.seen, bytesOf(seen))
		t.finish(&e.down)
		return nil
	})
	if err != nil {
		return err
	}
	copy(m.Position, positions)
	copy(m.Count, seen)
	m.Step += uint32(steps)
	return nil
}

// sum finds the weight before each tile, once for the points.
func (e *Engine) sum(t *thread) {
	if e.summed {
		return
	}
	tiles := ceilDiv(e.cloud.n, tile)
	t.grow(&e.before, (tiles+1)*8)
	t.dispatch("scan", 1, []view{e.before.first((tiles + 1) * 8), e.cloud.sums.first(tiles * tileSum * 8)},
		u32("count", tiles), u32("stride", tileSum), u32("place", weight))
	e.summed = t.err == nil
}

func (e *Engine) setModel(t *thread, m *kmeans.Model) {
	t.grow(&e.positions, kmeans.MaxCentroids*16)
	t.grow(&e.seen, kmeans.MaxCentroids*4)
	t.reshape(&e.batch, m.BatchSize)
	e.setCentroids(t, m.Centroids())
	t.writeAll(&e.up, &e.positions, bytesOf(m.Position))
	t.writeAll(&e.up, &e.seen, bytesOf(m.Count))
}

func (e *Engine) step(t *thread, m *kmeans.Model, number uint32) {
	e.sample(t, m, number)
	e.findTiles(t, &e.batch)
	k := len(m.Position)
	e.accumulate(t, &e.batch, k)
	t.dispatch("update", 1, []view{
		e.centroids.first(k * pointBytes), e.sums.first(k * sumBytes),
		e.positions.first(k * 16), e.seen.first(k * 4),
	}, u32("k", k))
}

// sample fills the batch, from one slice of the points after the other.
func (e *Engine) sample(t *thread, m *kmeans.Model, number uint32) {
	c, b := &e.cloud, &e.batch
	tiles := ceilDiv(c.n, tile)
	e.slices(c, func(first, n int) {
		t.dispatch("sample", ceilDiv(m.BatchSize, drawShare), []view{
			c.viewPoints(first, n), c.viewWeights(first, n), e.before.first((tiles + 1) * 8),
			b.viewPoints(0, m.BatchSize).always(), b.viewWeights(0, m.BatchSize).always(),
		}, u32("batchSize", m.BatchSize), u32("stepNumber", int(number)),
			u32("firstTile", first/tile), u32("endTile", first/tile+ceilDiv(n, tile)),
			u64("seed", m.Seed), u64("part", math.MaxUint64/uint64(m.BatchSize)), u64("total", e.total))
	})
}
