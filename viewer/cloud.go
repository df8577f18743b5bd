package viewer

import (
	"image/color"
	"math"

	"kompress/quantize"
	"kompress/viewer/ui"
)

// A cloud is the colours of the picture as points in space, twice: in their own
// colours, and in those of the result with its palette as balls.
type cloud struct {
	mode       cloudMode
	yaw, pitch float64 // radians
	zoom       float64
	most       int // points

	counts *quantize.Counts    // of what points has
	found  *quantize.Quantized // of what entries and balls have
	points []uint8             // red, green, blue, alpha of each
	index  []uint8             // palette entry of each
	balls  []ball
	left   int // colours that are not among the points
}

type cloudMode int

const (
	cloudOff cloudMode = iota
	cloudBeside
	cloudAlone
)

// A ball is a palette entry in the cloud.
type ball struct {
	color color.NRGBA
	size  float32 // diameter, of what is the cube's side on the screen
}

func newCloud() cloud { return cloud{yaw: 0.65, pitch: 0.35, zoom: 1, most: maxPoints} }

func (c *cloud) next() { c.mode = (c.mode + 1) % 3 }

// maxPoints bounds what is drawn; of images with more colours, every second, third
// and so on is.
const maxPoints = 1 << 20

// update makes the points anew if the colours have changed, and says what is new.
func (c *cloud) update(r *result) (newPoints, newEntries bool) {
	if r == nil || c.mode == cloudOff {
		return false, false
	}
	stride := (r.counts.Distinct() + c.most - 1) / c.most
	if newPoints = c.counts != r.counts; newPoints {
		c.counts = r.counts
		c.list(r.counts, stride)
	}
	if newEntries = c.found != r.found; newEntries {
		c.found = r.found
		c.enter(r.found, stride)
	}
	return newPoints, newEntries
}

func (c *cloud) list(counts *quantize.Counts, stride int) {
	c.points = c.points[:0]
	i := 0
	for key := range counts.All() {
		if i%stride == 0 {
			n := key.NRGBA()
			c.points = append(c.points, n.R, n.G, n.B, n.A)
		}
		i++
	}
	c.left = i - len(c.points)/4
}

func (c *cloud) enter(q *quantize.Quantized, stride int) {
	c.index = c.index[:0]
	i := 0
	for _, entry := range q.Table().All() {
		if i%stride == 0 {
			c.index = append(c.index, entry)
		}
		i++
	}
	total := c.counts.Pixels()
	c.balls = c.balls[:0]
	for i, entry := range q.Palette {
		share := float64(q.Counts[i]) / float64(max(1, total))
		c.balls = append(c.balls, ball{entry.(color.NRGBA), float32(0.02 + 0.1*math.Cbrt(share))})
	}
}

// turn rotates the cloud by a way of the pointer across so many pixels.
func (c *cloud) turn(dx, dy, across float32) {
	c.yaw += float64(dx/max(1, across)) * math.Pi
	c.pitch += float64(dy/max(1, across)) * math.Pi
	c.pitch = max(-math.Pi/2, min(math.Pi/2, c.pitch))
}

func (c *cloud) wheel(clicks float32) {
	c.zoom = max(0.5, min(4, c.zoom*math.Pow(zoomStep, float64(clicks))))
}

// matrix turns the unit cube and puts it into a part of the screen of a given shape,
// in OpenGL's order of columns.
func (c *cloud) matrix(width, height float32) [16]float32 {
	sy, cy := math.Sincos(c.yaw)
	sp, cp := math.Sincos(c.pitch)
	side := float64(min(width, height))
	x, y := 1.12*c.zoom*side/float64(width), 1.12*c.zoom*side/float64(height)
	const depth = 0.5 // the cube's diagonal stays between the planes
	// Rows of the rotation, about the vertical axis and then about the horizontal.
	rows := [3][3]float64{
		{cy, 0, sy},
		{sp * sy, cp, -sp * cy},
		{-cp * sy, sp, cp * cy},
	}
	scale := [3]float64{x, y, -depth}
	var m [16]float32
	for row := range 3 {
		center := 0.0
		for column := range 3 {
			m[4*column+row] = float32(scale[row] * rows[row][column])
			center += rows[row][column] * 0.5
		}
		m[12+row] = float32(-scale[row] * center)
	}
	m[15] = 1
	return m
}

// halves are where the cloud is drawn before and after: beside or above each other,
// as there is more room.
func halves(r ui.Rect) (before, after ui.Rect) {
	before, after = r, r
	if r.W > r.H {
		before.W = round(r.W / 2)
		after.X, after.W = r.X+before.W, r.W-before.W
	} else {
		before.H = round(r.H / 2)
		after.Y, after.H = r.Y+before.H, r.H-before.H
	}
	return before, after
}

// cloudLabels say what the clouds are.
func (a *app) cloudLabels(u *ui.UI) {
	if a.cloud.mode == cloudOff || a.result == nil {
		return
	}
	l := &a.layout
	before, after := halves(l.cloud)
	texts := [2]string{number(a.result.counts.Distinct()) + " colors", number(len(a.result.found.Palette)) + " colors"}
	if a.cloud.left > 0 {
		texts[0] += ", of which " + number(a.result.counts.Distinct()-a.cloud.left) + " are drawn"
	}
	for i, r := range []ui.Rect{before, after} {
		at := ui.Rect{X: r.X + l.gap, Y: r.Y + l.gap/2, W: min(r.W-2*l.gap, ceil(a.fonts.text.Width(texts[i]))), H: l.line}
		u.List.Fill(at.Inset(-l.gap/2), ui.RGBA(18, 18, 20, 160))
		u.Label(at, texts[i], ui.Foreground)
	}
	border := ui.Rect{X: after.X, Y: after.Y, W: 1, H: after.H}
	if after.Y > before.Y {
		border.W, border.H = after.W, 1
	}
	u.List.Fill(border, ui.RGBA(128, 128, 128, 120))
}

// edges are those of the cube of all colours, as pairs of points: in other spaces
// than that of the cube they are bent, and so there are several pairs to each.
func edges() (points []uint8) {
	const pieces = 32
	for axis := range 3 {
		for corner := range 4 {
			for i := range pieces {
				for _, at := range []int{i, i + 1} {
					var c [4]uint8
					c[axis] = uint8(255 * at / pieces)
					c[(axis+1)%3] = uint8(255 * (corner & 1))
					c[(axis+2)%3] = uint8(255 * (corner >> 1))
					c[3] = 255
					points = append(points, c[:]...)
				}
			}
		}
	}
	return points
}
