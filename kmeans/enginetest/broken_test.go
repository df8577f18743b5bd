package enginetest

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"testing"

	"kompress/kmeans"
)

// A broken engine is the CPU's with one step replaced by a wrong one. Steps that
// are nil are right.
type broken struct {
	all, batch      kmeans.CPU // the CPU keeps points for passes over all of them, and over a batch
	points          []kmeans.Point
	cumulative      []uint64
	fault           string
	load            func(*broken, []kmeans.Point, []uint32) error
	pass            func(*kmeans.CPU, []kmeans.Sum, []kmeans.Point) error
	move            func([]kmeans.Point, []kmeans.Sum)
	afterLast       func([]kmeans.Point, []kmeans.Sum)
	assign          func(*kmeans.CPU, []uint8, []kmeans.Point) error
	target          func(m *kmeans.Model, i int, total uint64) uint64
	pick            func(b *broken, target uint64) int
	update          func(*kmeans.Model, []kmeans.Sum)
	batchSize       func(*kmeans.Model) int
	empty           func(*kmeans.Model)
	loads           func(*broken) int
	isShut          bool
	openAfterClosed bool
}

func (b *broken) Load(points []kmeans.Point, weights []uint32) error {
	if b.load != nil {
		return b.load(b, points, weights)
	}
	return b.loadRight(points, weights)
}

func (b *broken) Loads() int {
	if b.loads != nil {
		return b.loads(b)
	}
	return b.all.Loads()
}

func (b *broken) loadRight(points []kmeans.Point, weights []uint32) error {
	if err := b.all.Load(points, weights); err != nil {
		return err
	}
	b.points, b.cumulative = points, nil
	sum := uint64(0)
	for _, w := range weights {
		sum += uint64(w)
		b.cumulative = append(b.cumulative, sum)
	}
	return nil
}

func (b *broken) Lloyd(sums []kmeans.Sum, centroids []kmeans.Point, passes int) error {
	if b.isShut && b.openAfterClosed {
		return nil
	}
	if passes < 1 {
		return b.all.Lloyd(sums, centroids, passes)
	}
	for pass := range passes {
		if pass > 0 && b.move != nil {
			b.move(centroids, sums)
		} else if pass > 0 {
			kmeans.Move(centroids, sums)
		}
		if err := b.onePass(&b.all, sums, centroids); err != nil {
			return err
		}
	}
	if b.afterLast != nil {
		b.afterLast(centroids, sums)
	}
	return nil
}

func (b *broken) onePass(e *kmeans.CPU, sums []kmeans.Sum, centroids []kmeans.Point) error {
	if b.pass != nil {
		return b.pass(e, sums, centroids)
	}
	return e.Lloyd(sums, centroids, 1)
}

func (b *broken) Assign(index []uint8, centroids []kmeans.Point) error {
	if b.assign != nil {
		return b.assign(&b.all, index, centroids)
	}
	return b.all.Assign(index, centroids)
}

func (b *broken) MiniBatch(m *kmeans.Model, steps int) error {
	// For the checks of the arguments.
	if err := b.all.MiniBatch(m, 0); err != nil {
		return err
	}
	for range steps {
		if err := b.step(m); err != nil {
			return err
		}
	}
	return nil
}

func (b *broken) step(m *kmeans.Model) error {
	if len(b.cumulative) == 0 || b.cumulative[len(b.cumulative)-1] == 0 {
		if b.empty != nil {
			b.empty(m)
		} else {
			m.Step++
		}
		return nil
	}
	batch := b.sample(m)
	if err := b.batch.Load(batch, ones(len(batch))); err != nil {
		return err
	}
	sums := make([]kmeans.Sum, len(m.Position))
	if err := b.onePass(&b.batch, sums, m.Centroids()); err != nil {
		return err
	}
	if b.update != nil {
		b.update(m, sums)
	} else {
		m.Update(sums)
	}
	return nil
}

