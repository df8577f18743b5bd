package explore

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// groupedInt has a comma at each three digits.
func groupedInt(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural puts a noun behind a number.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return groupedInt(int64(n)) + " " + noun + "s"
}

// numberText has four digits that count, or all before the point.
func numberText(v float64) string {
	if v == 0 {
		return "0"
	}
	digits := min(6, max(0, 3-int(math.Floor(math.Log10(math.Abs(v))))))
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// textsApart has four digits that count or, where values in a row would look the same,
// as many as tell them apart.
func textsApart(values []float64) []string {
	if len(values) == 0 {
		return nil
	}
	digits := 3
	if most := slices.Max(values); most > 0 {
		digits = max(0, 3-int(math.Floor(math.Log10(most))))
	}
	texts := make([]string, len(values))
	for ; ; digits++ {
		alike := false
		for i, v := range values {
			texts[i] = strconv.FormatFloat(v, 'f', digits, 64)
			alike = alike || i > 0 && v != values[i-1] && texts[i] == texts[i-1]
		}
		if !alike || digits >= 12 {
			return texts
		}
	}
}

func psnrText(v *float64) string {
	if v == nil {
		return "∞"
	}
	return fmt.Sprintf("%.2f", *v)
}

// percentText shows that something is there, however little.
func percentText(share float64) string {
	switch p := 100 * share; {
	case p == 0 || p == 100:
		return fmt.Sprintf("%.0f %%", p)
	case p < 0.01:
		return "< 0.01 %"
	case p < 10:
		return fmt.Sprintf("%.2f %%", p)
	case p > 99.9:
		return "> 99.9 %"
	default:
		return fmt.Sprintf("%.1f %%", p)
	}
}

// validName replaces bytes that are no text, which neither JSON nor HTML can hold.
func validName(name string) string { return strings.ToValidUTF8(name, "\uFFFD") }
