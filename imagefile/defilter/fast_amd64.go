//go:build !purego

package defilter

import "golang.org/x/sys/cpu"

// useAVX2 says that the processor has AVX2. Tests compare with the plain Go twin.
var useAVX2 = cpu.X86.HasAVX2

// Fast says whether Row is faster than other code.
func Fast() bool { return useAVX2 }

// A layout is what differs between pixels of three bytes and of four.
type layout struct {
	spread [32]uint8 // where the bytes of four pixels go, twice
	alpha  [32]uint8 // what is set in pixels
	size   int       // of a pixel
}

var rgb, rgba = newLayout(3), newLayout(4)

func newLayout(size int) *layout {
	l := &layout{size: size}
	for i := range l.spread {
		pixel, sample := i%16/4, i%4
		if sample >= size {
			l.spread[i], l.alpha[i] = 0x80, 255
			continue
		}
		l.spread[i] = uint8(pixel*size + sample)
	}
	return l
}

// fast makes the first pixels, and returns how many.
func fast(filter byte, pix, row, above []uint8, size int) int {
	if !useAVX2 {
		return 0
	}
	// All code reads whole words: the last pixels of three bytes are too near to the end.
	l, n, eights := rgba, len(row)/4, len(row)/32
	if size == 3 {
		l, n, eights = rgb, len(row)/3-1, (len(row)-4)/24
	}
	if eights <= 0 {
		return 0
	}
	switch filter {
	case 0:
		noneAVX2(&pix[0], &row[0], eights, l)
	case 1:
		subAVX2(&pix[0], &row[0], eights, l)
	case 2:
		upAVX2(&pix[0], &row[0], &above[0], eights, l)
	case 3:
		averageAVX2(&pix[0], &row[0], &above[0], n, l)
		return n
	case 4:
		paethAVX2(&pix[0], &row[0], &above[0], n, l)
		return n
	}
	return 8 * eights
}

// Of these, the first ones make so many times eight pixels. Of rows of three bytes a pixel
// they read four bytes more, the others one.

//go:noescape
func noneAVX2(pix, row *uint8, eights int, l *layout)

//go:noescape
func subAVX2(pix, row *uint8, eights int, l *layout)

//go:noescape
func upAVX2(pix, row, above *uint8, eights int, l *layout)

//go:noescape
func averageAVX2(pix, row, above *uint8, n int, l *layout)

//go:noescape
func paethAVX2(pix, row, above *uint8, n int, l *layout)
