package kmeans

import (
	"cmp"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"sync/atomic"
)

// Coarsen returns at most about limit weighted points that stand for the given
// ones, or these themselves if they are few enough. Points in one cell of an
// octree are replaced by their mean; a cell is cut while the squared error
// within it is above a threshold, so that coarse points are dense where the
// weight is. It is fastest for points in Morton order or near it.
func Coarsen(points []Point, weights []uint32, limit int) ([]Point, []uint32) {
	if len(points) <= limit {
		return points, weights
	}
	// Runs of points in cells of one size are found much faster, and cost
	// nothing while the cells are small against those wanted in the end.
	const largest = CoordinateBits - 6
	points, weights = mergeRuns(points, weights, min(largest, cellShift(points, 8*limit)))
	points, weights = inMortonOrder(points, weights)
	points, weights = mergeRuns(points, weights, cellShift(points, 8*limit))
	if len(points) <= limit {
		return points, weights
	}
	o := octree{points: points, weights: weights}
	return o.split(o.threshold(limit))
}

// inMortonOrder returns the points sorted by the interleaved bits of their
// coordinates, in which the points of any cell of an octree are consecutive.
func inMortonOrder(points []Point, weights []uint32) ([]Point, []uint32) {
	type weighted struct {
		morton uint64
		point  Point
		weight uint32
	}
	sorted := true
	all := make([]weighted, len(points))
	for i, p := range points {
		all[i] = weighted{mortonCode(p), p, weights[i]}
		sorted = sorted && (i == 0 || all[i-1].morton <= all[i].morton)
	}
	if sorted {
		return points, weights
	}
	slices.SortFunc(all, func(a, b weighted) int { return cmp.Compare(a.morton, b.morton) })
	points, weights = make([]Point, len(all)), make([]uint32, len(all))
	for i, w := range all {
		points[i], weights[i] = w.point, w.weight
	}
	return points, weights
}

// mortonCode interleaves the bits of the coordinates, the first one's above.
func mortonCode(p Point) (m uint64) {
	for _, v := range p {
		m = m<<1 | spread4[v>>7]<<28 | spread4[v&127]
	}
	return m
}

// spread4 has, for each 7-bit number, its bits moved four apart.
var spread4 = func() (table [128]uint64) {
	for v := range table {
		for bit := range 7 {
			table[v] |= uint64(v>>bit&1) << (4 * bit)
		}
	}
	return table
}()

// pieceSize is how many points one thread takes on at a time. Runs end where
// pieces do, whatever the number of threads.
const pieceSize = 1 << 16

// cellShift returns the binary logarithm of the smallest edge of a cell at
// which there are at most limit runs.
func cellShift(points []Point, limit int) int {
	var starts [CoordinateBits + 2]atomic.Int64 // runs that start because cells of this size end
	parallel(len(points), runtime.GOMAXPROCS(0), pieceSize, func(_, from, to int) {
		var local [CoordinateBits + 2]int64
		for i := max(1, from); i < to; i++ {
			local[bits.Len16(spread(points[i], points[i-1]))]++
		}
		for shift, n := range local {
			starts[shift].Add(n)
		}
	})
	shift, runs := CoordinateBits+1, int64(1)
	for shift > 0 && runs+starts[shift].Load() <= int64(limit) {
		runs += starts[shift].Load()
		shift--
	}
	return shift
}

// spread returns the bits in which some coordinates of p and q differ.
func spread(p, q Point) uint16 {
	return (p[0] ^ q[0]) | (p[1] ^ q[1]) | (p[2] ^ q[2]) | (p[3] ^ q[3])
}

// mergeRuns replaces the runs of points in one cell of edge 2^shift by their means.
func mergeRuns(points []Point, weights []uint32, shift int) ([]Point, []uint32) {
	if shift == 0 {
		return points, weights
	}
	n := ceilDiv(len(points), pieceSize)
	pieces, sums := make([][]Point, n), make([][]uint32, n)
	parallel(n, runtime.GOMAXPROCS(0), 1, func(_, first, end int) {
		for i := first; i < end; i++ {
			from, to := i*pieceSize, min((i+1)*pieceSize, len(points))
			pieces[i], sums[i] = mergePiece(points[from:to], weights[from:to], shift)
		}
	})
	return slices.Concat(pieces...), slices.Concat(sums...)
}

