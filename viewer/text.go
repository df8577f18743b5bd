package viewer

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// bytesText gives a size as compress does.
func bytesText(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.2f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.2f GB", float64(n)/1e9)
}

// number groups digits by threes, with thin spaces.
func number(n int) string {
	digits := fmt.Sprint(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteRune('\u2009')
		}
		b.WriteRune(d)
	}
	return b.String()
}

func colorsText(distinct int) string {
	if distinct == 1 {
		return "1 distinct color"
	}
	return number(distinct) + " distinct colors"
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// decibels of an error that may be none.
func decibels(psnr float64) string {
	if math.IsInf(psnr, 1) {
		return "lossless"
	}
	return fmt.Sprintf("PSNR %.2f dB", psnr)
}

func framesText(rate float64) string {
	if rate == 0 {
		return "– fps"
	}
	return fmt.Sprintf("%.0f fps", rate)
}

// saving says how much smaller a file gets.
func saving(before, after int64) string {
	if before <= 0 {
		return ""
	}
	change := 100 * float64(after-before) / float64(before)
	switch {
	case change > 0:
		return fmt.Sprintf("%.1f %% larger", change)
	case change < 0:
		return fmt.Sprintf("%.1f %% smaller", -change)
	}
	return "same size"
}
