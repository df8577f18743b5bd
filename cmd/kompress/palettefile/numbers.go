package palettefile

import (
	"image/color"
	"strconv"
	"strings"
)

// components reads the numbers at the beginning of a line, 3 of them or, with alpha, 4,
// and returns what is behind them.
func (l line) components(n int) (c color.NRGBA, rest string, err error) {
	values := [4]uint8{3: 255}
	rest = l.text
	for i := range n {
		var field string
		rest = strings.TrimLeft(rest, " \t")
		if end := strings.IndexAny(rest, " \t"); end >= 0 {
			field, rest = rest[:end], rest[end:]
		} else {
			field, rest = rest, ""
		}
		v, err := strconv.ParseUint(field, 10, 8)
		if err != nil {
			return c, "", l.errorf("got %s, want %d numbers from 0 to 255", shown(field), n)
		}
		values[i] = uint8(v)
	}
	return color.NRGBA{R: values[0], G: values[1], B: values[2], A: values[3]}, strings.TrimLeft(rest, " \t"), nil
}
