package kmeans

import (
	"cmp"
	"math"
	"runtime"
	"slices"
)

// Prospects say what the centroids of a search are worth and what could be won
// by moving them.
type prospects struct {
	counts  []uint64   // weight of each cluster
	gains   []uint64   // by how much a second centroid in the cluster lowers the squared error
	halves  [][2]Point // where the two would be; a fixed centroid is the second
	losses  []uint64   // by how much the error grows if the cluster goes to its neighbours
	nearest []int      // the nearest neighbour
	byGain  []int      // clusters, largest gain first
	byLoss  []int      // clusters, smallest loss first; without those of fixed centroids
	pairs   []pair
}

// A pair is a single relocation: centroid from goes into cluster to.
type pair struct {
	from, to int
	promise  float64
}

// survey looks at every cluster of the search's centroids.
func (s *search) survey() (*prospects, error) {
	if err := s.engine.Assign(s.cluster, s.centroids); err != nil {
		return nil, err
	}
	k := len(s.centroids)
	found := &prospects{counts: make([]uint64, k)}
	for i, c := range s.cluster {
		found.counts[c] += uint64(s.weights[i])
	}
	found.gains, found.halves = s.splits(found.counts)
	found.byGain = order(k, func(a, b int) int { return cmp.Compare(found.gains[b], found.gains[a]) })
	if k > 1 {
		near := neighbours(s.centroids)
		found.losses = s.lossesTo(near)
		for _, n := range near {
			found.nearest = append(found.nearest, n[0])
		}
		found.byLoss = order(k, func(a, b int) int { return cmp.Compare(found.losses[a], found.losses[b]) })
		found.byLoss = slices.DeleteFunc(found.byLoss, func(c int) bool { return c < s.fixed })
	}
	return found, nil
}

// order returns 0 to n-1, sorted.
func order(n int, compare func(a, b int) int) []int {
	index := make([]int, n)
	for i := range index {
		index[i] = i
	}
	slices.SortStableFunc(index, compare)
	return index
}

// splits cuts each cluster in two, first across its widest axis and then by
// two rounds of k-means with k = 2. Where the centroid is fixed, only the other one
// moves: it begins amid the points that are farther away than most.
func (s *search) splits(counts []uint64) (gains []uint64, halves [][2]Point) {
	k := len(s.centroids)
	halves = make([][2]Point, k)
	sums := make([][2]Sum, k)
	costs, axes, above := s.spreads()
	for i, p := range s.points {
		c := s.cluster[i]
		half := 0
		if int(c) < s.fixed {
			if float64(squaredDistance(p, s.centroids[c])) <= float64(costs[c])/float64(counts[c]) {
				half = 1
			}
		} else if v, middle := p[axes[c]], s.centroids[c][axes[c]]; v > middle || v == middle && !above[c] {
			half = 1 // rounding may have put the centroid at the top of its cluster
		}
		sums[c][half].Add(p, s.weights[i])
	}
	var left []uint64
	for range 3 {
		for c := range sums {
			halves[c] = [2]Point{s.centroids[c], s.centroids[c]}
			if Move(halves[c][:], sums[c][:]); c < s.fixed {
				halves[c][1] = s.centroids[c]
			}
		}
		left = s.divide(halves, sums)
	}
	gains = make([]uint64, k)
	for c := range gains {
		gains[c] = max(costs[c], left[c]) - left[c]
	}
	return gains, halves
}

// spreads returns each cluster's squared error, the axis on which most of it
// lies, and whether some point is above the centroid there.
func (s *search) spreads() (costs []uint64, axes []int, above []bool) {
	k := len(s.centroids)
	squares, higher := make([][4]uint64, k), make([][4]bool, k)
	for i, p := range s.points {
		c := s.cluster[i]
		for j, v := range p {
			d := int64(v) - int64(s.centroids[c][j])
			squares[c][j] += uint64(d*d) * uint64(s.weights[i])
			higher[c][j] = higher[c][j] || d > 0 && s.weights[i] > 0
		}
	}
	costs, axes, above = make([]uint64, k), make([]int, k), make([]bool, k)
	for c, q := range squares {
		for j, v := range q {
			costs[c] += v
			if v > q[axes[c]] {
				axes[c] = j
			}
		}
		above[c] = higher[c][axes[c]]
	}
	return costs, axes, above
}

