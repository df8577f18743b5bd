// Package ycbcr converts the colors that JPEGs are in to RGB.
package ycbcr

import "image/color"

// RGBA converts pixels, as many as luma has, to opaque ones in R, G, B, alpha, with the
// same result as [image/color.YCbCrToRGB].
func RGBA(to, luma, blue, red []uint8) {
	n := len(luma)
	to, blue, red = to[:4*n], blue[:n], red[:n]
	done := fastRGBA(to, luma, blue, red)
	slowRGBA(to[4*done:], luma[done:], blue[done:], red[done:])
}

func slowRGBA(to, luma, blue, red []uint8) {
	blue, red = blue[:len(luma)], red[:len(luma)]
	for i, y := range luma {
		p := to[4*i : 4*i+4 : 4*i+4]
		p[0], p[1], p[2] = color.YCbCrToRGB(y, blue[i], red[i])
		p[3] = 255
	}
}