func (b *broken) sample(m *kmeans.Model) []kmeans.Point {
	n := m.BatchSize
	if b.batchSize != nil {
		n = b.batchSize(m)
	}
	batch := make([]kmeans.Point, n)
	for i := range batch {
		total := b.cumulative[len(b.cumulative)-1]
		target := m.SampleTarget(i, total)
		if b.target != nil {
			target = b.target(m, i, total)
		}
		if b.pick != nil {
			batch[i] = b.points[b.pick(b, target)]
		} else {
			batch[i] = b.points[b.above(target)]
		}
	}
	return batch
}

func (b *broken) above(target uint64) int {
	return sort.Search(len(b.points), func(i int) bool { return b.cumulative[i] > target })
}

func (b *broken) Close() error {
	b.isShut = true
	return b.all.Close()
}

func TestCheckAcceptsTheReference(t *testing.T) {
	leaveOutWithRace(t)
	Run(t, func() kmeans.Engine { return new(reference) })
}

func TestCheckAcceptsTheCPU(t *testing.T) {
	leaveOutWithRace(t)
	if err := Check(new(kmeans.CPU)); err != nil {
		t.Error(err)
	}
	if err := CheckNew(new(kmeans.CPU)); err != nil {
		t.Error(err)
	}
	if err := CheckClose(new(kmeans.CPU)); err != nil {
		t.Error(err)
	}
}

// TestCheckAcceptsWhole makes sure that the broken engines are refused for
// their faults and not for what they are made of.
func TestCheckAcceptsWhole(t *testing.T) {
	leaveOutWithRace(t)
	if err := checkAll(new(broken)); err != nil {
		t.Fatal(err)
	}
}

func TestCheckRefusesBroken(t *testing.T) {
	leaveOutWithRace(t)
	faults := slices.Concat(
		passFaults(), assignFaults(), moveFaults(), sampleFaults(), rateFaults(), modelFaults(), loadFaults(), stateFaults(),
	)
	if len(faults) < 15 {
		t.Errorf("got %d broken engines, want at least 15", len(faults))
	}
	for _, b := range faults {
		t.Run(b.fault, func(t *testing.T) {
			err := checkAll(b)
			if err == nil {
				t.Fatal("the broken engine was accepted")
			}
			t.Log(err)
		})
	}
}

// leaveOutWithRace skips what has no more threads than TestCPU of kmeans, which runs
// with the race detector.
func leaveOutWithRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("left out with the race detector")
	}
}

func checkAll(b *broken) error {
	if err := Check(b); err != nil {
		return err
	}
	return CheckClose(b)
}

func TestCaseNames(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range slices.Concat(allCases()...) {
		if seen[c.name] {
			t.Errorf("two cases are called %q", c.name)
		}
		seen[c.name] = true
	}
	if len(seen) < 60 {
		t.Errorf("got %d cases, want at least 60", len(seen))
	}
}

// each returns a pass that is right but for what change does to every sum.
func each(change func(*kmeans.Sum)) func(*kmeans.CPU, []kmeans.Sum, []kmeans.Point) error {
	return func(e *kmeans.CPU, sums []kmeans.Sum, centroids []kmeans.Point) error {
		err := e.Lloyd(sums, centroids, 1)
		for i := range sums {
			change(&sums[i])
		}
		return err
	}
}

func passFaults() []*broken {
	return []*broken{
		{fault: "the last of the nearest centroids wins a pass", pass: lastWins},
		{fault: "totals wrap around at 32 bits", pass: each(func(s *kmeans.Sum) {
			for j := range s.Total {
				s.Total[j] &= math.MaxUint32
			}
		})},
		{fault: "totals wrap around at 40 bits", pass: each(func(s *kmeans.Sum) {
			for j := range s.Total {
				s.Total[j] &= 1<<40 - 1
			}
		})},
		{fault: "counts wrap around at 32 bits", pass: each(func(s *kmeans.Sum) { s.Count &= math.MaxUint32 })},
		{fault: "the fourth coordinate is not summed", pass: each(func(s *kmeans.Sum) { s.Total[3] = 0 })},
		{fault: "sums are added to stale ones", pass: func(e *kmeans.CPU, sums []kmeans.Sum, centroids []kmeans.Point) error {
			fresh := make([]kmeans.Sum, len(sums))
			err := e.Lloyd(fresh, centroids, 1)
			for i := range fresh {
				for j, v := range fresh[i].Total {
					sums[i].Total[j] += v
				}
				sums[i].Count += fresh[i].Count
			}
			return err
		}},
		{fault: "sums of empty clusters stay stale", pass: func(e *kmeans.CPU, sums []kmeans.Sum, centroids []kmeans.Point) error {
			stale := slices.Clone(sums)
			err := e.Lloyd(sums, centroids, 1)
			for i := range sums {
				if sums[i].Count == 0 {
					sums[i] = stale[i]
				}
			}
			return err
		}},
	}
}

