package kmeans

import (
	"math"
	"testing"
)

func TestCheckPoints(t *testing.T) {
	for axis := range 4 {
		points := []Point{{}, {}, {}}
		points[1][axis] = MaxCoordinate
		if err := CheckPoints(points, ones(3)); err != nil {
			t.Errorf("coordinate %d the largest: %v", axis, err)
		}
		points[1][axis]++
		if err := CheckPoints(points, ones(3)); err == nil {
			t.Errorf("coordinate %d too large: got no error", axis)
		}
	}
	const most = math.MaxUint32
	for _, c := range []struct {
		points  int
		weights []uint32
		right   bool
	}{
		{0, nil, true},
		{5, []uint32{most, most, most, most, 3}, true},
		{5, []uint32{most, most, most, most, 4}, false},
		{2, []uint32{1}, false},
		{2, []uint32{1, 1, 1}, false},
	} {
		if err := CheckPoints(make([]Point, c.points), c.weights); (err == nil) != c.right {
			t.Errorf("%d points of weights %v: got error %v", c.points, c.weights, err)
		}
	}
}

// TestCPUFailedLoad: after points that were refused there are none.
func TestCPUFailedLoad(t *testing.T) {
	for _, bad := range []cloudData{
		{[]Point{{MaxCoordinate + 1}}, ones(1)},
		{make([]Point, 2), ones(1)},
		{make([]Point, 5), []uint32{math.MaxUint32, math.MaxUint32, math.MaxUint32, math.MaxUint32, 4}},
	} {
		e := new(CPU)
		if err := e.Load(fewGroups().points, fewGroups().weights); err != nil {
			t.Fatal(err)
		}
		if err := e.Load(bad.points, bad.weights); err == nil {
			t.Fatal("got no error")
		}
		sums, centroids := make([]Sum, 2), make([]Point, 2)
		m := NewModel(centroids, 1, 64, 1)
		if err := e.Lloyd(sums, centroids, 1); err != nil || sums[0] != (Sum{}) {
			t.Errorf("Lloyd: got %v and error %v, want nothing", sums, err)
		}
		if err := e.Assign(nil, centroids); err != nil {
			t.Errorf("Assign: %v", err)
		}
		if err := e.MiniBatch(m, 3); err != nil || m.Step != 3 || m.Count[0] != 1 {
			t.Errorf("MiniBatch: got %+v and error %v, want only steps", m, err)
		}
	}
}