// divide gives each point to the nearer half of its cluster. It overwrites the
// sums of the halves and returns the squared errors of both together.
func (s *search) divide(halves [][2]Point, sums [][2]Sum) (costs []uint64) {
	clear(sums)
	costs = make([]uint64, len(halves))
	for i, p := range s.points {
		c := s.cluster[i]
		half, d := 0, squaredDistance(p, halves[c][0])
		if e := squaredDistance(p, halves[c][1]); e < d {
			half, d = 1, e
		}
		costs[c] += uint64(s.weights[i]) * uint64(d)
		sums[c][half].Add(p, s.weights[i])
	}
	return costs
}

// lossesTo returns what it costs to give each cluster's points to the nearest
// of its neighbours.
func (s *search) lossesTo(near [][]int) []uint64 {
	losses := make([]uint64, len(s.centroids))
	for i, p := range s.points {
		c := s.cluster[i]
		own, other := squaredDistance(p, s.centroids[c]), uint32(math.MaxUint32)
		for _, n := range near[c] {
			other = min(other, squaredDistance(p, s.centroids[n]))
		}
		losses[c] += uint64(s.weights[i]) * uint64(other-own)
	}
	return losses
}

// neighbours returns for each of at least two centroids the nearest dozen, near
// ones first: the points of a cluster that loses its centroid go to these.
func neighbours(centroids []Point) [][]int {
	near := make([][]int, len(centroids))
	parallel(len(centroids), runtime.GOMAXPROCS(0), 32, func(_, from, to int) {
		for c := from; c < to; c++ {
			near[c] = nearestDozen(centroids, c)
		}
	})
	return near
}

func nearestDozen(centroids []Point, c int) []int {
	const dozen = 12
	var distance [dozen + 1]uint32
	list := make([]int, 0, dozen+1)
	for i := range centroids {
		if i == c {
			continue
		}
		d := squaredDistance(centroids[c], centroids[i])
		if len(list) == dozen && d >= distance[dozen-1] {
			continue
		}
		at := len(list)
		for at > 0 && distance[at-1] > d {
			at--
		}
		copy(distance[at+1:], distance[at:len(list)])
		distance[at] = d
		list = slices.Insert(list, at, i)[:min(len(list)+1, dozen)]
	}
	return list
}

// moveSome relocates at most width centroids, those that are missed least to
// the clusters that gain most, and returns how many. No two of them are so near
// each other that one makes the other's gain or loss wrong.
func (f *prospects) moveSome(centroids []Point, width int) (moved int) {
	taken := make([]bool, len(centroids))
	g := 0
	for _, from := range f.byLoss {
		if moved == width {
			break
		}
		if taken[from] || taken[f.nearest[from]] {
			continue
		}
		for g < len(f.byGain) && (taken[f.byGain[g]] || f.byGain[g] == from) {
			g++
		}
		if g == len(f.byGain) {
			break
		}
		to := f.byGain[g]
		// Gains are underestimated and losses overestimated, for all the other
		// centroids will adapt: even a bad bargain is worth a trial.
		if f.gains[to] <= f.losses[from]/4 {
			break
		}
		f.move(centroids, from, to)
		taken[from], taken[to], taken[f.nearest[from]] = true, true, true
		moved++
	}
	return moved
}

// moveOne makes the single relocation of the given rank, the most promising
// being rank 0, and says whether there is one.
func (f *prospects) moveOne(centroids []Point, rank int) bool {
	if f.pairs == nil {
		f.rankPairs()
	}
	if rank >= len(f.pairs) {
		return false
	}
	f.move(centroids, f.pairs[rank].from, f.pairs[rank].to)
	return true
}

func (f *prospects) rankPairs() {
	const most = 16 // of each kind: 240 pairs are more than a search tries
	for _, from := range f.byLoss[:min(most, len(f.byLoss))] {
		for _, to := range f.byGain[:min(most, len(f.byGain))] {
			if from != to {
				f.pairs = append(f.pairs, pair{from, to, float64(f.gains[to]) - float64(f.losses[from])})
			}
		}
	}
	slices.SortStableFunc(f.pairs, func(a, b pair) int { return cmp.Compare(b.promise, a.promise) })
}

func (f *prospects) move(centroids []Point, from, to int) {
	centroids[from], centroids[to] = f.halves[to][0], f.halves[to][1]
}
