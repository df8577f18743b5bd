// Package words puts sizes, numbers and names into words, in one way for all that the
// program says.
package words

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// Bytes returns a size in a decimal unit.
func Bytes(n int64) string {
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

// Count puts a noun behind a number.
func Count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "s"):
		return fmt.Sprintf("%d %ses", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Stem returns a file's name without its folder and its ending.
func Stem(path string) string {
	name := filepath.Base(path)
	if ending := filepath.Ext(name); ending != name { // .png has none
		name = strings.TrimSuffix(name, ending)
	}
	return name
}

// Printable quotes names that would upset a terminal or a page: what cannot be printed,
// or turns the direction of a text.
func Printable(name string) string {
	if q := strconv.Quote(name); q != `"`+name+`"` {
		return q
	}
	return name
}
