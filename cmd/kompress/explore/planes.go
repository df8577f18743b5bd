package explore

import (
	"image"
	"image/color"
	"math"
)

// A plane is the colours of an image, seen along one of the axes of the colour cube:
// red to the right and another channel up.
type plane struct {
	up    func(color.NRGBA) uint8
	cells []planeCell // 256 rows of 256, the highest value first
}

// A planeCell sums up the pixels of the colours that fall on one point.
type planeCell struct {
	pixels uint64
	sum    [3]uint64 // of red, green and blue
	most   uint64    // pixels of the palette entry that has the most of them
	entry  uint8
}

func green(c color.NRGBA) uint8 { return c.G }
func blue(c color.NRGBA) uint8  { return c.B }

// A planeView is a plane as it is shown. The cells are not kept: there may be many
// images.
type planeView struct{ before, after *image.NRGBA }

// planeViews returns red and green, and red and blue, of all colours that are not
// fully transparent.
func (l *colors) planeViews() (g, b planeView) {
	groups := l.byEntry()
	view := func(up func(color.NRGBA) uint8) planeView {
		p := l.plane(up, groups)
		return planeView{p.image(nil), p.image(l.palette)}
	}
	return view(green), view(blue)
}

// byEntry returns the numbers of the colours that each entry of the palette stands for.
func (l *colors) byEntry() [][]int32 {
	counts := make([]int, len(l.palette))
	for _, e := range l.index {
		counts[e]++
	}
	groups := make([][]int32, len(l.palette))
	for e, n := range counts {
		groups[e] = make([]int32, 0, n)
	}
	for i, e := range l.index {
		groups[e] = append(groups[e], int32(i))
	}
	return groups
}

// plane visits entry by entry, so that the pixels that each has in a cell need be
// counted for one entry at a time only.
func (l *colors) plane(up func(color.NRGBA) uint8, groups [][]int32) *plane {
	p := &plane{up, make([]planeCell, 1<<16)}
	counts := make([]uint64, 1<<16)
	for entry, group := range groups {
		for _, i := range group {
			if c := l.colors[i]; c.A > 0 {
				p.add(c, uint64(l.counts[i]))
				counts[p.place(c)] += uint64(l.counts[i])
			}
		}
		for _, i := range group {
			at := p.place(l.colors[i])
			if cell := &p.cells[at]; counts[at] > cell.most {
				cell.most, cell.entry = counts[at], uint8(entry)
			}
			counts[at] = 0
		}
	}
	return p
}

func (p *plane) place(c color.NRGBA) int { return int(255-p.up(c))<<8 | int(c.R) }

func (p *plane) add(c color.NRGBA, n uint64) {
	cell := &p.cells[p.place(c)]
	cell.pixels += n
	addColor(&cell.sum, c, n)
}

func addColor(sum *[3]uint64, c color.NRGBA, n uint64) {
	sum[0] += n * uint64(c.R)
	sum[1] += n * uint64(c.G)
	sum[2] += n * uint64(c.B)
}

func meanColor(sum [3]uint64, n uint64) color.NRGBA {
	return color.NRGBA{uint8((sum[0] + n/2) / n), uint8((sum[1] + n/2) / n), uint8((sum[2] + n/2) / n), 255}
}

// image draws the points in their own colours or, given a palette, in its. All are
// opaque: mixed with the ground they would be colours that are in neither. Where there
// are few, each is a disc that can be seen.
func (p *plane) image(palette []color.NRGBA) *image.NRGBA {
	occupied := 0
	for i := range p.cells {
		if p.cells[i].pixels > 0 {
			occupied++
		}
	}
	m := image.NewNRGBA(image.Rect(0, 0, 256, 256))
	radius := pointRadius(occupied)
	for i := range p.cells {
		if cell := p.nearest(i, radius); cell != nil {
			c := meanColor(cell.sum, cell.pixels)
			if palette != nil {
				c = palette[cell.entry]
				c.A = 255
			}
			m.SetNRGBA(i&255, i>>8, c)
		}
	}
	return m
}

// pointRadius has few points large, as a plot of them would, and many one place each.
func pointRadius(points int) int {
	switch {
	case points <= 64:
		return 3
	case points <= 1024:
		return 2
	case points <= 8192:
		return 1
	}
	return 0
}

// nearest returns the point whose disc covers a place: the nearest one and, of those,
// the one with the most pixels.
func (p *plane) nearest(at, radius int) (best *planeCell) {
	if cell := &p.cells[at]; cell.pixels > 0 {
		return cell
	}
	x, y := at&255, at>>8
	nearest := radius*radius + radius // discs of whole pixels look round with this
	for v := max(0, y-radius); v <= min(255, y+radius); v++ {
		for u := max(0, x-radius); u <= min(255, x+radius); u++ {
			cell := &p.cells[v<<8|u]
			d := (u-x)*(u-x) + (v-y)*(v-y)
			if cell.pixels > 0 && (d < nearest || d == nearest && (best == nil || cell.pixels > best.pixels)) {
				best, nearest = cell, d
			}
		}
	}
	return best
}

// A point3 is one of the cube's: the mean of the colours in a cell.
type point3 struct {
	color  color.NRGBA
	entry  uint8 // of the palette, that stands for the cell's commonest colour
	pixels uint64
}

// maxPoints bounds how many points the cube has, for a phone has to turn them.
const maxPoints = 20000

// points returns the colours or, where they are too many, the means of cells so small
// as the number of points allows.
func (l *colors) points() []point3 {
	if len(l.colors) <= maxPoints {
		return l.each()
	}
	for _, cells := range []int{64, 48, 32} {
		if points := l.cellMeans(cells); len(points) <= maxPoints {
			return points
		}
	}
	return l.cellMeans(27) // 27³ is below the bound
}

// each returns the colours themselves.
func (l *colors) each() (points []point3) {
	for i, c := range l.colors {
		if c.A > 0 {
			points = append(points, point3{color.NRGBA{c.R, c.G, c.B, 255}, l.index[i], uint64(l.counts[i])})
		}
	}
	return points
}

// A cubeCell sums up the pixels of the colours in it.
type cubeCell struct {
	pixels uint64
	sum    [3]uint64
	most   uint32 // pixels of the commonest colour
	entry  uint8
}

// cellMeans divides the cube into so many cells along each edge.
func (l *colors) cellMeans(cells int) []point3 {
	number := make([]int32, cells*cells*cells) // of a cell in the list, from 1 on
	var list []cubeCell
	for i, c := range l.colors {
		if c.A == 0 {
			continue
		}
		place := (int(c.R)*cells>>8*cells+int(c.G)*cells>>8)*cells + int(c.B)*cells>>8
		if number[place] == 0 {
			list = append(list, cubeCell{})
			number[place] = int32(len(list))
		}
		e := &list[number[place]-1]
		n := l.counts[i]
		e.pixels += uint64(n)
		addColor(&e.sum, c, uint64(n))
		if n > e.most {
			e.most, e.entry = n, l.index[i]
		}
	}
	points := make([]point3, len(list))
	for i := range list {
		e := &list[i]
		points[i] = point3{meanColor(e.sum, e.pixels), e.entry, e.pixels}
	}
	return points
}

// sizeOf returns the size of a point, 0 to 1, by the logarithm of its share.
func sizeOf(pixels, most uint64) float64 {
	return math.Log1p(float64(pixels)) / math.Log1p(float64(max(1, most)))
}
