package enginetest

import (
	"errors"
	"math"
	"math/big"
	"math/bits"
	"slices"

	"kompress/kmeans"
)

// A reference is the engine that the others are measured against: slow, and
// correct at a glance. It shares nothing with kmeans but types and limits.
type reference struct {
	points  []kmeans.Point
	weights []uint32
	loads   int
	closed  bool
}

var errArgument = errors.New("an argument is wrong")

func (r *reference) Load(points []kmeans.Point, weights []uint32) error {
	if r.closed {
		return kmeans.ErrClosed
	}
	r.loads++
	total := new(big.Int)
	for _, w := range weights {
		total.Add(total, big.NewInt(int64(w)))
	}
	if len(points) != len(weights) || total.Cmp(big.NewInt(kmeans.MaxWeight)) > 0 || !inRange(points) {
		return errArgument
	}
	r.points, r.weights = slices.Clone(points), slices.Clone(weights)
	return nil
}

func (r *reference) Loads() int { return r.loads }

func (r *reference) Close() error {
	r.closed = true
	return nil
}

func (r *reference) Lloyd(sums []kmeans.Sum, centroids []kmeans.Point, passes int) error {
	if r.closed {
		return kmeans.ErrClosed
	}
	if len(sums) != len(centroids) || !validCentroids(centroids) || passes < 1 {
		return errArgument
	}
	for pass := range passes {
		if pass > 0 {
			for i, s := range sums {
				if s.Count > 0 {
					centroids[i] = mean(s)
				}
			}
		}
		copy(sums, sumClusters(r.points, r.weights, centroids))
	}
	return nil
}

func (r *reference) Assign(index []uint8, centroids []kmeans.Point) error {
	if r.closed {
		return kmeans.ErrClosed
	}
	if len(index) != len(r.points) || !validCentroids(centroids) {
		return errArgument
	}
	for i, p := range r.points {
		index[i] = uint8(nearest(p, centroids))
	}
	return nil
}

func (r *reference) MiniBatch(m *kmeans.Model, steps int) error {
	if r.closed {
		return kmeans.ErrClosed
	}
	if !validModel(m) {
		return errArgument
	}
	total := uint64(0)
	for _, w := range r.weights {
		total += uint64(w)
	}
	for range steps {
		if total > 0 {
			batch := make([]kmeans.Point, m.BatchSize)
			for i := range batch {
				batch[i] = r.pointAbove(sampleTarget(m, i, total))
			}
			update(m, sumClusters(batch, slices.Repeat([]uint32{1}, len(batch)), roundPositions(m)))
		}
		m.Step++
	}
	return nil
}

// pointAbove returns the first point whose cumulative weight is above the target.
func (r *reference) pointAbove(target uint64) kmeans.Point {
	sum := uint64(0)
	for i, w := range r.weights {
		if sum += uint64(w); sum > target {
			return r.points[i]
		}
	}
	panic("enginetest: target is not below the total weight")
}

func inRange(points []kmeans.Point) bool {
	for _, p := range points {
		for _, v := range p {
			if v > kmeans.MaxCoordinate {
				return false
			}
		}
	}
	return true
}

func validCentroids(centroids []kmeans.Point) bool {
	return len(centroids) >= 1 && len(centroids) <= kmeans.MaxCentroids && inRange(centroids)
}

func validModel(m *kmeans.Model) bool {
	for _, p := range m.Position {
		for _, v := range p {
			if v >= (kmeans.MaxCoordinate+1)<<kmeans.FractionBits {
				return false
			}
		}
	}
	return len(m.Position) >= 1 && len(m.Position) <= kmeans.MaxCentroids && len(m.Count) == len(m.Position) &&
		m.BatchSize >= 1 && m.BatchSize <= kmeans.MaxBatchSize
}

