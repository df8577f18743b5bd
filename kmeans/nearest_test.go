package kmeans

import (
	"fmt"
	"testing"
)

func TestNearestPlain(t *testing.T) {
	leaveOutWithRace(t)
	t.Cleanup(SetVector(false))
	testNearest(t)
}

// testNearest compares findNearest with the slow search for all small lengths.
func testNearest(t *testing.T) {
	ks := []int{255, 256}
	for k := range 20 {
		ks = append(ks, k+1)
	}
	for _, limit := range []int{2, 4, 300, MaxCoordinate + 1} {
		for _, k := range ks {
			s := splitmix(k)
			points, centroids := s.points(200, limit), s.points(k, limit)
			if limit == 2 { // the corners of the space
				stretch(points)
				stretch(centroids)
			}
			compareNearest(t, fmt.Sprintf("limit=%d k=%d", limit, k), points, centroids)
		}
	}
}

func stretch(points []Point) {
	for i := range points {
		for j := range points[i] {
			points[i][j] *= MaxCoordinate
		}
	}
}

func compareNearest(t *testing.T, name string, points, centroids []Point) {
	t.Helper()
	const guard = 0xa5
	want := make([]uint8, len(points))
	for i, p := range points {
		c, _ := slowNearest(p, centroids)
		want[i] = uint8(c)
	}
	targets := makeTargets(nil, centroids)
	index := make([]uint8, len(points)+1)
	for n := range len(points) + 1 {
		for i := range index {
			index[i] = guard
		}
		findNearest(index[:n], points[:n], targets)
		for i := range index {
			switch {
			case i < n && index[i] != want[i]:
				t.Fatalf("%s: %d points: point %d: got %d, want %d", name, n, i, index[i], want[i])
			case i >= n && index[i] != guard:
				t.Fatalf("%s: %d points: wrote past the end, at %d", name, n, i)
			}
		}
	}
}

// TestNearestIDs has targets whose ids are not their places, as pruning leaves
// them.
func TestNearestIDs(t *testing.T) {
	s := splitmix(1)
	points, centroids := s.points(64, 100), s.points(60, 100)
	var some []target
	var at []int
	for i, target := range makeTargets(nil, centroids) {
		if i%3 == 1 {
			some, at = append(some, target), append(at, i)
		}
	}
	index := make([]uint8, len(points))
	findNearest(index, points, some)
	for i, p := range points {
		kept := make([]Point, len(at))
		for j := range at {
			kept[j] = centroids[at[j]]
		}
		if c, _ := slowNearest(p, kept); int(index[i]) != at[c] {
			t.Errorf("point %d: got %d, want %d", i, index[i], at[c])
		}
	}
}
