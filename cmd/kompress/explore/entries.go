package explore

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// bySize returns the largest first, so that the small are drawn over them.
func bySize(palette []Entry) []Entry {
	list := slices.Clone(palette)
	slices.SortStableFunc(list, func(a, b Entry) int { return int(int64(b.Pixels) - int64(a.Pixels)) })
	return list
}

// entryRadius has areas by share, but for the smallest.
func entryRadius(e Entry, most vg.Length) vg.Length {
	return max(1.5, most*vg.Length(math.Sqrt(e.Share)))
}

func drawEntry(c draw.Canvas, at vg.Point, radius vg.Length, fill color.NRGBA, edge color.Color) {
	fillCircle(c, at, radius, opaque(fill))
	c.SetColor(edge)
	c.SetLineWidth(min(1, radius/4)) // many small ones would be nothing but edges
	c.SetLineDash(nil, 0)
	c.Stroke(circle(at, radius))
}

// opaque returns the colour without its alpha. It avoids the placeholders of themes,
// none of which an eye could tell from its neighbour.
func opaque(c color.NRGBA) color.NRGBA {
	c.A = 255
	for i := range roles {
		if c == placeholder(i) {
			c.B++
		}
	}
	return c
}
