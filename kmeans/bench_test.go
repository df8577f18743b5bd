package kmeans

import (
	"context"
	"fmt"
	"sync"
	"testing"
)

// Benchmarks report points a second, by which runs on clouds of different
// sizes compare.
func pointsPerSecond(b *testing.B, n int) {
	b.Helper()
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "points/s")
}

func loaded(b *testing.B, d cloudData) *CPU {
	b.Helper()
	e := new(CPU)
	if err := e.Load(d.points, d.weights); err != nil {
		b.Fatal(err)
	}
	return e
}

// settled returns centroids as they are in the middle of a clustering: those of
// seeds would be pruned more easily or less.
func settled(b *testing.B, e *CPU, d cloudData, k int) []Point {
	b.Helper()
	points, weights := Coarsen(d.points, d.weights, 4096)
	centroids := wu(append([]Point(nil), points...), append([]uint32(nil), weights...), k)
	if err := e.Lloyd(make([]Sum, len(centroids)), centroids, 3); err != nil {
		b.Fatal(err)
	}
	return centroids
}

func BenchmarkLloyd(b *testing.B) {
	d := largePhoto()
	e := loaded(b, d)
	for _, k := range []int{16, 64, 256} {
		centroids := settled(b, e, d, k)
		sums := make([]Sum, len(centroids))
		b.Run(fmt.Sprintf("k=%d", k), func(b *testing.B) {
			for b.Loop() {
				if err := e.Lloyd(sums, centroids, 1); err != nil {
					b.Fatal(err)
				}
			}
			pointsPerSecond(b, len(d.points))
		})
	}
}

func BenchmarkAssign(b *testing.B) {
	d := largePhoto()
	e := loaded(b, d)
	index := make([]uint8, len(d.points))
	for _, k := range []int{16, 64, 256} {
		centroids := settled(b, e, d, k)
		b.Run(fmt.Sprintf("k=%d", k), func(b *testing.B) {
			for b.Loop() {
				if err := e.Assign(index, centroids); err != nil {
					b.Fatal(err)
				}
			}
			pointsPerSecond(b, len(d.points))
		})
	}
}

// BenchmarkMiniBatch counts the samples, not the points.
func BenchmarkMiniBatch(b *testing.B) {
	d := largePhoto()
	e := loaded(b, d)
	for _, k := range []int{16, 64, 256} {
		m := NewModel(settled(b, e, d, k), 64, DefaultBatchSize, 1)
		b.Run(fmt.Sprintf("k=%d", k), func(b *testing.B) {
			for b.Loop() {
				if err := e.MiniBatch(m, 1); err != nil {
					b.Fatal(err)
				}
			}
			pointsPerSecond(b, m.BatchSize)
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	d := largePhoto()
	e := new(CPU)
	for b.Loop() {
		if err := e.Load(d.points, d.weights); err != nil {
			b.Fatal(err)
		}
	}
	pointsPerSecond(b, len(d.points))
}

func BenchmarkCoarsen(b *testing.B) {
	d := largePhoto()
	for b.Loop() {
		Coarsen(d.points, d.weights, 8192)
	}
	pointsPerSecond(b, len(d.points))
}

var mediumPhoto = sync.OnceValue(func() cloudData { return photo(120_000, 5) })

func BenchmarkCluster(b *testing.B) {
	d := mediumPhoto()
	for _, effort := range []struct {
		name string
		Effort
	}{{"fast", Fast}, {"default", Default}, {"best", Best}} {
		for _, k := range []int{16, 64, 256} {
			b.Run(fmt.Sprintf("effort=%s/k=%d", effort.name, k), func(b *testing.B) {
				e := new(CPU)
				for b.Loop() {
					// A new cloud, for an old one keeps its coarse points.
					cloud, err := NewCloud(e, d.points, d.weights)
					if err != nil {
						b.Fatal(err)
					}
					if _, err := cloud.Cluster(context.Background(), Options{K: k, Effort: effort.Effort}); err != nil {
						b.Fatal(err)
					}
				}
				pointsPerSecond(b, len(d.points))
			})
		}
	}
}
