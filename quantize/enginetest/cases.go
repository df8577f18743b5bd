package enginetest

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"sync"
)

// A kind is a type of image.
type kind struct {
	name string
	make func(image.Rectangle) image.Image
}

var kinds = func() []kind {
	all := []kind{
		{"NRGBA", func(r image.Rectangle) image.Image {
			m := image.NewNRGBA(r)
			fill(m.Pix, 4, true)
			return m
		}},
		{"opaque NRGBA", func(r image.Rectangle) image.Image {
			m := image.NewNRGBA(r)
			fill(m.Pix, 4, true)
			each(m.Pix, 4, func(p []uint8) { p[3] = 255 })
			return m
		}},
		{"RGBA", func(r image.Rectangle) image.Image {
			m := image.NewRGBA(r)
			fill(m.Pix, 4, true)
			each(m.Pix, 4, premultiply8)
			return m
		}},
		{"opaque RGBA", func(r image.Rectangle) image.Image {
			m := image.NewRGBA(r)
			fill(m.Pix, 4, true)
			each(m.Pix, 4, func(p []uint8) { p[3] = 255 })
			return m
		}},
		{"NRGBA64", func(r image.Rectangle) image.Image {
			m := image.NewNRGBA64(r)
			fill(m.Pix, 8, true)
			return m
		}},
		{"RGBA64", func(r image.Rectangle) image.Image {
			m := image.NewRGBA64(r)
			fill(m.Pix, 8, true)
			each(m.Pix, 8, premultiply16)
			return m
		}},
		{"Gray", func(r image.Rectangle) image.Image {
			m := image.NewGray(r)
			fill(m.Pix, 1, false)
			return m
		}},
		{"Gray16", func(r image.Rectangle) image.Image {
			m := image.NewGray16(r)
			fill(m.Pix, 2, false)
			return m
		}},
		{"Alpha", func(r image.Rectangle) image.Image {
			m := image.NewAlpha(r)
			fill(m.Pix, 1, true)
			return m
		}},
		{"CMYK", func(r image.Rectangle) image.Image {
			m := image.NewCMYK(r)
			fill(m.Pix, 4, false)
			return m
		}},
		{"Paletted", func(r image.Rectangle) image.Image {
			m := image.NewPaletted(r, mixedPalette())
			fill(m.Pix, 1, false)
			each(m.Pix, 1, func(p []uint8) { p[0] %= uint8(len(m.Palette)) })
			return m
		}},
		{"a type of its own", func(r image.Rectangle) image.Image {
			m := image.NewNRGBA64(r)
			fill(m.Pix, 8, true)
			return anonymous{m}
		}},
		{"a type of its own, of color.NRGBA", func(r image.Rectangle) image.Image {
			m := image.NewNRGBA(r)
			fill(m.Pix, 4, true)
			return anonymous{m}
		}},
	}
	for _, s := range []image.YCbCrSubsampleRatio{
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
	} {
		ratio := s.String()[len("YCbCrSubsampleRatio"):]
		name := fmt.Sprintf("YCbCr %c:%c:%c", ratio[0], ratio[1], ratio[2])
		all = append(all, kind{name, func(r image.Rectangle) image.Image {
			m := image.NewYCbCr(r, s)
			fillYCbCr(m)
			return m
		}}, kind{"N" + name + ":A", func(r image.Rectangle) image.Image {
			m := image.NewNYCbCrA(r, s)
			fillYCbCr(&m.YCbCr)
			fill(m.A, 1, true)
			return m
		}})
	}
	return all
}()

func kindNamed(name string) kind {
	for _, k := range kinds {
		if k.name == name {
			return k
		}
	}
	panic("no kind " + name)
}

// anonymous hides the type of an image.
type anonymous struct{ m image.Image }

func (a anonymous) ColorModel() color.Model { return a.m.ColorModel() }
func (a anonymous) Bounds() image.Rectangle { return a.m.Bounds() }
func (a anonymous) At(x, y int) color.Color { return a.m.At(x, y) }
func (a anonymous) SubImage(r image.Rectangle) image.Image {
	return anonymous{subImage(a.m, r)}
}

