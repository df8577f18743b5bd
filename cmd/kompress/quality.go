package main

import (
	"math"

	"kompress/quantize"
)

// mseOf returns the greatest error of a quality from 0 to 100, by the curve of
// libimagequant: pngquant finds it like libjpeg's. It is the mean squared distance,
// summed over three channels of 8 bits.
func mseOf(quality int) float64 {
	switch quality {
	case 0:
		return math.Inf(1)
	case 100:
		return 0
	}
	q := float64(quality)
	lowest := max(0, 0.016/(0.001+q)-0.001) // lets what has few colors have a quality
	const scale = 65536.0 / 6 * 3
	return scale * (lowest + 2.5/math.Pow(210+q, 1.2)*(100.1-q)/100)
}

// qualityOf returns the highest quality whose error a palette does not exceed.
func qualityOf(q *quantize.Quantized) int {
	quality := 100
	for q.MSE > mseOf(quality) {
		quality--
	}
	return quality
}
