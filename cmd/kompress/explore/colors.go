package explore

import (
	"image/color"
	"math"
	"slices"

	"kompress/quantize"
)

// Colors are the distinct colours of an image, how many pixels have each, and the
// palette entry that stands for it.
type colors struct {
	colors  []color.NRGBA
	counts  []uint32
	index   []uint8
	palette []color.NRGBA
	pixels  uint64
}

// listColors takes the colours out of a session, once for all that looks at them.
func listColors(c *quantize.Counts, q *quantize.Quantized) *colors {
	n := c.Distinct()
	l := &colors{
		colors: make([]color.NRGBA, 0, n), counts: make([]uint32, 0, n), index: make([]uint8, 0, n),
		palette: nrgbaPalette(q.Palette), pixels: c.Pixels(),
	}
	for key, count := range c.All() {
		l.colors = append(l.colors, key.NRGBA())
		l.counts = append(l.counts, count)
	}
	for _, i := range q.Table().All() {
		l.index = append(l.index, i)
	}
	return l
}

// nrgbaPalette returns the colours of a palette that Cluster found.
func nrgbaPalette(p color.Palette) []color.NRGBA {
	list := make([]color.NRGBA, len(p))
	for i, c := range p {
		list[i] = c.(color.NRGBA)
	}
	return list
}

// histogram leaves out what is fully transparent, and returns how much that is.
func (l *colors) histogram() (h Histogram, transparent uint64) {
	for i, c := range l.colors {
		n := uint64(l.counts[i])
		if c.A == 0 {
			transparent += n
			continue
		}
		h.Red[c.R] += n
		h.Green[c.G] += n
		h.Blue[c.B] += n
	}
	return h, transparent
}

// A rank says that this many of the commonest colours have that many pixels in all.
type rank struct {
	colors int
	pixels uint64
}

// ranks returns the curve of the commonest colours' pixels, with a corner for each
// number of pixels that colours have. Nearly all colours have few, so that counting
// them is faster than sorting.
func (l *colors) ranks() []rank {
	few := make([]int, 1<<12) // colours that have so many pixels
	var many []uint32
	for _, n := range l.counts {
		if int(n) < len(few) {
			few[n]++
		} else {
			many = append(many, n)
		}
	}
	slices.Sort(many)
	var list []rank
	var last rank
	for _, n := range slices.Backward(many) {
		last = rank{last.colors + 1, last.pixels + uint64(n)}
		list = append(list, last)
	}
	for n := len(few) - 1; n > 0; n-- {
		if few[n] > 0 {
			last = rank{last.colors + few[n], last.pixels + uint64(n)*uint64(few[n])}
			list = append(list, last)
		}
	}
	return list
}

var coverageShares = []float64{0.5, 0.9, 0.99}

// coverage says how many of the commonest colours it takes.
func coverage(ranks []rank) []Coverage {
	var list []Coverage
	for _, share := range coverageShares {
		list = append(list, Coverage{share, colorsFor(ranks, share)})
	}
	return list
}

// colorsFor returns how many of the commonest colours have at least a share of the pixels.
func colorsFor(ranks []rank, share float64) int {
	var before rank
	if len(ranks) == 0 {
		return 0
	}
	want := uint64(math.Ceil(share * float64(ranks[len(ranks)-1].pixels)))
	for _, r := range ranks {
		if r.pixels >= want {
			each := (r.pixels - before.pixels) / uint64(r.colors-before.colors)
			return before.colors + int((want-before.pixels+each-1)/each)
		}
		before = r
	}
	return before.colors
}

// coverageBy returns the share of the pixels that this many of the commonest have.
func coverageBy(ranks []rank, colors int) float64 {
	var before rank
	all := float64(ranks[len(ranks)-1].pixels)
	for _, r := range ranks {
		if r.colors >= colors {
			each := (r.pixels - before.pixels) / uint64(r.colors-before.colors)
			return float64(before.pixels+uint64(colors-before.colors)*each) / all
		}
		before = r
	}
	return 1
}

// squareUnit is what squares are in: with it, errors of translucent colours are whole
// numbers, too.
const squareUnit = 2 * 255 * 255