func subImage(m image.Image, r image.Rectangle) image.Image {
	return m.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(r)
}

// fill fills pix with pixels of size bytes. Many are like their left neighbour or
// one of a few; some are at the ends of the range. The last component, if it is
// alpha, is often one of those that matter.
func fill(pix []uint8, size int, alpha bool) {
	rng := rand.New(rand.NewPCG(uint64(len(pix)), uint64(size)))
	few := make([]uint8, 16*size)
	for i := range few {
		few[i] = uint8(rng.Uint32())
	}
	for i := 0; i+size <= len(pix); i += size {
		p := pix[i : i+size]
		switch n := rng.IntN(24); {
		case n < 8:
			copy(p, pix[max(0, i-size):])
			continue
		case n < 20:
			copy(p, few[size*rng.IntN(16):])
		case n < 22:
			for j := range p {
				p[j] = uint8(-rng.IntN(2)) // 0 or 255
			}
		default:
			for j := range p {
				p[j] = uint8(rng.Uint32())
			}
		}
		if alpha && rng.IntN(4) > 0 {
			setAlpha(p, rng.IntN(6))
		}
	}
}

// setAlpha gives a pixel an alpha of 0, 1, 254 or 255, with 16 bits one that is
// barely rounded to that.
func setAlpha(p []uint8, which int) {
	n := len(p)
	if n < 8 {
		p[n-1] = []uint8{0, 1, 254, 255, 255, 255}[which]
		return
	}
	a := []uint16{0, 128, 129, 65535 - 129, 65535 - 128, 65535}[which]
	p[n-2], p[n-1] = uint8(a>>8), uint8(a)
}

func fillYCbCr(m *image.YCbCr) {
	fill(m.Y, 1, false)
	fill(m.Cb, 1, false)
	fill(m.Cr, 3, false)
}

func each(pix []uint8, size int, f func(p []uint8)) {
	for i := 0; i+size <= len(pix); i += size {
		f(pix[i : i+size])
	}
}

func premultiply8(p []uint8) {
	for i := range 3 {
		p[i] = uint8(uint32(p[i]) * uint32(p[3]) / 255)
	}
}

func premultiply16(p []uint8) {
	a := uint32(p[6])<<8 | uint32(p[7])
	for i := 0; i < 6; i += 2 {
		v := (uint32(p[i])<<8 | uint32(p[i+1])) * a / 65535
		p[i], p[i+1] = uint8(v>>8), uint8(v)
	}
}

// mixedPalette has 252 entries of several types of colour, some of them alike.
func mixedPalette() color.Palette {
	p := make(color.Palette, 0, 256)
	for i := range 28 {
		v := uint8(8 * i)
		w := uint16(2114*i + 37)
		p = append(p,
			color.NRGBA{v, 255 - v, 7, v},
			color.NRGBA{200, 255 - v, v, 1},
			color.NRGBA{v, 1, 2, 0},
			color.RGBA{v / 2, v / 3, v, v},
			color.RGBA{v, v, 3, 255},
			color.Gray{v},
			color.Gray16{w},
			color.NRGBA64{w, 65535 - w, 129, 65535 - w/2},
			color.NRGBA64{w, 128, 129, 65535},
		)
	}
	return p
}

// cases is ordered by size: what is broken is mostly broken in small images too.
var cases = sync.OnceValue(func() []testCase {
	if raceEnabled {
		return sharedCases()
	}
	all := smallCases()
	all = append(all, roundingCases()...)
	all = append(all, countCases()...)
	all = append(all, tableCases()...)
	return append(all, largeCases()...)
})

// sharedCases are those for the race detector: an image of every kind with rows for
// several threads, and what has so many pixels or colours that it is counted and
// looked up in other ways. Results are for the plain tests.
func sharedCases() (all []testCase) {
	for _, k := range kinds {
		whole := k.make(image.Rect(-3, -5, 23, 130))
		all = append(all, newCase(k.name, subImage(whole, image.Rect(-1, 2, 20, 127))))
	}
	tables, counts, large := tableCases(), countCases(), largeCases()
	return append(all, tables[len(tables)-1], counts[3], counts[4], large[0], large[len(large)-1])
}

