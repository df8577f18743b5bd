package kmeans

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// A splitmix is a generator of random numbers, splitmix64: goldens depend on it,
// so that it must not change with the standard library.
type splitmix uint64

func (s *splitmix) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to n-1.
func (s *splitmix) below(n int) int { return int(s.next() >> 11 % uint64(n)) }

// normal returns about a normally distributed number: the sum of twelve even
// ones, in integers, with a standard deviation of 2¹⁶.
func (s *splitmix) normal() int64 {
	sum := int64(-6 << 16)
	for range 3 {
		z := s.next()
		sum += int64(z&0xffff + z>>16&0xffff + z>>32&0xffff + z>>48)
	}
	return sum
}

func (s *splitmix) point(limit int) (p Point) {
	for j := range p {
		p[j] = uint16(s.below(limit))
	}
	return p
}

func (s *splitmix) points(n, limit int) []Point {
	points := make([]Point, n)
	for i := range points {
		points[i] = s.point(limit)
	}
	return points
}

// weights returns n weights, most of them small, some 0 and some large.
func (s *splitmix) weights(n int) []uint32 {
	weights := make([]uint32, n)
	for i := range weights {
		weights[i] = uint32(s.below(1 << s.below(16)))
	}
	return weights
}

func ones(n int) []uint32 { return slices.Repeat([]uint32{1}, n) }

// A cloudData is points of a synthetic image, in Morton order, and how often
// each occurs.
type cloudData struct {
	points  []Point
	weights []uint32
}

// photo returns about the points of a photograph: colours with 8 bits a channel
// around segments of lines, as shaded surfaces have them. Samples are pixels;
// there are somewhat fewer points.
func photo(samples int, seed uint64) cloudData {
	s := splitmix(seed)
	const surfaces = 60
	var from, to [surfaces][3]int64
	for i := range from {
		for j := range 3 {
			from[i][j] = int64(s.below(256 << 16))
			// Most surfaces differ in brightness more than in hue.
			to[i][j] = from[i][j]/3 + int64(s.below(40<<16))
		}
	}
	seen := make(map[Point]uint32, samples/2)
	for range samples {
		i := s.below(surfaces)
		i = i * (1 + s.below(surfaces)) / surfaces // some surfaces are larger
		along, noise := int64(s.below(1<<16)), int64(i%10+1)
		var p Point
		for j := range 3 {
			v := from[i][j] + (to[i][j]-from[i][j])*along>>16 + s.normal()*noise
			p[j] = uint16(min(max(v>>16, 0), 255) << 6)
		}
		seen[p]++
	}
	return cloudOf(seen)
}

func cloudOf(seen map[Point]uint32) cloudData {
	var d cloudData
	for p := range seen {
		d.points = append(d.points, p)
	}
	slices.SortFunc(d.points, func(p, q Point) int { return cmp.Compare(slowMorton(p), slowMorton(q)) })
	for _, p := range d.points {
		d.weights = append(d.weights, seen[p])
	}
	return d
}

// slowMorton interleaves the bits of the coordinates, one by one.
func slowMorton(p Point) (code uint64) {
	for bit := CoordinateBits - 1; bit >= 0; bit-- {
		for _, v := range p {
			code = code<<1 | uint64(v>>bit&1)
		}
	}
	return code
}

// mixture returns points from k normal distributions of about the given
// deviation, with all four coordinates.
func mixture(n, k, deviation int, seed uint64) cloudData {
	s := splitmix(seed)
	centres := s.points(k, MaxCoordinate+1)
	seen := make(map[Point]uint32, n)
	for range n {
		c := centres[s.below(k)]
		for j := range c {
			v := int64(c[j]) + s.normal()*int64(deviation)>>16
			c[j] = uint16(min(max(v, 0), MaxCoordinate))
		}
		seen[c] += 1 + uint32(s.below(5))
	}
	return cloudOf(seen)
}

// Clouds that several tests use.
var (
	smallPhoto = sync.OnceValue(func() cloudData { return photo(40_000, 1) })
	largePhoto = sync.OnceValue(func() cloudData { return photo(1_100_000, 2) }) // for benchmarks
	someGroups = sync.OnceValue(func() cloudData { return mixture(15_000, 40, 500, 3) })
	tinyGroups = sync.OnceValue(func() cloudData { return mixture(1_500, 12, 800, 6) }) // for the best effort
	fewGroups  = sync.OnceValue(func() cloudData { return mixture(6_000, 7, 1500, 4) })
)

func testClouds() map[string]cloudData {
	return map[string]cloudData{"photo": smallPhoto(), "40 groups": someGroups(), "7 groups": fewGroups()}
}

// cloudFor returns few points for an effort that takes long on many.
func cloudFor(e Effort) cloudData {
	if e == Best {
		return tinyGroups()
	}
	return someGroups()
}

// slowNearest returns the first of the nearest centroids and its squared distance.
func slowNearest(p Point, centroids []Point) (best int, least int64) {
	least = math.MaxInt64
	for i, c := range centroids {
		var d int64
		for j := range p {
			d += (int64(p[j]) - int64(c[j])) * (int64(p[j]) - int64(c[j]))
		}
		if d < least {
			best, least = i, d
		}
	}
	return best, least
}

// slowCost returns the squared error and the weight of every cluster.
func slowCost(d cloudData, centroids []Point) (cost uint64, counts []uint64) {
	counts = make([]uint64, len(centroids))
	for i, p := range d.points {
		c, distance := slowNearest(p, centroids)
		cost += uint64(distance) * uint64(d.weights[i])
		counts[c] += uint64(d.weights[i])
	}
	return cost, counts
}

// sumOf returns the sum of all points.
func (d cloudData) sumOf() (s Sum) {
	for i, p := range d.points {
		s.Add(p, d.weights[i])
	}
	return s
}
