package explore

import (
	"encoding/base64"
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A view is how the colour cube is looked at: red goes to the right, green up and blue
// to the back, before it is turned. The page's script turns it in the same way.
type view struct{ yaw, pitch float64 }

var firstView = view{-0.6, 0.42}

// turn returns where a colour is seen, each coordinate from about -0.87 to 0.87 with
// depth rising to the back.
func (v view) turn(r, g, b float64) (x, y, depth float64) {
	r, g, b = r/255-0.5, g/255-0.5, b/255-0.5
	sin, cos := math.Sincos(v.yaw)
	r, b = r*cos+b*sin, b*cos-r*sin
	sin, cos = math.Sincos(v.pitch)
	return r, g*cos - b*sin, b*cos + g*sin
}

// cubeReach is a little more than half the cube's diagonal.
const cubeReach = 0.9

// cubeEdges are pairs of corners, whose bits are red, green and blue.
var cubeEdges = func() (list [][2]int) {
	for a := range 8 {
		for _, bit := range []int{1, 2, 4} {
			if a&bit == 0 {
				list = append(list, [2]int{a, a | bit})
			}
		}
	}
	return list
}()

// cubeNames are those of corners.
var cubeNames = [8]string{0: "black", 1: "red", 2: "green", 4: "blue", 7: "white"}

func cornerOf(i int) (r, g, b float64) {
	return float64(i & 1 * 255), float64(i >> 1 & 1 * 255), float64(i >> 2 * 255)
}

// cubeChart is a still picture of the cube: what there is without a script, in print and
// in files.
func (m *Image) cubeChart(id string, after bool) *chart {
	when, what := "before", "each in its own color"
	if after {
		when, what = "after", "each in the color of its cluster; spheres are the palette, volume by share but for the smallest, in front"
	}
	c := &chart{id: id, title: "Color cube, " + when, width: chartWidth, height: chartWidth}
	c.caption = plural(len(m.figures.points), "point") + ", " + what + "."
	c.alt = "The image's colors as points in the cube of red, green and blue, " + what + "."
	c.draw = func(dc draw.Canvas, t *theme) {
		p := newPlot(t, c.title, "")
		p.HideAxes()
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -cubeReach, cubeReach, -cubeReach, cubeReach
		p.Add(ground{t.ground}, cube{m, after, t})
		p.Draw(dc)
	}
	return c
}

// A cube is drawn as edges at the back, points, then edges at the front and names.
type cube struct {
	image *Image
	after bool
	theme *theme
}

func (q cube) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	at := func(corner int) vg.Point {
		u, v, _ := firstView.turn(cornerOf(corner))
		return vg.Point{X: x(u), Y: y(v)}
	}
	back := farthest()
	edges := func(behind bool) {
		for _, e := range cubeEdges {
			if behind == (e[0] == back || e[1] == back) {
				a, b := at(e[0]), at(e[1])
				c.StrokeLine2(draw.LineStyle{Color: q.theme.muted, Width: 1}, a.X, a.Y, b.X, b.Y)
			}
		}
	}
	edges(true)
	const side = 560 // enough for a screen, small enough for the page
	box := vg.Rectangle{Min: vg.Point{X: x(-cubeReach), Y: y(-cubeReach)}, Max: vg.Point{X: x(cubeReach), Y: y(cubeReach)}}
	c.DrawImage(box, q.image.splat(side, q.after))
	edges(false)
	for corner, name := range cubeNames {
		if name != "" {
			q.name(c, at(corner), name)
		}
	}
}

// name writes the name of a corner outside of the cube.
func (q cube) name(c draw.Canvas, at vg.Point, name string) {
	s := q.theme.text(q.theme.ink, draw.XLeft, draw.YBottom)
	size := sizeOfText(s, name)
	left := at.X
	if at.X < c.Center().X {
		left -= size.X
	}
	at.X = min(max(c.Min.X, left), c.Max.X-size.X)
	if at.Y < c.Center().Y {
		at.Y -= size.Y + 2
	} else {
		at.Y += 2
	}
	if q.theme.titled { // the page does this by its style sheet
		halo(c, s, at, name, q.theme.ground)
	}
	c.FillText(s, at, name)
}

// halo draws a text's surroundings, so that it can be read on any points.
func halo(c draw.Canvas, s text.Style, at vg.Point, name string, ground color.Color) {
	s.Color = ground
	for _, d := range sides {
		c.FillText(s, vg.Point{X: at.X + 1.2*d.X, Y: at.Y + 1.2*d.Y}, name)
	}
}

