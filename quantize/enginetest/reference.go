package enginetest

import (
	"image/color"
	"math"
)

// to8 returns a colour with 8-bit components that are not premultiplied. What has
// such components keeps them, and luma and chroma and CMYK become what image/color
// makes of them. Anything else is rounded: image/color would truncate it.
func to8(c color.Color) color.NRGBA {
	n := color.NRGBA{A: 255}
	switch c := c.(type) {
	case color.NRGBA:
		n = c
	case color.YCbCr:
		n.R, n.G, n.B = color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
	case color.NYCbCrA:
		n.R, n.G, n.B = color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
		n.A = c.A
	case color.CMYK:
		n.R, n.G, n.B = color.CMYKToRGB(c.C, c.M, c.Y, c.K)
	case color.Gray16:
		n.R = round(c.Y)
		n.G, n.B = n.R, n.R
	default:
		w := color.NRGBA64Model.Convert(c).(color.NRGBA64)
		n = color.NRGBA{R: round(w.R), G: round(w.G), B: round(w.B), A: round(w.A)}
	}
	if n.A == 0 {
		return color.NRGBA{}
	}
	return n
}

func round(v uint16) uint8 { return uint8(math.Round(float64(v) * 255 / 65535)) }