func mergePiece(points []Point, weights []uint32, shift int) (coarse []Point, sums []uint32) {
	var run Sum
	flush := func() {
		if mean, ok := run.Mean(); ok {
			coarse = append(coarse, mean)
			sums = append(sums, uint32(run.Count))
		}
		run = Sum{}
	}
	for i, p := range points {
		if i > 0 && spread(p, points[i-1])>>shift != 0 || run.Count+uint64(weights[i]) > math.MaxUint32 {
			flush()
		}
		run.Add(p, weights[i])
	}
	flush()
	return coarse, sums
}

// An octree walks over the cells that hold more than one point, smaller ones
// before those around them, without keeping them.
type octree struct {
	points  []Point
	weights []uint32
	open    []cell                      // what is not joined yet, from left to right
	joined  func(from int, whole *cell) // told of each cell, whose children are open[from:]
}

// A cell is a run of points, or what is left of one that became coarse points.
type cell struct {
	moment
	norm  float64 // Σw|p|²
	edge  int     // log₂ of the edge of the smallest cell that holds it and what is left of it
	split bool    // into coarse points
}

// bucket returns a number that rises with the squared error within the cell,
// by eight for each power of two.
func (c *cell) bucket() int {
	return int(math.Float64bits(max(0, c.norm-c.square())) >> 49)
}

const buckets = math.MaxInt64>>49 + 1

func (o *octree) walk() {
	o.open = o.open[:0]
	for i, p := range o.points {
		c := cell{edge: CoordinateBits + 1}
		if i > 0 {
			c.edge = bits.Len16(spread(p, o.points[i-1]))
			o.close(c.edge)
		}
		c.add(p, o.weights[i])
		c.norm = float64(squareNorm(p) * float64(o.weights[i]))
		o.open = append(o.open, c)
	}
	o.close(CoordinateBits + 1)
}

// close joins open cells until none is left that ends where a larger one, of
// the given edge, is divided.
func (o *octree) close(edge int) {
	for {
		n := len(o.open) - 1
		inner := o.open[n].edge
		if inner >= edge {
			return
		}
		for o.open[n].edge == inner {
			n--
		}
		whole := o.open[n]
		for i := n + 1; i < len(o.open); i++ {
			c := &o.open[i]
			whole.addMoment(&c.moment)
			whole.norm += c.norm
			whole.split = whole.split || c.split
		}
		o.joined(n, &whole)
		o.open[n] = whole
		o.open = o.open[:n+1]
	}
}

// threshold returns the least bucket that leaves at most limit coarse points if
// no cell up to it is split.
func (o *octree) threshold(limit int) int {
	lost := make([]int, buckets)
	o.joined = func(from int, whole *cell) {
		lost[whole.bucket()] += len(o.open) - from - 1
	}
	o.walk()
	left := len(o.points)
	for bucket, n := range lost {
		if left -= n; left <= limit {
			return bucket
		}
	}
	return buckets
}

// split returns the means of the largest cells up to the threshold.
func (o *octree) split(threshold int) (points []Point, weights []uint32) {
	emitted := 0 // open cells that are split or were made coarse points
	emit := func() {
		for ; emitted < len(o.open); emitted++ {
			if c := &o.open[emitted]; !c.split && c.weight > 0 {
				points = append(points, c.mean())
				weights = append(weights, uint32(c.weight))
			}
		}
	}
	o.joined = func(from int, whole *cell) {
		if whole.split || whole.weight > math.MaxUint32 || whole.bucket() > threshold {
			whole.split = true
			// All cells around this one will be split too, so that those
			// further left can go, and have to, to keep the order.
			emit()
			emitted = from + 1
		}
	}
	o.walk()
	emit()
	return points, weights
}

func squareNorm(p Point) (s float64) {
	for _, v := range p {
		s += float64(float64(v) * float64(v))
	}
	return s
}