// smallCases are images of every kind, whole ones and parts.
func smallCases() (all []testCase) {
	sizes := []image.Point{{0, 0}, {0, 5}, {5, 0}, {1, 1}, {1, 2}, {2, 1}, {1, 301}, {301, 1}, {64, 64}}
	for w := 1; w <= 20; w++ {
		sizes = append(sizes, image.Pt(w, 3+w%4))
	}
	for _, k := range kinds {
		for _, size := range sizes {
			name := fmt.Sprintf("%s, %d × %d", k.name, size.X, size.Y)
			all = append(all, newCase(name, k.make(image.Rectangle{Max: size})))
			for _, min := range []image.Point{{3, 6}, {2, 1}, {-7, -5}} {
				r := image.Rectangle{min, min.Add(size)}
				if r.Empty() {
					continue
				}
				whole := k.make(image.Rect(r.Min.X-2, r.Min.Y-3, r.Max.X+5, r.Max.Y+1))
				all = append(all, newCase(fmt.Sprintf("%s from %v", name, min), subImage(whole, r)))
			}
		}
	}
	return all
}

// roundingCases have every 16-bit value.
func roundingCases() (all []testCase) {
	r := image.Rect(0, 0, 256, 256)
	gray, n, rgba := image.NewGray16(r), image.NewNRGBA64(r), image.NewRGBA64(r)
	alpha := image.NewNRGBA64(r)
	for i := range 1 << 16 {
		x, y, v := i%256, i/256, uint16(i)
		gray.SetGray16(x, y, color.Gray16{v})
		n.SetNRGBA64(x, y, color.NRGBA64{v, ^v, v ^ 0x00ff, 65535})
		rgba.SetRGBA64(x, y, color.RGBA64{v, ^v, v ^ 0x00ff, 65535})
		alpha.SetNRGBA64(x, y, color.NRGBA64{v, v, v, v})
	}
	return []testCase{
		newCase("all of Gray16", gray),
		newCase("all of NRGBA64", n),
		newCase("all of RGBA64", rgba),
		newCase("all of 16-bit alpha", alpha),
	}
}

// everyAlpha has 64 colours with each alpha, in no order.
func everyAlpha() image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, 128, 128))
	for i := range 1 << 14 {
		j := i * 12345 % (1 << 14)
		m.SetNRGBA(i%128, i/128, color.NRGBA{uint8(j & 3), uint8(j >> 2 & 3), uint8(j >> 4 & 3), uint8(j >> 6)})
	}
	return m
}

// pixelCount is a colour and how many pixels are to have it.
type pixelCount struct {
	c color.NRGBA
	n int
}

// withCounts returns an image of that width with those colours, and as many more
// as there is room for. If scattered, pixels of a colour are far from each other.
func withCounts(width, height int, scattered bool, counts ...pixelCount) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	next := 0
	place := func(c color.NRGBA) {
		i := next
		if scattered {
			i = next * 1_000_003 % (width * height) // a prime that divides no size here
		}
		m.SetNRGBA(i%width, i/width, c)
		next++
	}
	for _, p := range counts {
		for range p.n {
			place(p.c)
		}
	}
	for i := 0; next < width*height; i++ {
		place(color.NRGBA{uint8(i * 5), uint8(i >> 8), 200, 255})
	}
	return m
}

