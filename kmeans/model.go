package kmeans

import (
	"fmt"
	"math"
	"math/bits"
)

// FractionBits is how much finer than a Point a Model keeps its centroids, so
// that steps shorter than a coordinate's unit are not lost.
const FractionBits = 8

// MaxBatchSize is the largest number of samples in a mini-batch step.
const MaxBatchSize = 1 << 20

// A Model is the state of mini-batch k-means (Sculley 2010), with a learning
// rate that falls with the square root of what a centroid has seen (Thompson,
// Celebi and Buck 2020) and not with its count, at which it freezes early.
//
// A step draws BatchSize samples by weight (see SampleTarget), assigns each to
// the nearest of the Centroids and moves each centroid c that got m > 0 samples
// of sum s to
//
//	(c·q + s) / (q + m)    with q = ⌊√n⌋
//
// where n, its Count, already includes the m samples: for m = 1 that is a
// learning rate of about 1/√n, and it stays below 1 for any m. Positions are
// kept with FractionBits of fraction, rounded half up.
type Model struct {
	Position  [][4]uint32 // centroids: coordinates << FractionBits
	Count     []uint32    // samples that each centroid has seen; stops at 2³²-1
	BatchSize int         // samples a step, 1 to MaxBatchSize
	Seed      uint64
	Step      uint32 // steps taken so far; part of the random counter
}

// NewModel returns a model that starts at the given centroids, each as if it
// had seen count samples already.
func NewModel(centroids []Point, count uint32, batchSize int, seed uint64) *Model {
	m := &Model{
		Position:  make([][4]uint32, len(centroids)),
		Count:     make([]uint32, len(centroids)),
		BatchSize: batchSize,
		Seed:      seed,
	}
	for i, c := range centroids {
		m.Count[i] = count
		for j, v := range c {
			m.Position[i][j] = uint32(v) << FractionBits
		}
	}
	return m
}

// Centroids rounds the positions to points.
func (m *Model) Centroids() []Point {
	centroids := make([]Point, len(m.Position))
	for i, p := range m.Position {
		for j, v := range p {
			centroids[i][j] = uint16(min((v+1<<(FractionBits-1))>>FractionBits, MaxCoordinate))
		}
	}
	return centroids
}

// Update moves the centroids by what a step's samples summed to, and counts
// the step. Engines without a reason to do it elsewhere call it.
func (m *Model) Update(sums []Sum) {
	for i := range sums {
		if s := &sums[i]; s.Count > 0 {
			m.move(i, s)
		}
	}
	m.Step++
}

func (m *Model) move(i int, s *Sum) {
	m.Count[i] = uint32(min(uint64(m.Count[i])+s.Count, math.MaxUint32))
	q := uint64(isqrt(m.Count[i]))
	for j, old := range m.Position[i] {
		// Below 2²²·2¹⁶ + 2²⁰·2²²: far from 64 bits.
		n := uint64(old)*q + s.Total[j]<<FractionBits
		m.Position[i][j] = uint32((n + (q+s.Count)/2) / (q + s.Count))
	}
}

// Check returns an error unless MiniBatch may be called with m.
func (m *Model) Check() error {
	if m.BatchSize < 1 || m.BatchSize > MaxBatchSize {
		return fmt.Errorf("kmeans: got a batch size of %d, want 1 to %d", m.BatchSize, MaxBatchSize)
	}
	if len(m.Count) != len(m.Position) {
		return fmt.Errorf("kmeans: got %d counts for %d centroids, want as many", len(m.Count), len(m.Position))
	}
	for i, p := range m.Position {
		if max(p[0], p[1], p[2], p[3])>>FractionBits > MaxCoordinate {
			return fmt.Errorf("kmeans: position %d is %v, want coordinates of at most %d<<%d", i, p, MaxCoordinate, FractionBits)
		}
	}
	return CheckCentroids(m.Centroids(), len(m.Count), len(m.Position))
}

// SampleTarget says which point is sample i of the model's next step: the
// first whose cumulative weight, itself included, is above the target. Samples
// are stratified: the total weight is cut into BatchSize equal parts and sample
// i falls somewhere in part i, which lowers the variance and gives the samples
// in the order of the points.
func (m *Model) SampleTarget(i int, total uint64) uint64 {
	part := math.MaxUint64 / uint64(m.BatchSize) // a fraction of 2⁶⁴
	inside, _ := bits.Mul64(random(m.Seed, m.Step, uint32(i)), part)
	target, _ := bits.Mul64(uint64(i)*part+inside, total)
	return target
}

// isqrt returns ⌊√n⌋, bit by bit, as a shader does it.
func isqrt(n uint32) uint32 {
	var root uint32
	for bit := uint32(1) << 15; bit > 0; bit >>= 1 {
		if t := root | bit; t*t <= n {
			root = t
		}
	}
	return root
}
