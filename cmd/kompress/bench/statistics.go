package bench

import (
	"math"
	"slices"
)

// A Summary is what is told of some numbers. Without any, all are NaN.
type Summary struct {
	Min, Lower, Median, Upper, Max float64 // Lower and Upper are the quartiles
}

// Summarize summarizes numbers, in any order.
func Summarize(values []float64) Summary {
	sorted := slices.Sorted(slices.Values(values))
	return Summary{
		Min:    quantile(sorted, 0),
		Lower:  quantile(sorted, 0.25),
		Median: quantile(sorted, 0.5),
		Upper:  quantile(sorted, 0.75),
		Max:    quantile(sorted, 1),
	}
}

// quantile interpolates between the two nearest (Hyndman and Fan 1996, type 7).
func quantile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := share * float64(len(sorted)-1)
	i := int(at)
	if i == len(sorted)-1 {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// spread returns the distance of the quartiles, for the median: a tenth is much.
func (s Summary) spread() float64 { return (s.Upper - s.Lower) / s.Median }

func median(values []float64) float64 { return Summarize(values).Median }

// outlying says how far a value is from the median of the others, in standard
// deviations, which are estimated by the median absolute deviation (Iglewicz and
// Hoaglin 1993): one such value does not hide itself.
func outlying(value float64, others []float64) float64 {
	middle := median(others)
	deviations := make([]float64, len(others))
	for i, v := range others {
		deviations[i] = math.Abs(v - middle)
	}
	// Below a percent of the median nothing counts as far.
	scale := max(1.4826*median(deviations), 0.01*middle)
	return (value - middle) / scale
}

// A Ratio compares two engines: how many times as fast the second is. Engines take
// turns, so that what disturbs a round disturbs both: it is the ratios of the
// rounds that are summarized.
type Ratio struct {
	Summary
	Rounds int
	Faster int // rounds in which the second was
}

func compare(first, second []float64) Ratio {
	n := min(len(first), len(second))
	r := Ratio{Rounds: n}
	ratios := make([]float64, n)
	for i := range n {
		ratios[i] = first[i] / second[i]
		if ratios[i] > 1 {
			r.Faster++
		}
	}
	r.Summary = Summarize(ratios)
	return r
}

// verdict returns 1 if the second engine wins, -1 if the first does, and 0 if it is
// too close to call: an engine wins that is faster in nine of ten rounds.
func (r Ratio) verdict() int {
	switch need := int(math.Ceil(0.9 * float64(r.Rounds))); {
	case r.Rounds == 0:
		return 0
	case r.Faster >= need:
		return 1
	case r.Rounds-r.Faster >= need:
		return -1
	}
	return 0
}
