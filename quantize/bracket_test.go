package quantize

import (
	"math"
	"testing"
)

// A bracket ends with neighbours whatever the curve, and needs few trials where the
// excess is a line over the logarithm of k.
func TestBracket(t *testing.T) {
	decibels := func(mse func(k int) float64, want float64) func(k int) float64 {
		return func(k int) float64 { return want - PSNR(mse(k)) }
	}
	for name, test := range map[string]struct {
		excess func(k int) float64
		trials int
	}{
		"line":  {decibels(func(k int) float64 { return 4000 / float64(k) }, 32), 3},
		"steep": {decibels(func(k int) float64 { return 4000 / float64(k*k*k) }, 32), 4},
		"step": {decibels(func(k int) float64 {
			if k < 180 {
				return 3000
			}
			return 1
		}, 47), 12},
		"exact":  {decibels(func(k int) float64 { return float64(max(0, 150-k)) }, 47), 8},
		"signs":  {func(k int) float64 { return sign(k < 37) }, 12},
		"zero":   {func(k int) float64 { return float64(max(0, 50-k)) }, 14},
		"always": {func(k int) float64 { return -1 }, 9},
	} {
		for _, ends := range [][2]int{{128, 192}, {2, 256}, {3, 200}, {0, 256}, {0, 2}, {5, 6}, {0, 1}} {
			low := math.Inf(1)
			if ends[0] > 0 {
				low = test.excess(ends[0])
			}
			b := NewBracket(ends[0], low, ends[1], test.excess(ends[1]))
			if low <= 0 || test.excess(b.High) > 0 {
				continue
			}
			trials := 0
			for k, ok := b.Next(); ok; k, ok = b.Next() {
				if k <= b.Low || k >= b.High {
					t.Fatalf("%s: got k = %d between %d and %d", name, k, b.Low, b.High)
				}
				b.Narrow(k, test.excess(k))
				trials++
			}
			if b.High != b.Low+1 || b.Low > 0 && test.excess(b.Low) <= 0 || test.excess(b.High) > 0 {
				t.Errorf("%s from %v: got %+v", name, ends, b)
			}
			most := test.trials
			if ends[0] == 0 { // the line is not known at first
				most += 4
			}
			if trials > most {
				t.Errorf("%s from %v: got %d trials, want at most %d", name, ends, trials, most)
			}
		}
	}
}

// Excesses that are infinite at an end, or of wrong signs, are no line.
func TestBracketWithoutALine(t *testing.T) {
	for _, ends := range [][2]float64{{math.Inf(1), -1}, {1, math.Inf(-1)}, {math.Inf(1), math.Inf(-1)}, {math.NaN(), 0}, {-3, -1}, {0, 0}} {
		b := NewBracket(10, ends[0], 90, ends[1])
		if k, ok := b.Next(); k != 50 || !ok {
			t.Errorf("%v: got %d, %t, want 50", ends, k, ok)
		}
	}
}
