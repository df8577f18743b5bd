package palettefile

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A .pal of Paint Shop Pro, which other programs write too, is a text: this, the
// version, how many colours there are, and a line of red, green and blue for each.
const (
	jascMagic   = "JASC-PAL"
	jascVersion = "0100"
)

func decodeJASC(data []byte) (*Palette, error) {
	lines := linesOf(data)
	for len(lines) > 3 && lines[len(lines)-1].text == "" {
		lines = lines[:len(lines)-1]
	}
	if lines[0].text != jascMagic {
		return nil, lines[0].errorf("got %s, want %s", shown(lines[0].text), jascMagic)
	}
	if len(lines) < 3 {
		return nil, fmt.Errorf("got %d lines, want %s, %s, how many colors, and these", len(lines), jascMagic, jascVersion)
	}
	n, err := strconv.ParseUint(strings.TrimSpace(lines[2].text), 10, 16)
	if err != nil {
		return nil, lines[2].errorf("got %s, want how many colors there are", shown(lines[2].text))
	}
	p := new(Palette)
	for _, l := range lines[3:] {
		numbers := 3
		if len(strings.Fields(l.text)) == 4 { // Aseprite writes alpha
			numbers = 4
		}
		c, rest, err := l.components(numbers)
		if err != nil {
			return nil, err
		}
		if rest != "" {
			return nil, l.errorf("got %s behind the numbers, want nothing", shown(rest))
		}
		p.Colors = append(p.Colors, Color{NRGBA: c})
	}
	if uint64(len(p.Colors)) != n {
		return nil, fmt.Errorf("got %d colors, want %d as line 3 says", len(p.Colors), n)
	}
	return p, nil
}

func encodeJASC(w io.Writer, p *Palette) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "%s\r\n%s\r\n%d\r\n", jascMagic, jascVersion, len(p.Colors))
	for _, c := range p.Colors {
		fmt.Fprintf(b, "%d %d %d\r\n", c.R, c.G, c.B)
	}
	return b.Flush()
}
