package ui

import (
	"iter"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const ellipsis = "…"

// longestEnding is how many runes a file ending may have to be kept whole.
const longestEnding = 8

// visible returns the runes that are drawn for s, which may be anything, for a file's
// name may be: letters and their accents composed, since fonts draw those better;
// U+FFFD for control characters and for bytes that are no UTF-8; and nothing for
// what only tells others how to look, such as joiners and directions.
func visible(s string) iter.Seq[rune] {
	return func(yield func(rune) bool) {
		for _, r := range norm.NFC.String(s) {
			switch {
			case unicode.In(r, unicode.Cf, unicode.Variation_Selector):
				continue
			case unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp):
				r = utf8.RuneError
			}
			if !yield(r) {
				return
			}
		}
	}
}

// Fit returns s, or as much of it as fits into a width in pixels, with an ellipsis for
// the rest: where s ends, or in the middle if the end is to stay, as far as there is
// room for its file ending. It is empty if not even the ellipsis fits.
func (f *Font) Fit(s string, width float32, end bool) string {
	if f.Width(s) <= width {
		return s
	}
	room := width - f.Width(ellipsis)
	if !(room >= 0) {
		return ""
	}
	runes := slices.Collect(visible(s))
	var tail []rune
	if end {
		tail = f.tail(runes, room)
		for _, r := range tail {
			room -= f.glyph(r).advance
		}
	}
	return string(f.head(runes, room)) + ellipsis + string(tail)
}

// head returns how runes begin, as far as they fit into a width in pixels.
func (f *Font) head(runes []rune, width float32) []rune {
	for i, r := range runes {
		if width -= f.glyph(r).advance; width < 0 {
			return runes[:i]
		}
	}
	return runes
}

// tail returns how runes end: their file ending if that fits into a width in pixels,
// else or if that is more, what fits into half of it.
func (f *Font) tail(runes []rune, width float32) []rune {
	var advance, half float32 = 0, width / 2
	from, ending := len(runes), endingAt(runes)
	for i := len(runes) - 1; i >= 0; i-- {
		advance += f.glyph(runes[i]).advance
		if advance > width || advance > half && i < ending {
			break
		}
		from = i
	}
	for from < len(runes) && unicode.Is(unicode.M, runes[from]) {
		from++ // an accent does not belong on an ellipsis
	}
	return runes[from:]
}

// endingAt returns where the file ending begins, with its dot. It is where runes end
// if there is none.
func endingAt(runes []rune) int {
	for i := len(runes) - 1; i >= max(0, len(runes)-1-longestEnding); i-- {
		if runes[i] == '.' {
			return i
		}
	}
	return len(runes)
}
