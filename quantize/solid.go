package quantize

import (
	"math"
	"runtime"
	"slices"

	"kompress/kmeans"
)

// keepSolid gives opaque colours that would be seen through the nearest opaque entry, if
// there is one: by distance alone a light colour is nearer to no colour at all than to a
// dark one, and nobody who gives such colours wants holes in a photograph. Only entries
// that were given matter: those that were found stand for soft edges.
func (s *Session) keepSolid(space Space, entries, given []Key, index []uint8) {
	var through [kmeans.MaxCentroids]bool
	for i, k := range entries {
		through[i] = k >= OpaqueKeys && slices.Contains(given, k)
	}
	if !slices.Contains(through[:], true) || !slices.ContainsFunc(entries, opaque) {
		return
	}
	points := s.convert(nil, entries, space)
	n, _ := slices.BinarySearch(s.counts.keys, OpaqueKeys)
	const piece = 1 << 12
	parallel((n+piece-1)/piece, runtime.GOMAXPROCS(0), func(i int) {
		for j := i * piece; j < min((i+1)*piece, n); j++ {
			if through[index[j]] {
				index[j] = nearestSolid(space.point(s.counts.keys[j]), entries, points)
			}
		}
	})
}

func opaque(k Key) bool { return k < OpaqueKeys }

// nearestSolid returns the first of the nearest opaque entries.
func nearestSolid(p kmeans.Point, entries []Key, points []kmeans.Point) (nearest uint8) {
	least := int64(math.MaxInt64)
	for i, q := range points {
		if !opaque(entries[i]) {
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
