package kmeans

import "math/bits"

// plusPlus returns at most k seeds chosen by k-means++ (Arthur and
// Vassilvitskii 2007): each is a point drawn with a probability proportional to
// its weight and its squared distance from the seeds before it; the greedy
// variant draws several and keeps the one that lowers the error most. The fixed ones
// come first and are not drawn.
func plusPlus(points []Point, weights []uint32, k int, seed uint64, fixed []Point) []Point {
	s := plusPlusState{points: points, weights: weights, distance: make([]uint32, len(points)), seed: seed}
	for i := range s.distance {
		s.distance[i] = 1
	}
	seeds := append(make([]Point, 0, k), fixed...)
	for i, p := range fixed {
		s.add(p, i == 0)
	}
	trials := 2 + bits.Len(uint(k))*2/3 // about 2 + ln k, as scikit-learn does
	for len(seeds) < k {
		total := s.total()
		if total == 0 {
			break // every point is a seed
		}
		best, least := Point{}, ^uint64(0)
		for range trials {
			if p := s.draw(total); len(seeds) == 0 {
				best = p
				break
			} else if left := s.totalWith(p); left < least {
				best, least = p, left
			}
		}
		seeds = append(seeds, best)
		s.add(best, len(seeds) == 1)
	}
	return seeds
}

type plusPlusState struct {
	points   []Point
	weights  []uint32
	distance []uint32 // squared distance to the nearest seed
	seed     uint64
	drawn    uint32
}

func (s *plusPlusState) total() (sum uint64) {
	for i, d := range s.distance {
		sum += uint64(s.weights[i]) * uint64(d)
	}
	return sum
}

func (s *plusPlusState) totalWith(seed Point) (sum uint64) {
	for i, p := range s.points {
		sum += uint64(s.weights[i]) * uint64(min(s.distance[i], squaredDistance(p, seed)))
	}
	return sum
}

func (s *plusPlusState) draw(total uint64) Point {
	target, _ := bits.Mul64(random(s.seed, s.drawn, 0), total)
	s.drawn++
	for i, d := range s.distance {
		part := uint64(s.weights[i]) * uint64(d)
		if target < part {
			return s.points[i]
		}
		target -= part
	}
	return s.points[len(s.points)-1]
}

func (s *plusPlusState) add(seed Point, first bool) {
	for i, p := range s.points {
		if d := squaredDistance(p, seed); first || d < s.distance[i] {
			s.distance[i] = d
		}
	}
}
