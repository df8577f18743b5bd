package palettefile

import (
	"encoding/hex"
	"fmt"
	"image/color"
	"strings"

	"kompress/cmd/kompress/words"

	"golang.org/x/image/colornames"
)

// ParseColor reads a colour as CSS has them: #rgb, #rgba, #rrggbb, #rrggbbaa, the long
// ones without the #, too, or a name such as rebeccapurple, in any case. Those that are
// fully transparent are all the zero value.
func ParseColor(text string) (color.NRGBA, error) {
	digits, marked := strings.CutPrefix(text, "#")
	// Who writes ff00 has more likely lost two digits than meant yellow, invisible.
	if c, ok := parseHex(digits); ok && (marked || len(digits) >= 6) {
		return c, nil
	}
	switch name := strings.ToLower(text); name {
	case "transparent":
		return color.NRGBA{}, nil
	case "rebeccapurple": // of CSS 4; the list of names is that of SVG 1.1
		return color.NRGBA{R: 0x66, G: 0x33, B: 0x99, A: 255}, nil
	default:
		if c, known := colornames.Map[name]; known {
			return color.NRGBA(c), nil // it is opaque
		}
	}
	return color.NRGBA{}, fmt.Errorf("got %s, want a color such as #ff8800", shown(text))
}

// parseHex reads 3, 4, 6 or 8 digits.
func parseHex(digits string) (c color.NRGBA, ok bool) {
	if len(digits) == 3 || len(digits) == 4 {
		var doubled []byte
		for i := range len(digits) {
			doubled = append(doubled, digits[i], digits[i])
		}
		digits = string(doubled)
	}
	v, err := hex.DecodeString(digits)
	if err != nil || len(v) != 3 && len(v) != 4 {
		return c, false
	}
	c = color.NRGBA{R: v[0], G: v[1], B: v[2], A: 255}
	if len(v) == 4 {
		c.A = v[3]
	}
	if c.A == 0 {
		c = color.NRGBA{}
	}
	return c, true
}

// Hex returns #rrggbb or, if the colour is not opaque, #rrggbbaa.
func Hex(c color.NRGBA) string {
	if c.A == 255 {
		return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	}
	return fmt.Sprintf("#%02x%02x%02x%02x", c.R, c.G, c.B, c.A)
}

// shown keeps what a file has in it from filling a screen, or upsetting it.
func shown(text string) string {
	const most = 40
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	if text == "" {
		return "nothing"
	}
	return words.Printable(text)
}