// nearest returns the first of the nearest centroids.
func nearest(p kmeans.Point, centroids []kmeans.Point) int {
	best, least := 0, int64(math.MaxInt64)
	for i, c := range centroids {
		var distance int64
		for j := range p {
			d := int64(p[j]) - int64(c[j])
			distance += d * d
		}
		if distance < least {
			best, least = i, distance
		}
	}
	return best
}

func sumClusters(points []kmeans.Point, weights []uint32, centroids []kmeans.Point) []kmeans.Sum {
	sums := make([]kmeans.Sum, len(centroids))
	for i, p := range points {
		s := &sums[nearest(p, centroids)]
		for j, v := range p {
			s.Total[j] += uint64(weights[i]) * uint64(v)
		}
		s.Count += uint64(weights[i])
	}
	return sums
}

// mean rounds half up: ⌊total/count + ½⌋ = ⌊(2·total + count) / (2·count)⌋.
func mean(s kmeans.Sum) (p kmeans.Point) {
	for j, total := range s.Total {
		p[j] = uint16((2*total + s.Count) / (2 * s.Count))
	}
	return p
}

// roundPositions rounds half up, but not past the largest coordinate.
func roundPositions(m *kmeans.Model) []kmeans.Point {
	const unit = 1 << kmeans.FractionBits
	centroids := make([]kmeans.Point, len(m.Position))
	for i, position := range m.Position {
		for j, v := range position {
			rounded := v / unit
			if v%unit >= unit/2 && rounded < kmeans.MaxCoordinate {
				rounded++
			}
			centroids[i][j] = uint16(rounded)
		}
	}
	return centroids
}

// update moves every centroid that got samples to (c·q + s) / (q + m), rounded
// half up, with q = ⌊√n⌋ of the count n that includes the m samples.
func update(m *kmeans.Model, sums []kmeans.Sum) {
	for i, s := range sums {
		if s.Count == 0 {
			continue
		}
		count := uint64(m.Count[i]) + s.Count
		if count > math.MaxUint32 {
			count = math.MaxUint32
		}
		m.Count[i] = uint32(count)
		q := new(big.Int).Sqrt(new(big.Int).SetUint64(count))
		below := new(big.Int).Add(q, new(big.Int).SetUint64(s.Count))
		for j := range m.Position[i] {
			above := new(big.Int).SetUint64(s.Total[j])
			above.Lsh(above, kmeans.FractionBits)
			above.Add(above, new(big.Int).Mul(big.NewInt(int64(m.Position[i][j])), q))
			above.Lsh(above, 1).Add(above, below)
			m.Position[i][j] = uint32(above.Quo(above, new(big.Int).Lsh(below, 1)).Uint64())
		}
	}
}

// sampleTarget cuts the numbers below 2⁶⁴ into BatchSize equal parts, takes the
// place in part i that 64 random bits say, and scales it to the total weight.
func sampleTarget(m *kmeans.Model, i int, total uint64) uint64 {
	high, low := pcg4d(uint32(m.Seed&0xffffffff), uint32(m.Seed>>32), m.Step, uint32(i))
	random := uint64(high)*(1<<32) + uint64(low)
	part := uint64(math.MaxUint64) / uint64(m.BatchSize)
	return scale(uint64(i)*part+scale(random, part), total)
}

// scale returns ⌊x·y / 2⁶⁴⌋.
func scale(x, y uint64) uint64 {
	high, _ := bits.Mul64(x, y)
	return high
}

// pcg4d is listed in Jarzynski and Olano, "Hash Functions for GPU Rendering"
// (JCGT 9(3), 2020). Only the first two words of its result are used.
func pcg4d(x, y, z, w uint32) (uint32, uint32) {
	v := [4]uint32{x, y, z, w}
	for i := range v {
		v[i] = v[i]*1664525 + 1013904223
	}
	mix := func() {
		v[0] += v[1] * v[3]
		v[1] += v[2] * v[0]
		v[2] += v[0] * v[1]
		v[3] += v[1] * v[2]
	}
	mix()
	for i := range v {
		v[i] ^= v[i] >> 16
	}
	mix()
	return v[0], v[1]
}
