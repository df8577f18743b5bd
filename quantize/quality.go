package quantize

import (
	"math"
	"runtime"
)

// Qualities are those of libimagequant 2.17, which pngquant's --quality and the Q and
// MSE that it prints with -v are about; the constants are from its source. There, a
// component is the power internalGamma·2.2 of the 8-bit one, premultiplied by alpha, an
// error is the larger one of those over black and over white, and quality 0 to 100 is a
// curve over the mean squared error that resembles libjpeg's.

const (
	internalGamma = 0.5499
	qualityUnit   = 1 << 16       // of a component of 1, not premultiplied
	printed       = 65536.0 / 6.0 // of the MSE where components are 0 to 1
)

// qualityLevels has the components. They are whole numbers, so that the last bit of a
// power, which is not the same on all machines, does not matter.
var qualityLevels = func() (table [256]int64) {
	for v := range table {
		table[v] = int64(math.Round(qualityUnit * math.Pow(float64(v)/255, internalGamma/0.45455)))
	}
	return table
}()

// QualityLimit returns the largest error at which the quality, 0 to 100, is reached: 0
// for 100 and infinity for 0. It falls with the quality.
func QualityLimit(quality int) float64 {
	switch {
	case quality <= 0:
		return math.Inf(1)
	case quality >= 100:
		return 0
	}
	v := float64(quality)
	low := max(0, 0.016/(0.001+v)-0.001) // for very few colours
	return printed * (low + float64(2.5/math.Pow(210+v, 1.2))*(100.1-v)/100)
}

// QualityOf returns the best quality whose limit an error keeps to, 0 to 100.
func QualityOf(qualityError float64) int {
	const slack = 1e-6 * printed
	quality := 100
	for quality > 0 && !(qualityError <= QualityLimit(quality)+slack) {
		quality--
	}
	return quality
}

// Quality returns that of the colours, without regard to dithering: 0, the worst, to 100.
func (q *Quantized) Quality() int { return QualityOf(q.QualityError()) }

// QualityError returns the mean squared error as pngquant prints it, of those pixels
// that are not fully transparent. It is 1 or 2 % above that, for the palette is rounded
// to 8 bits; for images with alpha it is 6 to 17 % above at 64 colours and more. The
// palette is one that Cluster or Assign found.
func (q *Quantized) QualityError() float64 {
	c, index := q.session.counts, q.table.index
	entries := make([]Key, len(q.Palette))
	for i, e := range q.Palette {
		entries[i] = keyOf(nrgba8(e))
	}
	const size = 1 << 15
	parts := make([]float64, (len(c.keys)+size-1)/size)
	parallel(len(parts), runtime.GOMAXPROCS(0), func(i int) {
		sum := 0.0 // not in the slice, which the threads share
		for j := i * size; j < min((i+1)*size, len(c.keys)); j++ {
			sum += float64(float64(c.counts[j]) * float64(qualitySquare(c.keys[j], entries[index[j]])))
		}
		parts[i] = sum
	})
	var sum float64
	for _, v := range parts { // in their order, so that all runs agree
		sum += v
	}
	const unit = 255 * qualityUnit
	return sum / (unit * unit) / float64(max(1, c.visible())) * printed
}

// visible returns how many pixels are not fully transparent.
func (c *Counts) visible() uint64 {
	last := len(c.keys) - 1
	if last < 0 || c.keys[last] != transparent {
		return c.pixels
	}
	return c.pixels - uint64(c.counts[last])
}

// qualitySquare returns the squared distance of two colours, in units of 1/255 of
// qualityUnit. It is below 2⁵⁰.
func qualitySquare(k, l Key) (sum int64) {
	if k == l {
		return 0
	}
	r1, g1, b1, a1 := k.rgba()
	r2, g2, b2, a2 := l.rgba()
	alpha := qualityUnit * (int64(a2) - int64(a1))
	for _, v := range [3][2]uint8{{r1, r2}, {g1, g2}, {b1, b2}} {
		black := qualityLevels[v[0]]*int64(a1) - qualityLevels[v[1]]*int64(a2)
		white := black + alpha
		sum += max(black*black, white*white)
	}
	return sum
}
