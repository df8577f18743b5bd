package main

import (
	"cmp"
	"image/color"
	"slices"

	"kompress/quantize"
)

// A share is a colour of a palette and how many pixels have it.
type share struct {
	color.NRGBA
	pixels uint64
}

// sharesOf returns what a palette has been found to have.
func sharesOf(q *quantize.Quantized) []share {
	shares := make([]share, len(q.Palette))
	for i, c := range q.Palette {
		shares[i] = share{c.(color.NRGBA), q.Counts[i]}
	}
	return shares
}

// sortShares sorts by luma, hue or count. What is translucent is at the end.
func sortShares(shares []share, by string) {
	compare := map[string]func(a, b share) int{"luma": compareLuma, "hue": compareHue, "count": compareCount}[by]
	slices.SortFunc(shares, func(a, b share) int {
		if c := cmp.Compare(b.A, a.A); c != 0 {
			return c
		}
		return cmp.Or(compare(a, b), compareLuma(a, b))
	})
}

// compareLuma puts darker before lighter colours; no two are alike.
func compareLuma(a, b share) int {
	return cmp.Or(cmp.Compare(luma(a), luma(b)), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
}

// luma is that of Rec. 601, in units of 1/1000.
func luma(s share) int { return 299*int(s.R) + 587*int(s.G) + 114*int(s.B) }

func compareCount(a, b share) int { return cmp.Compare(b.pixels, a.pixels) }

// compareHue puts greys first, then what begins with red and ends with pink.
func compareHue(a, b share) int { return cmp.Compare(hue(a), hue(b)) }

// hue is the angle of the hexagon of HSV, 0 to 6 · 2¹⁶, or -1 for what looks grey.
func hue(s share) int {
	const grey = 12 // least difference of components that is seen as a colour
	r, g, b := int(s.R), int(s.G), int(s.B)
	least, most := min(r, g, b), max(r, g, b)
	if most-least < grey {
		return -1
	}
	side := func(from int, difference int) int { return from<<16 + difference<<16/(most-least) }
	switch most {
	case r:
		return (side(6, g-b)) % (6 << 16)
	case g:
		return side(2, b-r)
	}
	return side(4, r-g)
}