// countCases have counts around the multiples of 2¹⁶, in small images and in
// those of more than 2²⁰ pixels.
func countCases() []testCase {
	wraps := []pixelCount{
		{color.NRGBA{0, 0, 0, 255}, 1 << 16},
		{color.NRGBA{255, 255, 255, 255}, 1<<16 - 1},
		{color.NRGBA{1, 2, 3, 255}, 1<<16 + 1},
		{color.NRGBA{1, 2, 4, 255}, 2 << 16},
		{color.NRGBA{9, 9, 9, 255}, 3 << 16},
		{color.NRGBA{9, 8, 9, 255}, 3<<16 - 1},
		{color.NRGBA{9, 8, 9, 77}, 1 << 16},
		{color.NRGBA{}, 1<<16 + 1},
	}
	return []testCase{
		newCase("64 colours with each alpha", everyAlpha()),
		newCase("counts around 2¹⁶ in a small image", withCounts(1011, 870, false, wraps...)),
		newCase("counts around 2¹⁶", withCounts(1041, 1031, false, wraps...)),
		newCase("counts around 2¹⁶, scattered", withCounts(1041, 1031, true, wraps...)),
		// 2¹⁸ is a likely share of one thread.
		newCase("nothing but 2²¹ black pixels", withCounts(1024, 2048, false, pixelCount{color.NRGBA{0, 0, 0, 255}, 1 << 21})),
		newCase("nothing but one translucent colour", withCounts(1024, 1025, false, pixelCount{color.NRGBA{12, 34, 56, 200}, 1024 * 1025})),
	}
}

// tableCases have about 2¹⁵ distinct colours, some of them translucent.
func tableCases() (all []testCase) {
	for _, distinct := range []int{1<<15 - 1, 1 << 15, 1<<15 + 1} {
		for _, translucent := range []int{0, 1, 1000} {
			m := image.NewNRGBA(image.Rect(0, 0, 191, 182))
			for i := range 191 * 182 {
				j := i % distinct
				c := color.NRGBA{uint8(j), uint8(j >> 8), uint8(j >> 4), 255}
				if j >= distinct-translucent {
					c.A = uint8(1 + j%254)
				}
				m.SetNRGBA(i%191, i/191, c)
			}
			name := fmt.Sprintf("%d colours, %d of them translucent", distinct, translucent)
			all = append(all, newCase(name, m))
		}
	}
	return all
}

// largeCases have about 2²⁰ pixels or more.
func largeCases() (all []testCase) {
	for _, size := range []image.Point{{1023, 1025}, {1024, 1024}, {17, 61681}} { // 2²⁰-1, 2²⁰, 2²⁰+1
		name := fmt.Sprintf("NRGBA, %d × %d", size.X, size.Y)
		all = append(all, newCase(name, kindNamed("NRGBA").make(image.Rectangle{Max: size})))
	}
	for _, name := range []string{"RGBA", "YCbCr 4:2:0"} {
		m := kindNamed(name).make(image.Rect(-3, -5, 1051, 1042))
		all = append(all, newCase("large "+name, subImage(m, image.Rect(2, -3, 1050, 1041))))
	}
	return append(all,
		newCase("few translucent pixels", fewTranslucent()),
		newCase("nothing but transparent pixels", transparent(1040, 1030)),
		newCase("rows of 300001 pixels", kindNamed("NRGBA").make(image.Rect(0, 0, 300001, 4))),
	)
}

// fewTranslucent is opaque but for the corners and some pixels between them.
func fewTranslucent() image.Image {
	m := kindNamed("opaque NRGBA").make(image.Rect(0, 0, 1100, 1000)).(*image.NRGBA)
	for _, p := range []image.Point{{0, 0}, {1099, 999}, {0, 500}, {1099, 261}, {17, 262}, {18, 262}} {
		m.Pix[m.PixOffset(p.X, p.Y)+3] = uint8(p.X % 255)
	}
	return m
}

// transparent has no visible pixel and many colours.
func transparent(width, height int) draw.Image {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	fill(m.Pix, 4, false)
	each(m.Pix, 4, func(p []uint8) { p[3] = 0 })
	return m
}

const everySide = 1 << 12

var everyColor = sync.OnceValue(func() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, everySide, everySide))
	for i := range 1 << 24 {
		v := uint32(i) * 0x9e3779b1 // odd: every number of 24 bits, in no order
		copy(m.Pix[4*i:4*i+4], []uint8{uint8(v >> 16), uint8(v >> 8), uint8(v), 255})
	}
	return m
})
