package kmeans

// Floating-point products below are converted with float64(…), which keeps
// compilers from fusing them into additions on some architectures only: seeds
// have to be the same everywhere.

const wuBins = 256 // steps at which a box may be cut along an axis

// A box is a cluster to be cut: a run of the points that wu permutes.
type box struct {
	from, to int
	sum      moment
	cut      cut
}

// A moment is the weight and the weighted coordinates of some points.
type moment struct {
	weight float64
	total  [4]float64
}

func (m *moment) add(p Point, weight uint32) {
	w := float64(weight)
	m.weight += w
	for j, v := range p {
		m.total[j] += float64(w * float64(v))
	}
}

func (m *moment) addMoment(n *moment) {
	m.weight += n.weight
	for j, v := range n.total {
		m.total[j] += v
	}
}

func (m *moment) minus(n *moment) moment {
	d := moment{weight: m.weight - n.weight}
	for j, v := range n.total {
		d.total[j] = m.total[j] - v
	}
	return d
}

// square returns |Σwp|²/Σw, the part of Σw|p|² that the mean explains.
func (m *moment) square() float64 {
	if m.weight == 0 {
		return 0
	}
	var s float64
	for _, v := range m.total {
		s += float64(v * v)
	}
	return s / m.weight
}

// A cut says where to cut a box and by how much that lowers the error.
type cut struct {
	axis, bin int // points of this bin and those below go to the first half
	gain      float64
}

// wu cuts the points into at most k boxes and returns their means. It is the
// method of Wu, "Efficient Statistical Computations for Optimal Color
// Quantization" (Graphics Gems II, 1991): cut, across an axis, where the sum of
// both halves' squared errors is least. Two things differ: each box is measured
// on its own points instead of on a table of all moments of the cube, which is
// finer and knows any number of axes, and the next box to be cut is the one
// that gains most by it. The points are permuted.
func wu(points []Point, weights []uint32, k int) []Point {
	boxes := make([]box, 1, k)
	boxes[0] = newBox(points, weights, 0, len(points))
	for len(boxes) < k {
		widest := 0
		for i := range boxes {
			if boxes[i].cut.gain > boxes[widest].cut.gain {
				widest = i
			}
		}
		b := &boxes[widest]
		if b.cut.gain <= 0 {
			break // what is left in each box is too close to cut
		}
		middle := partition(points, weights, b)
		second := newBox(points, weights, middle, b.to)
		*b = newBox(points, weights, b.from, middle)
		boxes = append(boxes, second)
	}
	seeds := make([]Point, len(boxes))
	for i := range boxes {
		seeds[i] = boxes[i].sum.mean()
	}
	return seeds
}

func (m *moment) mean() (p Point) {
	if m.weight > 0 {
		for j, v := range m.total {
			p[j] = uint16(v/m.weight + 0.5)
		}
	}
	return p
}

func newBox(points []Point, weights []uint32, from, to int) box {
	b := box{from: from, to: to}
	lo, hi := points[from], points[from]
	for i := from; i < to; i++ {
		b.sum.add(points[i], weights[i])
		lo, hi = lower(lo, points[i]), upper(hi, points[i])
	}
	whole := b.sum.square()
	for axis := range lo {
		if lo[axis] != hi[axis] {
			b.try(points, weights, axis, whole)
		}
	}
	return b
}

// try looks for a cut across an axis that is better than b's.
func (b *box) try(points []Point, weights []uint32, axis int, whole float64) {
	var bins [wuBins]moment
	for i := b.from; i < b.to; i++ {
		bins[bin(points[i], axis)].add(points[i], weights[i])
	}
	var below moment
	for i := range bins[:wuBins-1] {
		if bins[i].weight == 0 {
			continue
		}
		below.addMoment(&bins[i])
		above := b.sum.minus(&below)
		if above.weight <= 0 {
			break
		}
		if gain := below.square() + above.square() - whole; gain > b.cut.gain {
			b.cut = cut{axis, i, gain}
		}
	}
}

func bin(p Point, axis int) int { return int(p[axis]) * wuBins >> CoordinateBits }

// partition moves the points of the box's first half to the front of it and
// returns where the second half begins.
func partition(points []Point, weights []uint32, b *box) int {
	i, j := b.from, b.to-1
	for i <= j {
		if bin(points[i], b.cut.axis) <= b.cut.bin {
			i++
			continue
		}
		points[i], points[j] = points[j], points[i]
		weights[i], weights[j] = weights[j], weights[i]
		j--
	}
	return i
}
