package imagefile

import (
	"image/color"
	"math"

	"kompress/imagefile/baseline"
)

// Need returns about how many bytes decoding takes if the image is held as a whole, at
// the most. It is so little that some thousand such numbers can be added.
func (r *Rows) Need() int64 {
	const most = math.MaxInt64 >> 10
	pixel, more := r.pixelNeed()
	if r.turns() {
		pixel *= 2 // the image and the one that is turned
	}
	pixels := mul(int64(r.Size.X), int64(r.Size.Y))
	rows := mul(2*pixel, int64(r.config.Width)) // that are not pixels yet, and those above
	return min(mul(pixel+more, pixels), most/2) + min(rows, most/2)
}

// pixelNeed returns how many bytes a pixel takes when it is decoded, and how many more
// before. Where that is up to others' decoders, it was measured.
func (r *Rows) pixelNeed() (pixel, more int64) {
	if r.decoder != nil {
		return r.decoder.bytesPerPixel(), 0
	}
	pixel = modelBytes(r.config.ColorModel)
	switch r.Format {
	case "jpeg":
		return pixel, r.jpegNeed(pixel)
	case "png":
		if r.Whole == errInterlaced.Error() {
			return pixel, pixel // the largest of seven images has half of the rows, all together as much
		}
	case "gif":
		return pixel, pixel // a frame and the screen
	case "webp":
		return 4, 2 // R, G, B, A, made of YCbCr 4:2:0
	case "heic":
		return 4, 19
	case "avif":
		return 4, 65
	}
	return pixel, 0
}

// jpegNeed is for what image/jpeg decodes.
func (r *Rows) jpegNeed(pixel int64) int64 {
	planes := int64(0)
	if r.config.ColorModel == color.CMYKModel {
		planes = pixel // that are apart from each other first
	}
	if r.Whole == string(baseline.Progressive) {
		return planes + 4*pixel
	}
	return max(planes, pixel) // not interpolated yet
}