func assignFaults() []*broken {
	return []*broken{
		{fault: "the last of the nearest centroids wins an assignment", assign: lastWinsAssign},
		{fault: "the fourth coordinate does not count in a distance", assign: func(e *kmeans.CPU, index []uint8, centroids []kmeans.Point) error {
			return e.Assign(index, withoutFourth(centroids))
		}},
		{fault: "index 255 becomes 254", assign: func(e *kmeans.CPU, index []uint8, centroids []kmeans.Point) error {
			err := e.Assign(index, centroids)
			for i := range index {
				index[i] = min(index[i], 254)
			}
			return err
		}},
		{fault: "the last centroid of a full palette is never nearest", assign: func(e *kmeans.CPU, index []uint8, centroids []kmeans.Point) error {
			if len(centroids) != kmeans.MaxCentroids {
				return e.Assign(index, centroids)
			}
			return e.Assign(index, centroids[:255])
		}},
		{fault: "the last index is not written if the points are odd", assign: func(e *kmeans.CPU, index []uint8, centroids []kmeans.Point) error {
			last := uint8(0)
			if len(index)%2 == 1 {
				last = index[len(index)-1]
			}
			err := e.Assign(index, centroids)
			if len(index)%2 == 1 {
				index[len(index)-1] = last
			}
			return err
		}},
	}
}

// lastWins turns the centroids round, so that the first one is the last.
func lastWins(e *kmeans.CPU, sums []kmeans.Sum, centroids []kmeans.Point) error {
	turned := slices.Clone(centroids)
	slices.Reverse(turned)
	err := e.Lloyd(sums, turned, 1)
	slices.Reverse(sums)
	return err
}

func lastWinsAssign(e *kmeans.CPU, index []uint8, centroids []kmeans.Point) error {
	turned := slices.Clone(centroids)
	slices.Reverse(turned)
	err := e.Assign(index, turned)
	for i := range index {
		index[i] = uint8(len(centroids)-1) - index[i]
	}
	return err
}

func withoutFourth(points []kmeans.Point) []kmeans.Point { return flat(slices.Clone(points)) }

func moveFaults() []*broken {
	return []*broken{
		{fault: "an empty cluster's centroid moves to the origin", move: func(centroids []kmeans.Point, sums []kmeans.Sum) {
			for i := range sums {
				centroids[i], _ = sums[i].Mean()
			}
		}},
		{fault: "centroids move after the last pass too", afterLast: func(centroids []kmeans.Point, sums []kmeans.Sum) {
			kmeans.Move(centroids, sums)
		}},
		{fault: "centroids do not move", move: func([]kmeans.Point, []kmeans.Sum) {}},
		{fault: "means are rounded down", move: func(centroids []kmeans.Point, sums []kmeans.Sum) {
			moveBy(centroids, sums, func(total, count uint64) uint64 { return total / count })
		}},
		{fault: "means that end in a half are rounded down", move: func(centroids []kmeans.Point, sums []kmeans.Sum) {
			moveBy(centroids, sums, func(total, count uint64) uint64 { return (total + (count-1)/2) / count })
		}},
		{fault: "means are rounded up", move: func(centroids []kmeans.Point, sums []kmeans.Sum) {
			moveBy(centroids, sums, func(total, count uint64) uint64 { return (total + count - 1) / count })
		}},
		{fault: "means are divided in single precision", move: func(centroids []kmeans.Point, sums []kmeans.Sum) {
			moveBy(centroids, sums, func(total, count uint64) uint64 { return uint64(float32(total)/float32(count) + 0.5) })
		}},
	}
}

