package quantize

import (
	"math"

	"kompress/kmeans"
)

const (
	hueCell = 500 // edge, in units of an Oklab point's a and b, of a cell of hues
	hues    = (kmeans.MaxCoordinate+1)/hueCell + 3
)

// hueCounts has the pixels in each cell of hues, with an empty one all around.
type hueCounts [hues][hues]uint64

// near returns the pixels of about the hue and saturation of a point: those of its
// cell and of the eight around it, for a cell may end amid a hue.
func (h *hueCounts) near(p kmeans.Point) (n uint64) {
	a, b := p[1]/hueCell, p[2]/hueCell
	for _, row := range h[a:][:3] {
		n += row[b] + row[b+1] + row[b+2]
	}
	return n
}

// rarityWeights weighs colours by the square root of how rare colours of about their
// hue and saturation are. Those that a 64th of all pixels have are not rare; below a
// 65,536th, rarer ones gain little more, or else a few odd pixels would get an entry.
func (s *Session) rarityWeights(strength float64) []uint32 {
	counts := s.counts.counts
	points := s.convert(nil, s.counts.keys, Oklab)
	var cells hueCounts
	for i, p := range points {
		cells[1+p[1]/hueCell][1+p[2]/hueCell] += uint64(counts[i])
	}
	common, few := float64(s.counts.pixels)/64, float64(s.counts.pixels)/65536
	sums := make([]uint64, len(points))
	for i, p := range points {
		// Division and root are exact, and so is the factor the same everywhere.
		rare := max(1, math.Sqrt(common/(float64(cells.near(p))+few)))
		factor := 1 + float64(strength*(rare-1))
		sums[i] = uint64(float64(float64(uint64(counts[i])<<weightBits)*factor) + 0.5)
	}
	return fitWeights(sums)
}
