// Package defilter makes pixels of the filtered rows of PNGs that have three or four
// samples of eight bits a pixel, in one go, with vector code.
package defilter

// Row makes the pixels, of four bytes, of a row of pixels that take size bytes, three or
// four, with one of PNG's five filters. Pixels of three bytes get an alpha of 255. Above are the
// pixels of the row above; of the first row they are zeros, with any alpha where size is
// three. It is slow where there is no vector code: see Fast.
func Row(filter byte, pix, row, above []uint8, size int) {
	n := len(pix) / 4
	from := fast(filter, pix[:4*n], row[:size*n], above[:4*n], size)
	slow(filter, pix[:4*n], row[:size*n], above[:4*n], size, from)
}

// slow makes the pixels from a number on.
func slow(filter byte, pix, row, above []uint8, size, from int) {
	for x := from; x < len(pix)/4; x++ {
		for i := range size {
			at := 4*x + i
			var a, b, c int
			b = int(above[at])
			if x > 0 {
				a, c = int(pix[at-4]), int(above[at-4])
			}
			pix[at] = row[size*x+i] + foretold(filter, a, b, c)
		}
		if size == 3 {
			pix[4*x+3] = 255
		}
	}
}

// foretold is what a filter takes a sample for that has a on its left, b above and c to
// the upper left.
func foretold(filter byte, a, b, c int) uint8 {
	switch filter {
	case 1:
		return uint8(a)
	case 2:
		return uint8(b)
	case 3:
		return uint8((a + b) / 2)
	case 4:
		return paeth(a, b, c)
	}
	return 0
}

// paeth returns which of a, b and c is nearest to a + b - c; of equally near ones, the
// first.
func paeth(a, b, c int) uint8 {
	pa, pb, pc := distance(b, c), distance(a, c), distance(a+b, 2*c)
	switch {
	case pa <= pb && pa <= pc:
		return uint8(a)
	case pb <= pc:
		return uint8(b)
	}
	return uint8(c)
}

func distance(v, w int) int { return max(v-w, w-v) }
