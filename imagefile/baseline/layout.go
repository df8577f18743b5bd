package baseline

import "image"

// A layout says where in the picture the blocks of a scan are. Those that belong
// together, T.81's minimum coded unit, are an MCU.
type layout struct {
	size         image.Point
	across, down int     // MCUs of the picture
	height       int     // pixels of an MCU
	blocks       []place // of an MCU, in the order of the scan

	kind  kind
	ratio image.YCbCrSubsampleRatio // of the samples as they are coded

	// With colors that are interpolated from row to row, the last row of pixels of an
	// MCU waits for the next one: lag is 1.
	lag int
}

// A place is where a block is among the samples of its component in an MCU.
type place struct{ part, x, y int }

// A kind says what becomes of the samples.
type kind int

const (
	gray   kind = iota
	plain       // YCbCr as it is
	smooth      // YCbCr with interpolated colors
	mixed       // RGB
)

func (d *Decoder) layout() layout {
	first := d.parts[0]
	l := layout{
		size:   d.Size,
		across: (d.Size.X + 8*first.h - 1) / (8 * first.h),
		down:   (d.Size.Y + 8*first.v - 1) / (8 * first.v),
		height: 8 * first.v,
	}
	for _, part := range d.scan {
		c := d.parts[part]
		for i := range c.h * c.v {
			l.blocks = append(l.blocks, place{part, 8 * (i % c.h), 8 * (i / c.h)})
		}
	}
	switch {
	case len(d.parts) == 1:
		l.kind = gray
	case d.rgb():
		l.kind = mixed
	default:
		l.setRatio(first.h/d.parts[1].h, first.v/d.parts[1].v)
	}
	return l
}

// setRatio is told how many pixels share a color, across and down.
func (l *layout) setRatio(h, v int) {
	l.kind = smooth
	switch [2]int{h, v} {
	case [2]int{2, 2}:
		l.ratio, l.lag = image.YCbCrSubsampleRatio420, 1
	case [2]int{2, 1}:
		l.ratio = image.YCbCrSubsampleRatio422
	case [2]int{1, 2}:
		l.ratio, l.lag = image.YCbCrSubsampleRatio440, 1
	case [2]int{1, 1}:
		l.kind, l.ratio = plain, image.YCbCrSubsampleRatio444
	case [2]int{4, 1}:
		l.kind, l.ratio = plain, image.YCbCrSubsampleRatio411
	case [2]int{4, 2}:
		l.kind, l.ratio = plain, image.YCbCrSubsampleRatio410
	}
}

// rows returns which rows of the picture are complete once those of the MCUs in rows m
// to m+n-1 are, that were not before.
func (l *layout) rows(m, n int) (top, bottom int) {
	top = max(0, m*l.height-l.lag)
	if m+n >= l.down {
		return top, l.size.Y
	}
	return top, (m+n)*l.height - l.lag
}
