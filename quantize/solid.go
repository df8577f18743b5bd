package quantize

import (
	"math"
	"runtime"
	"slices"

	"kompress/kmeans"
)

// keepSolid gives opaque colours that would become holes the nearest entry that is none,
// if there is one: by distance alone a light colour is nearer to no colour at all than to
// a dark one, and nobody who gives such colours wants holes in a photograph. Holes are
// the fully transparent entries that were given; in an image without alpha, all that are
// seen through.
func (s *Session) keepSolid(space Space, entries, given []Key, index []uint8) {
	var hole [kmeans.MaxCentroids]bool
	holes := 0
	for i, k := range entries {
		hole[i] = (k == transparent || s.counts.Opaque() && k >= OpaqueKeys) && slices.Contains(given, k)
		if hole[i] {
			holes++
		}
	}
	if holes == 0 || holes == len(entries) {
		return
	}
	points := s.convert(nil, entries, space)
	n, _ := slices.BinarySearch(s.counts.keys, OpaqueKeys)
	const piece = 1 << 12
	parallel((n+piece-1)/piece, runtime.GOMAXPROCS(0), func(i int) {
		for j := i * piece; j < min((i+1)*piece, n); j++ {
			if hole[index[j]] {
				index[j] = nearestBut(hole[:], space.point(s.counts.keys[j]), points)
			}
		}
	})
}

// nearestBut returns the first of the nearest entries that are no holes.
func nearestBut(hole []bool, p kmeans.Point, entries []kmeans.Point) (nearest uint8) {
	least := int64(math.MaxInt64)
	for i, q := range entries {
		if hole[i] {
			continue
		}
		sum := int64(0)
		for c := range p {
			d := int64(p[c]) - int64(q[c])
			sum += d * d
		}
		if sum < least {
			nearest, least = uint8(i), sum
		}
	}
	return nearest
}
