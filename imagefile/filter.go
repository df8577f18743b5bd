package imagefile

// A filter is how PNG foretells a byte by those left of it and above it; what is
// written is the difference. PNG's average is left out: it means nothing for indices.
type filter byte

const (
	filterNone  filter = 0
	filterSub   filter = 1
	filterUp    filter = 2
	filterPaeth filter = 4

	// filterChosen is none of PNG's: each row takes the one that suits it.
	filterChosen filter = 0xff
)

// applyAt filters the bytes of row from first on, as many as dst has. Left of the first
// byte of a row there are zeros.
func (f filter) applyAt(dst, row, above []byte, first int) {
	if first == 0 && len(dst) > 0 {
		switch f {
		case filterNone, filterSub:
			dst[0] = row[0]
		case filterUp, filterPaeth: // Paeth's choice of 0, b and 0 is b
			dst[0] = row[0] - above[0]
		}
		dst, first = dst[1:], 1
	}
	if len(dst) > 0 {
		f.apply(dst, row[first-1:], above[first-1:])
	}
}

// apply makes filtered bytes of row, which like above begins with the byte before
// the first of them.
func (f filter) apply(dst, row, above []byte) {
	if f == filterPaeth {
		n := foretellWide(dst, row, above)
		dst, row, above = dst[n:], row[n:], above[n:]
	}
	left, upperLeft := row[:len(dst)], above[:len(dst)]
	row, above = row[1:][:len(dst)], above[1:][:len(dst)]
	switch f {
	case filterNone:
		copy(dst, row)
	case filterSub:
		for i, v := range row {
			dst[i] = v - left[i]
		}
	case filterUp:
		for i, v := range row {
			dst[i] = v - above[i]
		}
	case filterPaeth:
		for i, v := range row {
			dst[i] = v - uint8(paeth(int(left[i]), int(above[i]), int(upperLeft[i])))
		}
	}
}
