package kmeans

import "testing"

// TestPrune: a pruned list still has the nearest centroid of every point of the
// box, and in boxes that are small against the centroids' distances it is short.
func TestPrune(t *testing.T) {
	s := splitmix(40)
	for _, size := range []int{1, 5, 300, MaxCoordinate + 1} {
		short := 0
		for range 200 {
			limit := max(4, size)
			corner := s.point(MaxCoordinate + 2 - limit)
			points := s.points(30, limit)
			for i := range points {
				for j := range points[i] {
					points[i][j] += corner[j]
				}
			}
			centroids := s.points(50, MaxCoordinate+1)
			if size == 5 { // ties
				centroids = points
			}
			var tr tree
			tr.build(points, ones(len(points)), 1)
			kept := tr.levels[0][0].prune(nil, makeTargets(nil, centroids))
			ids := map[int]bool{}
			for i := range kept {
				ids[int(kept[i].id)] = true
			}
			for _, p := range points {
				if c, _ := slowNearest(p, centroids); !ids[c] {
					t.Fatalf("size %d: point %v lost its centroid %d", size, p, c)
				}
			}
			if len(kept) < 5 {
				short++
			}
		}
		if size == 1 && short < 190 {
			t.Errorf("small boxes: only %d of 200 lists are short", short)
		}
	}
}

func TestBuildBounds(t *testing.T) {
	d := smallPhoto()
	var tr tree
	tr.build(d.points, d.weights, 2)
	for level := range tr.levels {
		var sum Sum
		for i := range tr.levels[level] {
			n := &tr.levels[level][i]
			from, to := tr.span(level, i)
			var own Sum
			for j, p := range d.points[from:to] {
				own.Add(p, d.weights[from+j])
				for c, v := range p {
					if v < n.lo[c] || v > n.hi[c] {
						t.Fatalf("level %d, node %d: %v is outside", level, i, p)
					}
				}
			}
			if own != n.sum {
				t.Fatalf("level %d, node %d: got the sum %v, want %v", level, i, n.sum, own)
			}
			sum.addSum(&own)
		}
		if sum != d.sumOf() {
			t.Errorf("level %d: got the sum %v", level, sum)
		}
	}
}
