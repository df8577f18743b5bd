package enginetest

import (
	"fmt"
	"math"
	"slices"

	"kompress/kmeans"
)

// batchCases are sizes of mini-batches and numbers of steps.
func batchCases() []testCase {
	var cs []testCase
	for i, batch := range []int{1, 2, 7, 63, 64, 65, 255, 256, 257, 1000, 4096, 4097} {
		for _, steps := range []int{1, 2, 5} {
			k := []int{1, 3, 16, 64, 256}[(i+steps)%5]
			cs = append(cs, batchCase(batch, steps, k))
		}
	}
	return append(cs,
		testCase{name: "a batch larger than the points", run: func(s *script) {
			s.load(s.random(10), s.pixels(10))
			s.miniBatch(kmeans.NewModel(s.random(3), 0, 5000, 1), 3)
		}},
		testCase{name: "a large batch of one point", run: func(s *script) {
			// Totals of a step that pass 32 bits.
			s.load(same(1, kmeans.Point{top, top, top, top}), ones(1))
			s.miniBatch(kmeans.NewModel(same(2, kmeans.Point{1}), 1, 300_000, 1), 1)
		}},
		borderCase(64, 1000), borderCase(257, 77777), borderCase(31, 1<<32+1), borderCase(64, kmeans.MaxWeight),
		testCase{name: "no steps", run: func(s *script) {
			s.load(s.random(100), ones(100))
			s.miniBatch(kmeans.NewModel(s.random(2), 1, 64, 1), 0)
		}},
	)
}

func batchCase(batch, steps, k int) testCase {
	return testCase{
		name: fmt.Sprintf("batch of %d, %d steps, k=%d", batch, steps, k),
		run: func(s *script) {
			points := morton(s.clusters(1100))
			s.load(points, s.pixels(len(points)))
			m := kmeans.NewModel(s.clusters(k), 64, batch, s.rand.Uint64())
			m = s.miniBatch(m, steps)
			s.miniBatch(m, 1)
		},
	}
}

// borderCase has a point of weight 1 at every target, so that a target that is
// wrong by 1 samples another point.
func borderCase(batch int, total uint64) testCase {
	return testCase{
		name: fmt.Sprintf("targets on the borders of points, batch of %d, total %d", batch, total),
		run: func(s *script) {
			m := kmeans.NewModel(s.random(16), 64, batch, s.rand.Uint64())
			var weights []uint32
			sum := uint64(0)
			reach := func(end uint64) {
				if end >= sum {
					weights = append(weights, uint32(end-sum))
					sum = end
				}
			}
			for i := range batch {
				target := sampleTarget(m, i, total)
				reach(target)
				reach(target + 1)
			}
			reach(total)
			s.load(s.random(len(weights)), weights)
			s.miniBatch(m, 1)
		},
	}
}

// modelCases are models in states that NewModel does not make.
func modelCases() []testCase {
	return slices.Concat(countCases(), positionCases(), seedCases(), stateCases())
}

func countCases() []testCase {
	return []testCase{
		modelCase("a count that stops at the largest", func(_ *script, m *kmeans.Model) {
			for i := range m.Count {
				m.Count[i] = math.MaxUint32 - uint32(20*i)
			}
		}),
		modelCase("counts of 0", func(_ *script, m *kmeans.Model) { clear(m.Count) }),
		modelCase("counts around squares", func(_ *script, m *kmeans.Model) {
			for i := range m.Count {
				root := uint32(1) << (i % 16)
				m.Count[i] = root*root - uint32(i%3)
			}
		}),
		modelCase("counts that differ", func(s *script, m *kmeans.Model) {
			for i := range m.Count {
				m.Count[i] = s.rand.Uint32() >> s.rand.UintN(32)
			}
		}),
	}
}

func positionCases() []testCase {
	return []testCase{
		modelCase("positions with a fraction", func(s *script, m *kmeans.Model) {
			for i := range m.Position {
				for j := range m.Position[i] {
					m.Position[i][j] = uint32(s.rand.UintN((top + 1) << kmeans.FractionBits))
				}
			}
		}),
		modelCase("positions past the largest coordinate", func(_ *script, m *kmeans.Model) {
			for i := range m.Position {
				m.Position[i] = [4]uint32{top<<8 | 255, top<<8 | 128, top<<8 | 127, top << 8}
			}
		}),
		modelCase("positions half-way between coordinates", func(_ *script, m *kmeans.Model) {
			for i := range m.Position {
				for j := range m.Position[i] {
					m.Position[i][j] |= 127 + uint32(i+j)%3
				}
			}
		}),
	}
}

func seedCases() []testCase {
	return []testCase{
		modelCase("a seed of 0", func(_ *script, m *kmeans.Model) { m.Seed = 0 }),
		modelCase("a seed of high bits only", func(_ *script, m *kmeans.Model) { m.Seed = 7 << 32 }),
		modelCase("the largest seed", func(_ *script, m *kmeans.Model) { m.Seed = math.MaxUint64 }),
		modelCase("a later step", func(_ *script, m *kmeans.Model) { m.Step = 123456789 }),
		modelCase("steps that wrap around", func(_ *script, m *kmeans.Model) { m.Step = math.MaxUint32 - 1 }),
	}
}

func modelCase(name string, change func(*script, *kmeans.Model)) testCase {
	return testCase{name: name, run: func(s *script) {
		s.load(morton(s.clusters(800)), s.pixels(800))
		m := kmeans.NewModel(s.clusters(17), 64, 200, 5)
		change(s, m)
		s.miniBatch(m, 3)
	}}
}

// stateCases follow a model through several calls.
func stateCases() []testCase {
	return []testCase{
		{name: "five steps are five times a step", run: func(s *script) {
			s.load(s.clusters(800), s.pixels(800))
			m := kmeans.NewModel(s.clusters(8), 64, 100, 5)
			s.miniBatch(m, 5)
			for range 5 {
				m = s.miniBatch(m, 1)
			}
		}},
		{name: "two models in turn", run: func(s *script) {
			s.load(s.clusters(800), s.pixels(800))
			m, n := kmeans.NewModel(s.clusters(8), 64, 100, 5), kmeans.NewModel(s.clusters(31), 1, 33, 6)
			for range 3 {
				m, n = s.miniBatch(m, 1), s.miniBatch(n, 2)
			}
		}},
		{name: "a model outlives its points", run: func(s *script) {
			s.load(s.clusters(800), s.pixels(800))
			m := s.miniBatch(kmeans.NewModel(s.clusters(8), 64, 100, 5), 2)
			s.load(s.clusters(300), s.pixels(300))
			m = s.miniBatch(m, 2)
			s.load(nil, nil)
			m = s.miniBatch(m, 2)
			s.load(s.clusters(3000), s.pixels(3000))
			s.miniBatch(m, 2)
		}},
		{name: "slow decay", run: func(s *script) {
			s.load(morton(s.clusters(800)), s.pixels(800))
			s.miniBatch(kmeans.NewModel(s.clusters(16), 0, 16, 9), 60)
		}},
	}
}
