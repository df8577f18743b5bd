package palettefile

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

const byteOrderMark = "\ufeff"

// A line is one of a text, without what ends it.
type line struct {
	number int // from 1
	text   string
}

func (l line) errorf(format string, args ...any) error {
	return fmt.Errorf("line %d: %w", l.number, fmt.Errorf(format, args...))
}

// linesOf takes a text apart. Names in old files are in Latin-1: what is no UTF-8 is
// read as that.
func linesOf(data []byte) []line {
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	text := string(data)
	if !utf8.Valid(data) {
		runes := make([]rune, len(data))
		for i, b := range data {
			runes[i] = rune(b)
		}
		text = string(runes)
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	var lines []line
	for i, t := range strings.Split(text, "\n") {
		lines = append(lines, line{i + 1, strings.TrimRight(t, " \t")})
	}
	return lines
}

// looksBinary says whether data are no text: none has these in it.
func looksBinary(data []byte) bool {
	return bytes.ContainsFunc(data, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' })
}
