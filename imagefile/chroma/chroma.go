// Package chroma interpolates colors that have fewer samples than the picture has pixels,
// as those of most JPEGs. All is in integers, and rounded as others do it.
package chroma

import "image"

// Smooth says whether Row interpolates colors that are subsampled so.
func Smooth(ratio image.YCbCrSubsampleRatio) bool {
	switch ratio {
	case image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio440:
		return true
	}
	return false
}

// Row fills row y of a picture of that height, by its rows of colors.
func Row(to []uint8, ratio image.YCbCrSubsampleRatio, y, height int, colors func(row int) []uint8) {
	if ratio == image.YCbCrSubsampleRatio422 {
		Row422(to, colors(y))
		return
	}
	near, far := Near(y, (height+1)/2)
	if ratio == image.YCbCrSubsampleRatio420 {
		Row420(to, colors(near), colors(far))
	} else {
		Row440(to, colors(near), colors(far), y%2)
	}
}

// Near returns which of n rows of colors, half as many as the picture has, is the nearest
// to row y of the picture, and which comes next.
func Near(y, n int) (near, far int) {
	near = y / 2
	far = near - 1 + y%2*2
	return near, max(0, min(far, n-1))
}

// Row420 fills a row of the picture from the two rows of colors nearest to it, half as
// long, in the way of libjpeg, which browsers and most programs show. Of each the nearest
// color counts three fourths, the next one a fourth. The bias takes turns, that rounding
// does not make the picture brighter.
func Row420(to, near, far []uint8) {
	n := (len(to) + 1) / 2
	near, far = near[:n], far[:n]
	from, until := fast420(to, near, far)
	slow420(to, near, far, 0, from)
	slow420(to, near, far, until, n)
}

// slow420 fills the pixels of the colors from a number until another.
func slow420(to, near, far []uint8, from, until int) {
	if from == until {
		return
	}
	this := 3*int(near[from]) + int(far[from])
	before := this
	if from > 0 {
		before = 3*int(near[from-1]) + int(far[from-1])
	}
	for i := from; i < until; i++ {
		next := this
		if i+1 < len(near) {
			next = 3*int(near[i+1]) + int(far[i+1])
		}
		to[2*i] = uint8((3*this + before + 8) >> 4)
		if 2*i+1 < len(to) {
			to[2*i+1] = uint8((3*this + next + 7) >> 4)
		}
		before, this = this, next
	}
}

// Row422 is Row420 for a row of colors that is one of the picture.
func Row422(to, near []uint8) {
	n := (len(to) + 1) / 2
	near = near[:n]
	from, until := fast422(to, near)
	slow422(to, near, 0, from)
	slow422(to, near, until, n)
}

// slow422 fills the pixels of the colors from a number until another.
func slow422(to, near []uint8, from, until int) {
	for i := from; i < until; i++ {
		this, before, next := 3*int(near[i]), int(near[max(i-1, 0)]), int(near[min(i+1, len(near)-1)])
		to[2*i] = uint8((this + before + 1) >> 2)
		if 2*i+1 < len(to) {
			to[2*i+1] = uint8((this + next + 2) >> 2)
		}
	}
}

// Row440 is Row420 for rows of as many colors as the picture has pixels. Lower is 1 for
// the second row of a pair, else 0.
func Row440(to, near, far []uint8, lower int) {
	near, far = near[:len(to)], far[:len(to)]
	for i := range to {
		to[i] = uint8((3*int(near[i]) + int(far[i]) + 1 + lower) >> 2)
	}
}
