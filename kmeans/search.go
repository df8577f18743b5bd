package kmeans

import (
	"context"
	"slices"
)

// A search improves centroids beyond what full passes can do: these only slide
// downhill and never carry a centroid from where it is hardly missed to where
// another one does the work of two. It tries just that, in the manner of the
// enhanced LBG algorithm (Patanè and Russo, Neural Networks 14(9), 2001) and of
// breathing k-means (Fritzke 2020), and keeps what lowers the error. As this
// takes hundreds of passes, it works on coarse points.
type search struct {
	engine    CPU
	points    []Point
	weights   []uint32
	norm      uint64
	sums      []Sum
	centroids []Point
	cost      uint64 // of the centroids
	cluster   []uint8
	fixed     int // of the centroids, the first ones
}

// A plan says how long a search goes on.
type plan struct {
	rounds   int // trials at most
	patience int // trials of a single centroid in a row that fail before it ends
	passes   int // full passes a trial is given to settle
}

func newSearch(points []Point, weights []uint32) (*search, error) {
	s := &search{points: points, weights: weights, norm: Norm(points, weights), cluster: make([]uint8, len(points))}
	return s, s.engine.Load(points, weights)
}

// settle makes full passes and returns the squared error after them.
func (s *search) settle(centroids []Point, passes int) (cost uint64, err error) {
	const tolerance = 1e-4 // far less than a relocation that is worth it gains
	s.sums = resize(s.sums, len(centroids))
	last := s.norm
	for range passes {
		if err := s.engine.Lloyd(s.sums, centroids, 1); err != nil {
			return 0, err
		}
		cost = Cost(s.norm, s.sums, centroids)
		if cost >= last || float64(last-cost) <= tolerance*float64(cost) {
			break
		}
		last = cost
		Move(centroids[s.fixed:], s.sums[s.fixed:])
	}
	return cost, nil
}

// improve relocates the centroids for as long as the plan says and returns the
// best found. It first moves an eighth of them at a time, then half as many
// each time a trial fails, and at last single ones, the most promising first.
func (s *search) improve(ctx context.Context, centroids []Point, p plan, progress func(float64)) ([]Point, error) {
	var err error
	s.centroids = slices.Clone(centroids)
	if s.cost, err = s.settle(s.centroids, 2*p.passes); err != nil || len(centroids) < 2 {
		return s.centroids, err
	}
	width, failed := max(1, len(centroids)/8), 0
	var found *prospects
	for round := 0; round < p.rounds && failed < p.patience; round++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		progress(float64(round) / float64(p.rounds))
		if found == nil {
			if found, err = s.survey(); err != nil {
				return nil, err
			}
		}
		trial := slices.Clone(s.centroids)
		if width > 1 && found.moveSome(trial, width) == 0 {
			width = 1
		}
		if width == 1 && !found.moveOne(trial, failed) {
			break
		}
		cost, err := s.settle(trial, p.passes)
		switch {
		case err != nil:
			return nil, err
		case cost < s.cost:
			s.centroids, s.cost, found, failed = trial, cost, nil, 0
		case width > 1:
			width = (width + 1) / 2
		default:
			failed++
		}
	}
	return s.centroids, nil
}

// fill drops the centroids of empty clusters and then splits the clusters that
// gain most by it until there are k, or no split lowers the error any more. Fixed
// centroids stay; the other one of what they had follows them.
func (s *search) fill(centroids []Point, k int) ([]Point, error) {
	for {
		s.centroids = centroids
		found, err := s.survey()
		if err != nil {
			return nil, err
		}
		room := k
		for c, n := range found.counts {
			if n > 0 || c < s.fixed {
				room--
			}
		}
		split := make([]bool, len(centroids))
		for _, c := range found.byGain[:min(room, len(centroids))] {
			split[c] = found.gains[c] > 0
		}
		centroids = append(make([]Point, 0, k), s.centroids[:s.fixed]...)
		for c, p := range s.centroids {
			switch {
			case split[c] && c < s.fixed:
				centroids = append(centroids, found.halves[c][0])
			case split[c]:
				centroids = append(centroids, found.halves[c][:]...)
			case found.counts[c] > 0 && c >= s.fixed:
				centroids = append(centroids, p)
			}
		}
		if !slices.Contains(split, true) {
			return centroids, nil
		}
	}
}
