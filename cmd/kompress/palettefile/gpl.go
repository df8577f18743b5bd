package palettefile

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// A .gpl is a text: a first line that never changes, a header of names and values, then
// a line for each colour with red, green, blue and what it is called
// (https://developer.gimp.org/core/standards/gpl).
const gplMagic = "GIMP Palette"

func decodeGPL(data []byte) (*Palette, error) {
	lines := linesOf(data)
	if lines[0].text != gplMagic {
		return nil, lines[0].errorf("got %s, want %s", shown(lines[0].text), gplMagic)
	}
	p, numbers := new(Palette), 3
	for _, l := range lines[1:] {
		text := strings.TrimLeft(l.text, " \t")
		if text == "" || text[0] == '#' {
			continue
		}
		if name, value, found := strings.Cut(text, ":"); found && len(p.Colors) == 0 && isWord(name) {
			value = strings.TrimSpace(value)
			switch {
			case name == "Name":
				p.Name = value
			case name == "Channels" && value == "RGBA": // Aseprite's extension
				numbers = 4
			}
			continue
		}
		c, name, err := l.components(numbers)
		if err != nil {
			return nil, err
		}
		p.Colors = append(p.Colors, Color{c, name})
	}
	return p, nil
}

func isWord(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) < 0
}

func encodeGPL(w io.Writer, p *Palette) error {
	b := bufio.NewWriter(w)
	name := oneLine(p.Name)
	if name == "" {
		name = "kompress"
	}
	fmt.Fprintf(b, "%s\nName: %s\nColumns: %d\n#\n", gplMagic, name, min(16, len(p.Colors)))
	for _, c := range p.Colors {
		name := oneLine(c.Name)
		if name == "" {
			name = Hex(c.NRGBA)
		}
		fmt.Fprintf(b, "%3d %3d %3d\t%s\n", c.R, c.G, c.B, name)
	}
	return b.Flush()
}

// oneLine makes a name of what may come from the name of a file.
func oneLine(name string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, name))
}
