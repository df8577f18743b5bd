package kmeans

import "math"

const (
	leafSize = 256 // points in a leaf: the pruning of a leaf's candidates pays from about a dozen
	fanOut   = 4   // children of an inner node
)

// A node bounds a run of consecutive points.
type node struct {
	lo, hi Point
	sum    Sum
}

// A tree is a bounding-volume hierarchy over runs of consecutive points, for
// the filtering algorithm of Kanungo et al., "An Efficient k-Means Clustering
// Algorithm" (IEEE PAMI 24(7), 2002): a pass goes down with the centroids that
// may be nearest for some point of the node, and where one is left the node's
// sums are added whole. It is exact for any order of the points and fast where
// consecutive points are near each other.
type tree struct {
	points  []Point
	weights []uint32
	levels  [][]node // levels[0] are the leaves, of leafSize points each
}

// build makes the nodes, reusing what memory t has.
func (t *tree) build(points []Point, weights []uint32, workers int) {
	t.points, t.weights = points, weights
	if len(t.levels) == 0 {
		t.levels = make([][]node, 1)
	}
	leaves := resize(t.levels[0], ceilDiv(len(points), leafSize))
	parallel(len(leaves), workers, 64, func(_, from, to int) {
		for i := from; i < to; i++ {
			leaves[i] = t.leaf(i)
		}
	})
	t.levels[0] = leaves
	depth := 1
	for below := leaves; len(below) > fanOut; depth++ {
		if depth == len(t.levels) {
			t.levels = append(t.levels, nil)
		}
		level := resize(t.levels[depth], ceilDiv(len(below), fanOut))
		for i := range level {
			level[i] = join(below[i*fanOut : min((i+1)*fanOut, len(below))])
		}
		t.levels[depth] = level
		below = level
	}
	t.levels = t.levels[:depth]
}

func (t *tree) leaf(i int) node {
	from, to := i*leafSize, min((i+1)*leafSize, len(t.points))
	n := node{lo: t.points[from], hi: t.points[from]}
	for j, p := range t.points[from:to] {
		n.lo, n.hi = lower(n.lo, p), upper(n.hi, p)
		n.sum.Add(p, t.weights[from+j])
	}
	return n
}

func join(children []node) node {
	n := children[0]
	for i := range children[1:] {
		c := &children[i+1]
		n.lo, n.hi = lower(n.lo, c.lo), upper(n.hi, c.hi)
		n.sum.addSum(&c.sum)
	}
	return n
}

func lower(a, b Point) Point {
	return Point{min(a[0], b[0]), min(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])}
}

func upper(a, b Point) Point {
	return Point{max(a[0], b[0]), max(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])}
}

// prune appends to kept those candidates, in their order, that are nearest for
// some place in the node's box. Ties go to the first centroid.
func (n *node) prune(kept, candidates []target) []target {
	b := n.central(candidates)
	lo0, lo1, lo2, lo3 := int32(n.lo[0]), int32(n.lo[1]), int32(n.lo[2]), int32(n.lo[3])
	hi0, hi1, hi2, hi3 := int32(n.hi[0]), int32(n.hi[1]), int32(n.hi[2]), int32(n.hi[3])
	b0, b1, b2, b3 := int32(b.minusTwice[0]), int32(b.minusTwice[1]), int32(b.minusTwice[2]), int32(b.minusTwice[3])
	for i := range candidates {
		c := &candidates[i]
		// How much farther than b the candidate is at the corner of the box
		// where it does best: it is no better at any other place.
		d0, d1, d2, d3 := int32(c.minusTwice[0])-b0, int32(c.minusTwice[1])-b1, int32(c.minusTwice[2])-b2, int32(c.minusTwice[3])-b3
		farther := c.norm - b.norm + min(d0*lo0, d0*hi0) + min(d1*lo1, d1*hi1) + min(d2*lo2, d2*hi2) + min(d3*lo3, d3*hi3)
		if farther < 0 || farther == 0 && c.id <= b.id {
			kept = append(kept, *c)
		}
	}
	return kept
}

// central returns the candidate nearest the middle of the box.
func (n *node) central(candidates []target) *target {
	m0, m1 := int32(n.lo[0]+n.hi[0])>>1, int32(n.lo[1]+n.hi[1])>>1
	m2, m3 := int32(n.lo[2]+n.hi[2])>>1, int32(n.lo[3]+n.hi[3])>>1
	best, least := 0, int32(math.MaxInt32)
	for i := range candidates {
		c := &candidates[i]
		d := c.norm + m0*int32(c.minusTwice[0]) + m1*int32(c.minusTwice[1]) + m2*int32(c.minusTwice[2]) + m3*int32(c.minusTwice[3])
		if d < least {
			best, least = i, d
		}
	}
	return &candidates[best]
}

// A visitor is told what a walk finds. One visitor belongs to one goroutine.
type visitor interface {
	// whole says that every point from from to to has the same nearest centroid.
	whole(n *node, from, to int, centroid uint8)
	// each asks for the points from from to to to be compared with the candidates.
	each(from, to int, candidates []target)
}

// walk visits the points below node i of a level. Scratch holds
// one list of candidates a level.
func (t *tree) walk(level, i int, candidates []target, scratch [][]target, v visitor) {
	n := &t.levels[level][i]
	kept := n.prune(scratch[level][:0], candidates)
	if len(kept) == 1 {
		from, to := t.span(level, i)
		v.whole(n, from, to, uint8(kept[0].id))
		return
	}
	if level == 0 {
		from, to := t.span(0, i)
		v.each(from, to, kept)
		return
	}
	for j := i * fanOut; j < min((i+1)*fanOut, len(t.levels[level-1])); j++ {
		t.walk(level-1, j, kept, scratch, v)
	}
}

// span returns the run of points below node i of a level.
func (t *tree) span(level, i int) (from, to int) {
	size := leafSize
	for range level {
		size *= fanOut
	}
	return i * size, min((i+1)*size, len(t.points))
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
