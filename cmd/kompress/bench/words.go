package bench

import (
	"fmt"
	"math"
	"strings"
)

// duration returns three digits with a unit.
func duration(seconds float64) string {
	switch {
	case math.IsNaN(seconds):
		return "-"
	case seconds >= 0.9995:
		return significant(seconds, 3) + " s"
	case seconds >= 0.9995e-3:
		return significant(1e3*seconds, 3) + " ms"
	}
	return significant(1e6*seconds, 3) + " us"
}

// significant rounds to so many digits, without an exponent.
func significant(v float64, digits int) string {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Sprintf("%g", v)
	}
	after := digits - 1 - int(math.Floor(math.Log10(math.Abs(v))))
	// 9.996 becomes 10.0, not 10.00.
	if rounded := math.Round(v*math.Pow10(after)) / math.Pow10(after); math.Floor(math.Log10(math.Abs(rounded))) > math.Floor(math.Log10(math.Abs(v))) {
		after--
	}
	return fmt.Sprintf("%.*f", max(0, after), v)
}

// quoteList joins words for a sentence.
func quoteList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