// square returns the squared error of a colour that another stands for, in
// 1/squareUnit: the distance in red, green and blue or, where not both are opaque, the
// mean of that over black and over white, as the MSE has it.
func square(c, d color.NRGBA) uint64 {
	if c == d {
		return 0
	}
	if c.A == 255 && d.A == 255 {
		r, g, b := int(c.R)-int(d.R), int(c.G)-int(d.G), int(c.B)-int(d.B)
		return squareUnit * uint64(r*r+g*g+b*b)
	}
	alpha := 255 * (int(c.A) - int(d.A))
	sum := 0
	for _, v := range [3]int{
		int(c.R)*int(c.A) - int(d.R)*int(d.A),
		int(c.G)*int(c.A) - int(d.G)*int(d.A),
		int(c.B)*int(c.A) - int(d.B)*int(d.A),
	} {
		sum += v*v + (v-alpha)*(v-alpha)
	}
	return uint64(sum)
}

// An errorTally is how errors are spread over pixels and palette entries.
type errorTally struct {
	bySquare []uint64 // pixels, by their squared error rounded to whole levels²
	max      uint64
	entries  []entryTally
	total    float64 // sum of squares, in levels²
	pixels   uint64
}

type entryTally struct {
	pixels uint64
	sum    float64
	worst  int // colour that adds most to the sum
	most   float64
}

// tally visits colours, not pixels: it is exact all the same, for all pixels of a colour
// get the same entry.
func (l *colors) tally() *errorTally {
	t := &errorTally{bySquare: make([]uint64, 3*255*255+1), entries: make([]entryTally, len(l.palette)), pixels: l.pixels}
	for i, c := range l.colors {
		s := square(c, l.palette[l.index[i]])
		n := uint64(l.counts[i])
		t.bySquare[(s+squareUnit/2)/squareUnit] += n
		t.max = max(t.max, s)
		e := &t.entries[l.index[i]]
		sum := float64(s) / squareUnit * float64(n)
		e.pixels += n
		e.sum += sum
		t.total += sum
		if sum > e.most {
			e.worst, e.most = i, sum
		}
	}
	return t
}

// visibleLevel is an error that is easily seen beside the original.
const visibleLevel = 8

// stats sums up what the tally has found.
func (t *errorTally) stats() ErrorStats {
	s := ErrorStats{
		RMS:     level(t.total / float64(max(1, t.pixels))),
		Median:  t.quantile(0.5),
		P90:     t.quantile(0.9),
		P99:     t.quantile(0.99),
		P999:    t.quantile(0.999),
		Max:     level(float64(t.max) / squareUnit),
		Visible: visibleLevel,
		Above:   t.above(visibleLevel),
	}
	for l := 0; l == 0 || l <= int(s.Max); l++ {
		s.Levels = append(s.Levels, LevelRow{l, t.above(float64(l))})
	}
	return s
}

// quantile returns the least error that so large a share of the pixels do not exceed.
func (t *errorTally) quantile(share float64) float64 {
	want := share * float64(t.pixels)
	sum := uint64(0)
	for s, n := range t.bySquare {
		if sum += n; n > 0 && float64(sum) >= want {
			return level(float64(s))
		}
	}
	return 0
}

// above returns the share of the pixels whose error is above a level.
func (t *errorTally) above(l float64) float64 {
	sum := uint64(0)
	for _, n := range t.bySquare[min(len(t.bySquare), int(3*l*l)+1):] {
		sum += n
	}
	return float64(sum) / float64(max(1, t.pixels))
}

// entries describes the palette.
func (l *colors) entries(t *errorTally) []Entry {
	list := make([]Entry, len(l.palette))
	for i, e := range t.entries {
		c := l.palette[i]
		list[i] = Entry{
			Hex: hexOf(c), color: c, Pixels: e.pixels,
			Share: float64(e.pixels) / float64(max(1, l.pixels)),
			RMS:   level(e.sum / float64(max(1, e.pixels))),
		}
		if e.most > 0 {
			list[i].worst = l.colors[e.worst]
			list[i].Worst = hexOf(list[i].worst)
			list[i].ErrorShare, list[i].WorstShare = e.sum/t.total, e.most/t.total
		}
	}
	return list
}
