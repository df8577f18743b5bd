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
	Slower int
}

// compare leaves out rounds that were too short for the clock.
func compare(first, second []float64) (r Ratio) {
	var ratios []float64
	for i := range min(len(first), len(second)) {
		if !(first[i] > 0 && second[i] > 0) {
			continue
		}
		ratio := first[i] / second[i]
		ratios = append(ratios, ratio)
		switch {
		case ratio > 1:
			r.Faster++
		case ratio < 1:
			r.Slower++
		}
	}
	r.Rounds, r.Summary = len(ratios), Summarize(ratios)
	return r
}

// tellingRounds is the least number from which chance alone is unlikely to make one
// engine faster in all: less than one time in thirty.
const tellingRounds = 6

// A verdict says who wins.
type verdict int

const (
	tooClose verdict = iota
	tooFew
	firstWins
	secondWins
)

// verdict says that an engine wins which is faster in nine of ten rounds, of at least
// six.
func (r Ratio) verdict() verdict {
	need := int(math.Ceil(0.9 * float64(r.Rounds)))
	switch {
	case r.Rounds < tellingRounds:
		return tooFew
	case r.Faster >= need:
		return secondWins
	case r.Slower >= need:
		return firstWins
	}
	return tooClose
}
