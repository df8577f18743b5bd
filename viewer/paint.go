package viewer

import (
	"encoding/binary"
	"image/color"
	"math"
	"slices"
	"sync"

	"kompress/quantize"
)

// A view is what is to be painted: the picture, the colours it has now, and what of
// it is on the screen.
type view struct {
	picture *picture
	table   *quantize.Table // nil while there is none: all is the original then
	palette [256]color.NRGBA
	drawing *Drawing // of the GPU, nil for the CPU

	columns, rows []span // of the picture, for those of the screen
	split         int    // columns of the screen, from the left, that show the original
	lit           int    // entry of the palette beside whose pixels all are faded; -1 for none
}

// A fade is what becomes of colours that are not to be looked at: they are near black
// or near white, whichever is farther from those that are.
type fade uint8

const (
	fadeShare = 5       // of a colour's components, one part is left
	toBlack   = fade(0) // what is added to it
	toWhite   = fade(235 / 5 * 4)
)

func (f fade) of(v uint8) uint8 { return v/fadeShare + uint8(f) }

// fade returns that for the lit entry.
func (v *view) fade() fade {
	if v.lit < 0 {
		return toBlack
	}
	c := v.palette[v.lit]
	if luma := (299*int(c.R) + 587*int(c.G) + 114*int(c.B)) * int(c.A) / 255000; luma < 110 {
		return toWhite
	}
	return toBlack
}

// maxSamples, to a side, keep sums below 2³².
const maxSamples = 256

// paint fills rows of the screen, from one to another, with premultiplied colours,
// 4 bytes each; dst begins with the first of them. Each pixel is the mean, in linear
// light, of what it shows of the picture or, if that is more, of samples × samples
// pixels spread evenly. The shader paint.frag is its twin.
func (v *view) paint(dst []uint8, from, to, samples int) {
	samples = min(samples, maxSamples)
	width := len(v.columns)
	split := width
	if v.table != nil {
		split = min(max(0, v.split), width)
	}
	left := &part{view: v, sampling: sample(v.columns[:split], samples), samples: samples, fades: v.table != nil && v.lit >= 0}
	right := &part{view: v, sampling: sample(v.columns[split:], samples), samples: samples, palette: newLights(v)}
	const share = 8 // rows at a time
	parallel((to-from+share-1)/share, func(i int) {
		b := buffers.Get().(*buffer)
		defer buffers.Put(b)
		for y := from + i*share; y < min(to, from+(i+1)*share); y++ {
			line := dst[4*width*(y-from):][:4*width]
			left.paintRow(b, line[:4*split], v.rows[y])
			right.paintRow(b, line[4*split:], v.rows[y])
		}
	})
}

// A part is neighbouring columns of the screen, which all show the original or all
// the result.
type part struct {
	*view
	sampling
	samples int     // to a side, at most
	palette *lights // nil for the original
	fades   bool    // it is the original, and samples are faded before they are used
}

// A sampling is what neighbouring columns of the screen show of a row of the picture.
type sampling struct {
	places []int32 // columns of the picture, those of each column of the screen in turn
	counts []int32 // how many these are
	single bool    // one at most
	solid  bool    // they follow each other without gaps
}

func sample(columns []span, samples int) sampling {
	s := sampling{counts: make([]int32, len(columns)), single: true}
	for i, c := range columns {
		n := min(samples, int(c.end-c.first))
		s.counts[i] = int32(n)
		s.single = s.single && n <= 1
		for j := range n {
			s.places = append(s.places, int32(c.sample(j, n)))
		}
	}
	// They rise, by at most one where the picture is enlarged.
	n := len(s.places)
	s.solid = n > 0 && int(s.places[n-1]-s.places[0]) == n-1
	return s
}

// A light is a colour's linear light times alpha, and alpha, as sums have them.
type light [4]uint32

// lights are those of a palette, beside its colours.
type lights struct {
	colors [256][4]uint8 // multiplied by alpha
	light  [256]light
}

func newLights(v *view) *lights {
	l := new(lights)
	faded := v.fade()
	for i, c := range v.palette {
		if v.lit >= 0 && i != v.lit {
			c.R, c.G, c.B = faded.of(c.R), faded.of(c.G), faded.of(c.B)
		}
		l.colors[i] = [4]uint8{multiplied(c.R, c.A), multiplied(c.G, c.A), multiplied(c.B, c.A), c.A}
		l.light[i] = lightOf(c.R, c.G, c.B, c.A)
	}
	return l
}

func lightOf(r, g, b, a uint8) light {
	if a == 255 {
		return light{linear[r], linear[g], linear[b], 255}
	}
	n := uint32(a)
	return light{linear[r] * n / 255, linear[g] * n / 255, linear[b] * n / 255, n}
}

// A buffer is what a goroutine paints a row with.
type buffer struct {
	line  []uint8 // samples of a row of the picture, 4 bytes each
	index []uint8 // entries of the palette
	sums  []light
}

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// paintRow fills the part's pixels of a row of the screen.
func (p *part) paintRow(b *buffer, dst []uint8, row span) {
	down := min(p.samples, int(row.end-row.first))
	if len(p.places) == 0 || down == 0 {
		clear(dst)
		return
	}
	if p.single && down == 1 {
		p.scatter(b, dst, p.gather(b, row.sample(0, 1)))
		return
	}
	b.sums = slices.Grow(b.sums[:0], len(p.counts))[:len(p.counts)]
	clear(b.sums)
	for j := range down {
		p.add(b, p.gather(b, row.sample(j, down)))
	}
	average(dst, b.sums, p.counts, down)
}

