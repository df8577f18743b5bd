// Package kmeans clusters weighted points by k-means, exactly and repeatably.
//
// Points are small integer vectors and all sums are integers, so that the
// order of additions cannot matter: the same options and the same seed give
// the same centroids on every machine, for any number of threads and on every
// Engine.
package kmeans

import (
	"errors"
	"fmt"
)

const (
	// CoordinateBits is the width of one coordinate of a Point. With 14 bits
	// the squared distance of two points is at most 4·16383² < 2³⁰, which
	// leaves signed 32-bit arithmetic a bit to spare.
	CoordinateBits = 14

	// MaxCoordinate is the largest coordinate of a Point.
	MaxCoordinate = 1<<CoordinateBits - 1

	// MaxCentroids is the largest number of centroids: an index is one byte.
	MaxCentroids = 256

	// MaxWeight bounds the sum of all weights, so that the sum of weighted
	// squared norms, below MaxWeight·2³⁰, fits 64 bits.
	MaxWeight = 1<<34 - 1
)

// ErrClosed is what a closed Engine answers.
var ErrClosed = errors.New("kmeans: engine is closed")

// A Point is a colour in the clustering space. Every coordinate is at most
// MaxCoordinate; spaces of fewer dimensions leave the last ones 0.
type Point [4]uint16

// A Sum is what one cluster gathered in a pass over the points.
type Sum struct {
	Total [4]uint64 // sum of weight · coordinate
	Count uint64    // sum of weights
}

// An Engine holds weighted points and runs the data-parallel steps of k-means
// over them. Results are exact: every engine returns the same bits. A point at
// equal distance from several centroids belongs to the first of them.
//
// After an error a call may be made again, on this engine or another: sums and
// indices may then hold anything, but centroids and models are as they were.
//
// An Engine is not safe for concurrent use. The number of centroids in a call
// is 1 to MaxCentroids. No call may change the points.
type Engine interface {
	// Load replaces the points, of which a new engine has none. Weights are as
	// many as points and sum to at most MaxWeight; a weight of 0 is allowed. The engine may keep the slices
	// until the next Load or Close, and the caller must not change them until
	// then: a large image has 200 MB of them, too much to copy for nothing.
	// Engines are fastest where points near each other in the slice are near
	// each other in space.
	Load(points []Point, weights []uint32) error

	// Loads returns how many times Load has been called, with or without an
	// error. By it, those who share an engine know whether it still holds their
	// points. After an error it may hold none.
	Loads() int

	// MiniBatch advances the model by the given number of steps, each of them
	// sample, assign and update. See Model for the arithmetic. With a total
	// weight of 0 the model does not change, but for its Step.
	MiniBatch(m *Model, steps int) error

	// Lloyd makes full passes: each overwrites sums[i] with the sum of the
	// points nearest centroids[i], and before each but the first the centroids
	// Move. So centroids are left as they were in the last pass, and sums are
	// what that pass found. The two slices have the same length; there is at
	// least one pass.
	Lloyd(sums []Sum, centroids []Point, passes int) error

	// Assign writes the index of the nearest centroid of point i to index[i].
	// There are as many indices as points.
	Assign(index []uint8, centroids []Point) error

	// Close releases what the engine holds. It may be called twice; all other
	// calls then answer ErrClosed.
	Close() error
}

// CheckPoints returns an error unless Load may be called with these points.
func CheckPoints(points []Point, weights []uint32) error {
	if len(points) != len(weights) {
		return fmt.Errorf("kmeans: got %d weights for %d points, want as many", len(weights), len(points))
	}
	var total uint64
	var largest uint16
	for i, p := range points {
		total += uint64(weights[i])
		largest = max(largest, p[0], p[1], p[2], p[3])
	}
	return checkRange(total, largest)
}

func checkRange(total uint64, largest uint16) error {
	if total > MaxWeight {
		return fmt.Errorf("kmeans: weights sum to %d, want at most %d", total, uint64(MaxWeight))
	}
	if largest > MaxCoordinate {
		return fmt.Errorf("kmeans: got a coordinate of %d, want at most %d", largest, MaxCoordinate)
	}
	return nil
}

// CheckCentroids returns an error unless a pass may be made with these
// centroids and a result of that length, which has to be want.
func CheckCentroids(centroids []Point, length, want int) error {
	if k := len(centroids); k < 1 || k > MaxCentroids {
		return fmt.Errorf("kmeans: got %d centroids, want 1 to %d", k, MaxCentroids)
	}
	if length != want {
		return fmt.Errorf("kmeans: got a result of length %d, want %d", length, want)
	}
	for i, c := range centroids {
		if c[0]|c[1]|c[2]|c[3] > MaxCoordinate {
			return fmt.Errorf("kmeans: centroid %d is %v, want coordinates of at most %d", i, c, MaxCoordinate)
		}
	}
	return nil
}

// Mean returns the centre of the cluster, rounded to the nearest point, and
// false if the cluster has no weight.
func (s *Sum) Mean() (p Point, ok bool) {
	if s.Count == 0 {
		return p, false
	}
	for i, t := range s.Total {
		p[i] = uint16((t + s.Count/2) / s.Count)
	}
	return p, true
}

func (s *Sum) addSum(t *Sum) {
	for i, v := range t.Total {
		s.Total[i] += v
	}
	s.Count += t.Count
}

// Add adds a point of the given weight.
func (s *Sum) Add(p Point, weight uint32) {
	w := uint64(weight)
	s.Total[0] += w * uint64(p[0])
	s.Total[1] += w * uint64(p[1])
	s.Total[2] += w * uint64(p[2])
	s.Total[3] += w * uint64(p[3])
	s.Count += w
}