func moveBy(centroids []kmeans.Point, sums []kmeans.Sum, divide func(total, count uint64) uint64) {
	for i, s := range sums {
		for j, total := range s.Total {
			if s.Count > 0 {
				centroids[i][j] = uint16(divide(total, s.Count))
			}
		}
	}
}

func sampleFaults() []*broken {
	return []*broken{
		{fault: "the hash has a wrong constant", target: func(m *kmeans.Model, i int, total uint64) uint64 {
			a, b := pcg4d(uint32(m.Seed), uint32(m.Seed>>32), m.Step+1, uint32(i))
			part := math.MaxUint64 / uint64(m.BatchSize)
			return scale(uint64(i)*part+scale(uint64(a)<<32|uint64(b), part), total)
		}},
		{fault: "the upper half of the seed is forgotten", target: func(m *kmeans.Model, i int, total uint64) uint64 {
			low := *m
			low.Seed &= math.MaxUint32
			return low.SampleTarget(i, total)
		}},
		{fault: "samples are not stratified", target: func(m *kmeans.Model, i int, total uint64) uint64 {
			a, b := pcg4d(uint32(m.Seed), uint32(m.Seed>>32), m.Step, uint32(i))
			return scale(uint64(a)<<32|uint64(b), total)
		}},
		{fault: "targets have only 32 random bits", target: func(m *kmeans.Model, i int, total uint64) uint64 {
			a, _ := pcg4d(uint32(m.Seed), uint32(m.Seed>>32), m.Step, uint32(i))
			part := math.MaxUint64 / uint64(m.BatchSize)
			return scale(uint64(i)*part+scale(uint64(a)<<32, part), total)
		}},
		{fault: "points are sampled without regard to weight", pick: func(b *broken, target uint64) int {
			total := b.cumulative[len(b.cumulative)-1]
			return int(scale(uint64(len(b.points)), math.MaxUint64/total*target))
		}},
		{fault: "a target on a border takes the point before it", pick: func(b *broken, target uint64) int {
			return sort.Search(len(b.points)-1, func(i int) bool { return b.cumulative[i] >= target })
		}},
		{fault: "the last sample is missing", batchSize: func(m *kmeans.Model) int { return m.BatchSize - 1 }},
		{fault: "samples after a multiple of 64 are missing", batchSize: func(m *kmeans.Model) int {
			if m.BatchSize < 64 {
				return m.BatchSize
			}
			return m.BatchSize &^ 63
		}},
	}
}

func rateFaults() []*broken {
	return []*broken{
		{fault: "the learning rate is 1/count", update: func(m *kmeans.Model, sums []kmeans.Sum) {
			updateBy(m, sums, func(i int, count uint64) uint64 { return uint64(m.Count[i]) - count })
		}},
		{fault: "the learning rate leaves the step's samples out", update: func(m *kmeans.Model, sums []kmeans.Sum) {
			updateBy(m, sums, func(i int, count uint64) uint64 {
				return uint64(math.Sqrt(float64(uint64(m.Count[i]) - count)))
			})
		}},
		{fault: "the root is rounded to the nearest", update: func(m *kmeans.Model, sums []kmeans.Sum) {
			updateBy(m, sums, func(i int, _ uint64) uint64 { return uint64(math.Sqrt(float64(m.Count[i])) + 0.5) })
		}},
	}
}