// gather returns the samples of a row of the picture, which are not to be changed.
func (p *part) gather(b *buffer, y int) []uint8 {
	row := p.picture.pixels[4*y*p.picture.size.X:][:4*p.picture.size.X]
	n := len(p.places)
	if p.solid && !p.fades {
		return row[4*p.places[0]:][:4*n]
	}
	b.line = slices.Grow(b.line[:0], 4*n)[:4*n]
	for i, x := range p.places {
		binary.NativeEndian.PutUint32(b.line[4*i:], binary.NativeEndian.Uint32(row[4*x:]))
	}
	if p.fades {
		p.fadeLine(b)
	}
	return b.line
}

// fadeLine makes the samples of the original straight, and fades those that have other
// entries than the lit one.
func (p *part) fadeLine(b *buffer) {
	faded := p.fade()
	for i, entry := range p.entries(b, b.line) {
		c := b.line[4*i : 4*i+4]
		c[0], c[1], c[2], _ = p.divided(c)
		if int(entry) != p.lit {
			c[0], c[1], c[2] = faded.of(c[0]), faded.of(c[1]), faded.of(c[2])
		}
	}
}

// entries returns the palette's for the samples.
func (p *part) entries(b *buffer, line []uint8) []uint8 {
	b.index = slices.Grow(b.index[:0], len(line)/4)[:len(line)/4]
	p.table.Lookup(b.index, line, p.picture.premultiplied)
	return b.index
}

// straight returns a sample's components, not premultiplied.
func (p *part) straight(c []uint8) (r, g, b, a uint8) {
	if p.fades {
		return c[0], c[1], c[2], c[3] // fadeLine has made it so
	}
	return p.divided(c)
}

// divided returns the components of a pixel of the picture, not premultiplied.
func (p *part) divided(c []uint8) (r, g, b, a uint8) {
	if !p.picture.premultiplied || c[3] == 255 {
		return c[0], c[1], c[2], c[3]
	}
	n := quantize.PremultipliedKey(c[0], c[1], c[2], c[3]).NRGBA()
	return n.R, n.G, n.B, n.A
}

// scatter puts a sample on each pixel that has one.
func (p *part) scatter(b *buffer, dst, line []uint8) {
	var index []uint8
	if p.palette != nil {
		index = p.entries(b, line)
	}
	at := 0
	for i, n := range p.counts {
		out := dst[4*i : 4*i+4 : 4*i+4]
		switch {
		case n == 0:
			clear(out)
			continue
		case p.palette != nil:
			copy(out, p.palette.colors[index[at]][:])
		case line[4*at+3] == 255:
			copy(out, line[4*at:4*at+4])
		default:
			r, g, b, a := p.straight(line[4*at:])
			out[0], out[1], out[2], out[3] = multiplied(r, a), multiplied(g, a), multiplied(b, a), a
		}
		at++
	}
}

// add adds the light of samples to the sums.
func (p *part) add(b *buffer, line []uint8) {
	if p.palette != nil {
		p.addEntries(b.sums, p.entries(b, line))
		return
	}
	for i, n := range p.counts {
		s := b.sums[i]
		for range n {
			c := line[:4:4]
			line = line[4:]
			if c[3] == 255 {
				s[0] += linear[c[0]]
				s[1] += linear[c[1]]
				s[2] += linear[c[2]]
				s[3] += 255
				continue
			}
			l := lightOf(p.straight(c))
			s[0], s[1], s[2], s[3] = s[0]+l[0], s[1]+l[1], s[2]+l[2], s[3]+l[3]
		}
		b.sums[i] = s
	}
}

func (p *part) addEntries(sums []light, index []uint8) {
	for i, n := range p.counts {
		s := sums[i]
		for _, entry := range index[:n] {
			l := &p.palette.light[entry]
			s[0] += l[0]
			s[1] += l[1]
			s[2] += l[2]
			s[3] += l[3]
		}
		index = index[n:]
		sums[i] = s
	}
}

// average fills in the means of sums over so many rows of samples.
func average(dst []uint8, sums []light, counts []int32, down int) {
	for i, across := range counts {
		p := dst[4*i : 4*i+4 : 4*i+4]
		n := uint32(down) * uint32(across)
		s := &sums[i]
		switch {
		case n == 0 || s[3] == 0:
			clear(p)
		case s[3] == 255*n:
			p[0], p[1], p[2], p[3] = encoded[s[0]/n>>4], encoded[s[1]/n>>4], encoded[s[2]/n>>4], 255
		default:
			a := uint8((s[3] + n/2) / n)
			for j := range 3 {
				straight := uint64(s[j]) * 255 / uint64(s[3])
				p[j] = multiplied(encoded[min(straight, 65535)>>4], a)
			}
			p[3] = a
		}
	}
}

// multiplied returns a component times alpha, rounded.
func multiplied(v, alpha uint8) uint8 { return uint8((int(v)*int(alpha) + 127) / 255) }

// linear has the linear light, 0 to 65535, of an 8-bit sRGB value; encoded has its
// inverse, by the upper 12 of those 16 bits. Every start of the program makes them, so
// encoded goes from one value to the next where that becomes nearer, which takes few
// powers.
var linear, encoded = func() (linear [256]uint32, encoded [4096]uint8) {
	for v := range linear {
		linear[v] = uint32(math.Round(lightIn(float64(v)) * 65535))
	}
	v := 0
	next := lightIn(0.5)
	for i := range encoded {
		for light := (float64(i) + 0.5) / 4096; v < 255 && light >= next; {
			v++
			next = lightIn(float64(v) + 0.5)
		}
		encoded[i] = uint8(v)
	}
	return linear, encoded
}()

// lightIn returns the linear light, 0 to 1, of an sRGB value of 0 to 255.
func lightIn(v float64) float64 {
	c := v / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}