// farthest returns the corner at the back.
func farthest() (corner int) {
	most := math.Inf(-1)
	for i := range 8 {
		if _, _, depth := firstView.turn(cornerOf(i)); depth > most {
			corner, most = i, depth
		}
	}
	return corner
}

// splat draws the points and, after, the palette: each a disc, the nearest on top.
func (m *Image) splat(side int, after bool) *image.NRGBA {
	s := &screen{side: side, image: image.NewNRGBA(image.Rect(0, 0, side, side)), depth: make([]float32, side*side)}
	s.far()
	most := uint64(0)
	for _, p := range m.figures.points {
		most = max(most, p.pixels)
	}
	unit := float64(side) / 384
	for _, p := range m.figures.points {
		c := p.color
		if after {
			c = m.Palette[p.entry].color
			c.A = 255
		}
		s.ball(p.color, pointSize(sizeOf(p.pixels, most), len(m.figures.points))*unit, c, false)
	}
	if after {
		s.far() // the palette is in front of all points, which would hide it
		for _, e := range m.Palette {
			if e.color.A > 0 {
				s.ball(e.color, ballSize(e.Share)*unit, opaque(e.color), true)
			}
		}
	}
	return s.image
}

// pointSize is a radius in CSS pixels, for a size of 0 to 1.
func pointSize(size float64, points int) float64 {
	few := 1 + 2*math.Max(0, 1-math.Log10(float64(points+1))/4)
	return (0.6 + 1.4*size) * few
}

// ballSize is that of an entry of the palette: volumes by share, but for the smallest.
func ballSize(share float64) float64 { return max(3.5, 13.5*math.Cbrt(share)) }

// A screen is what balls are drawn on.
type screen struct {
	side  int
	image *image.NRGBA
	depth []float32
}

// far puts all that is drawn behind what is to come.
func (s *screen) far() {
	for i := range s.depth {
		s.depth[i] = float32(math.Inf(1))
	}
}

// ball draws a disc where a colour is. A shaded one is a sphere to others: they can cut
// into each other.
func (s *screen) ball(at color.NRGBA, radius float64, c color.NRGBA, shaded bool) {
	x, y, depth := firstView.turn(float64(at.R), float64(at.G), float64(at.B))
	scale := float64(s.side) / (2 * cubeReach)
	u, v := (x+cubeReach)*scale, (cubeReach-y)*scale
	for j := int(v - radius); j <= int(v+radius); j++ {
		for i := int(u - radius); i <= int(u+radius); i++ {
			dx, dy := (float64(i)+0.5-u)/radius, (float64(j)+0.5-v)/radius
			d := dx*dx + dy*dy
			if d > 1 || i < 0 || j < 0 || i >= s.side || j >= s.side {
				continue
			}
			z := depth
			if shaded {
				z -= math.Sqrt(1-d) * radius / scale
			}
			if place := j*s.side + i; float32(z) < s.depth[place] {
				s.depth[place] = float32(z)
				s.image.SetNRGBA(i, j, lit(c, d, radius, shaded))
			}
		}
	}
}

// lit gives a shaded ball a dark edge, within a light one, so that it is seen on any
// ground; what is between has its colour, unchanged, to be compared with the palette.
// The square of the distance from its middle is d, 1 at the edge.
func lit(c color.NRGBA, d, radius float64, shaded bool) color.NRGBA {
	r := math.Sqrt(d) * radius
	switch {
	case !shaded:
		return c
	case r > radius-1:
		return color.NRGBA{255, 255, 255, 255}
	case r > radius-2:
		return color.NRGBA{0, 0, 0, 255}
	}
	return c
}

// pointData has the points for the script: 5 bytes each, red, green, blue, size and the
// number of the palette's entry.
func (m *Image) pointData() string {
	most := uint64(0)
	for _, p := range m.figures.points {
		most = max(most, p.pixels)
	}
	var data []byte
	for _, p := range m.figures.points {
		data = append(data, p.color.R, p.color.G, p.color.B, uint8(255*sizeOf(p.pixels, most)), p.entry)
	}
	return base64.StdEncoding.EncodeToString(data)
}

// paletteData has 4 bytes for each entry: red, green, blue and size.
func (m *Image) paletteData() string {
	var data []byte
	for _, e := range m.Palette {
		size := ballSize(e.Share)
		if e.color.A == 0 {
			size = 0
		}
		data = append(data, e.color.R, e.color.G, e.color.B, uint8(10*size))
	}
	return base64.StdEncoding.EncodeToString(data)
}
