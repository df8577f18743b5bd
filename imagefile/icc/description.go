package icc

import (
	"strings"
	"unicode"
	"unicode/utf16"
)

// maxName bounds the part of a message that comes from a profile.
const maxName = 60

// description returns the name in a tag desc, or nothing.
func description(tag []byte) string {
	if len(tag) < 12 {
		return ""
	}
	switch string(tag[:4]) {
	case "desc": // version 2: a length and ASCII
		n := min(uint64(uint32At(tag, 8)), uint64(len(tag)-12))
		return oneLine(string(tag[12 : 12+n]))
	case "mluc": // version 4: a list of translations, in UTF-16
		return firstTranslation(tag)
	}
	return ""
}

func firstTranslation(tag []byte) string {
	if len(tag) < 28 || uint32At(tag, 8) == 0 {
		return ""
	}
	size, offset := uint64(uint32At(tag, 20)), uint64(uint32At(tag, 24))
	if offset+size > uint64(len(tag)) {
		return ""
	}
	var text []uint16
	for p := tag[offset : offset+size]; len(p) >= 2 && len(text) < 4*maxName; p = p[2:] {
		text = append(text, uint16At(p, 0))
	}
	return oneLine(string(utf16.Decode(text)))
}

// oneLine leaves out what does not print, and what is too long.
func oneLine(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	runes := []rune(strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
	return strings.TrimSpace(string(runes[:min(len(runes), maxName)]))
}