func modelFaults() []*broken {
	return []*broken{
		{fault: "the count does not advance", update: func(m *kmeans.Model, sums []kmeans.Sum) {
			before := slices.Clone(m.Count)
			m.Update(sums)
			copy(m.Count, before)
		}},
		{fault: "the count wraps around", update: func(m *kmeans.Model, sums []kmeans.Sum) {
			before := slices.Clone(m.Count)
			m.Update(sums)
			for i := range before {
				m.Count[i] = before[i] + uint32(sums[i].Count)
			}
		}},
		{fault: "the step does not advance", update: func(m *kmeans.Model, sums []kmeans.Sum) {
			m.Update(sums)
			m.Step--
		}},
		{fault: "the step does not advance without weight", empty: func(*kmeans.Model) {}},
		{fault: "positions lose their fraction", update: func(m *kmeans.Model, sums []kmeans.Sum) {
			m.Update(sums)
			for i := range m.Position {
				for j := range m.Position[i] {
					m.Position[i][j] &^= 1<<kmeans.FractionBits - 1
				}
			}
		}},
	}
}

// updateBy is Model.Update with another q.
func updateBy(m *kmeans.Model, sums []kmeans.Sum, root func(i int, count uint64) uint64) {
	for i, s := range sums {
		if s.Count == 0 {
			continue
		}
		m.Count[i] = uint32(min(uint64(m.Count[i])+s.Count, math.MaxUint32))
		q := root(i, s.Count)
		for j, old := range m.Position[i] {
			n := uint64(old)*q + s.Total[j]<<kmeans.FractionBits
			m.Position[i][j] = uint32((n + (q+s.Count)/2) / (q + s.Count))
		}
	}
	m.Step++
}

func loadFaults() []*broken {
	shorter := func(n func(int) int) func(*broken, []kmeans.Point, []uint32) error {
		return func(b *broken, points []kmeans.Point, weights []uint32) error {
			if len(points) != len(weights) {
				return fmt.Errorf("got %d weights for %d points", len(weights), len(points))
			}
			// The rest stays, for Assign, but weighs nothing.
			weights = slices.Clone(weights)
			clear(weights[n(len(points)):])
			return b.loadRight(points, weights)
		}
	}
	return []*broken{
		{fault: "the last point is dropped", load: shorter(func(n int) int { return max(0, n-1) })},
		{fault: "points after a multiple of 64 are dropped", load: shorter(func(n int) int { return n &^ 63 })},
		{fault: "points after 65536 are dropped", load: shorter(func(n int) int { return min(n, 65536) })},
		{fault: "a coordinate too large is accepted", load: func(b *broken, points []kmeans.Point, weights []uint32) error {
			points = slices.Clone(points)
			for i := range points {
				points[i][3] &= top
			}
			return b.loadRight(points, weights)
		}},
	}
}

func stateFaults() []*broken {
	return []*broken{
		{fault: "old points stay after a second Load of as many", load: func(b *broken, points []kmeans.Point, weights []uint32) error {
			if len(points) > 0 && len(points) == len(b.points) {
				points = slices.Clone(b.points)
				if kmeans.CheckPoints(points, weights) != nil {
					points = make([]kmeans.Point, len(points))
				}
			}
			return b.loadRight(points, weights)
		}},
		{fault: "old sample weights stay after a second Load", load: func(b *broken, points []kmeans.Point, weights []uint32) error {
			before := b.cumulative
			err := b.loadRight(points, weights)
			if len(before) == len(points) {
				b.cumulative = before
			}
			return err
		}},
		{fault: "weights change", load: func(b *broken, points []kmeans.Point, weights []uint32) error {
			err := b.loadRight(points, slices.Clone(weights))
			if err == nil && len(weights) > 100 {
				weights[100]++
			}
			return err
		}},
		{fault: "points change", load: func(b *broken, points []kmeans.Point, weights []uint32) error {
			err := b.loadRight(slices.Clone(points), weights)
			if err == nil && len(points) > 2000 {
				points[2000], points[1999] = points[1999], points[2000]
			}
			return err
		}},
		{fault: "loads are not counted", loads: func(*broken) int { return 0 }},
		{fault: "every second load is counted", loads: func(b *broken) int { return b.all.Loads() / 2 }},
		{fault: "no error after Close", openAfterClosed: true},
	}
}
