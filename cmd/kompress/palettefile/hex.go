package palettefile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

// decodeHex reads a text with a colour, rrggbb, #rrggbb or with alpha, at the beginning
// of each line. What is behind it is passed over: kompress palette prints shares there.
func decodeHex(data []byte) (*Palette, error) {
	p := new(Palette)
	for _, l := range linesOf(data) {
		field, _, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(l.text), "\t", " "), " ")
		if field == "" {
			continue
		}
		c, ok := parseHex(strings.TrimPrefix(field, "#"))
		if !ok {
			return nil, l.errorf("got %s, want a color such as ff8800", shown(field))
		}
		p.Colors = append(p.Colors, Color{NRGBA: c})
	}
	return p, nil
}

// looksLikeHex says whether a text begins with a colour.
func looksLikeHex(text []byte) bool {
	if end := bytes.IndexAny(text, " \t\r\n"); end >= 0 {
		text = text[:end]
	}
	_, ok := parseHex(strings.TrimPrefix(string(text), "#"))
	return ok
}

func encodeHex(w io.Writer, p *Palette) error {
	b := bufio.NewWriter(w)
	for _, c := range p.Colors {
		fmt.Fprintln(b, strings.TrimPrefix(Hex(c.NRGBA), "#"))
	}
	return b.Flush()
}
