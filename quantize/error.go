package quantize

import (
	"math"
	"runtime"

	"kompress/kmeans"
)

// measure returns for each entry how many pixels have it and the sum of their
// squared errors: the squared distance of a pixel's colour from the entry, summed
// over red, green and blue in units of 8-bit sRGB; with alpha, the mean of that
// over black and over white.
func (s *Session) measure(entries []Key, index []uint8) (counts []uint64, squares []float64) {
	c := s.counts
	const size = 1 << 15
	n := (len(c.keys) + size - 1) / size
	type part struct {
		counts  [kmeans.MaxCentroids]uint64
		squares [kmeans.MaxCentroids]float64
	}
	parts := make([]part, n)
	parallel(n, runtime.GOMAXPROCS(0), func(i int) {
		p := &parts[i]
		for j := i * size; j < min((i+1)*size, len(c.keys)); j++ {
			e := index[j]
			p.counts[e] += uint64(c.counts[j])
			p.squares[e] += float64(float64(c.counts[j]) * squaredError(c.keys[j], entries[e]))
		}
	})
	counts, squares = make([]uint64, len(entries)), make([]float64, len(entries))
	for i := range parts { // in their order, so that all runs agree
		for e := range counts {
			counts[e] += parts[i].counts[e]
			squares[e] += parts[i].squares[e]
		}
	}
	return counts, squares
}

// squaredError returns the squared distance of two colours.
func squaredError(k, l Key) float64 {
	if k == l {
		return 0
	}
	r1, g1, b1, a1 := k.rgba()
	r2, g2, b2, a2 := l.rgba()
	if a1 == 255 && a2 == 255 {
		r, g, b := int(r1)-int(r2), int(g1)-int(g2), int(b1)-int(b2)
		return float64(r*r + g*g + b*b)
	}
	alpha := 255 * (int(a1) - int(a2))
	sum := 0
	for _, v := range [3]int{
		int(r1)*int(a1) - int(r2)*int(a2),
		int(g1)*int(a1) - int(g2)*int(a2),
		int(b1)*int(a1) - int(b2)*int(a2),
	} {
		sum += v*v + (v-alpha)*(v-alpha) // over black, over white
	}
	return float64(sum) / (2 * 255 * 255)
}

// PSNR returns the peak signal-to-noise ratio of a mean squared error summed over
// three 8-bit channels, in decibels: 10·log₁₀(3·255²/mse), infinite for 0.
func PSNR(mse float64) float64 {
	return 10 * math.Log10(3*255*255/mse)
}
