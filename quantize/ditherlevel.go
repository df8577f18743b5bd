package quantize

import "kompress/kmeans"

// Contrast, as a second difference, from where and up to where a pixel takes over less
// of the error, and how much of 256 is left in the end.
const (
	smooth     = 4 * levelUnit
	rough      = 24 * levelUnit
	roughLevel = 77
)

// level returns how much of the error, of 256, a pixel takes over: all of it where the
// image is flat or a gradient, for there bands would be seen, and less where it has
// edges or texture, in which they are not, but noise is. In gradients the second
// difference is near 0, however steep they are. Bands are also where neighbours have
// the same entry.
func (f *diffuser) level(x int) int32 {
	left, right := max(0, x-1), min(x+1, f.width-1)
	this, above, below := f.this, f.above, f.below
	contrast := max(
		secondDifference(&this.at[left], &this.at[x], &this.at[right]),
		secondDifference(&above.at[x], &this.at[x], &below.at[x]))
	level := 256 - (256-roughLevel)*min(max(0, contrast-smooth), rough-smooth)/(rough-smooth)
	own, same := this.index[x], int32(2)
	for _, other := range [4]uint8{this.index[left], this.index[right], above.index[x], below.index[x]} {
		if other == own {
			same++
		}
	}
	return level * same / 6 * f.strength / 256
}

// secondDifference returns the largest one of the coordinates.
func secondDifference(a, b, c *kmeans.Point) (most int32) {
	for i := range b {
		d := int32(a[i]) + int32(c[i]) - 2*int32(b[i])
		most = max(most, d, -d)
	}
	return most
}
