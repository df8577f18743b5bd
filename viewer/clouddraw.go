//go:build cgo

package viewer

import (
	"image/color"
	"unsafe"

	"kompress/quantize"
	"kompress/viewer/program"
	"kompress/viewer/ui"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A cloudDrawer has a cloud in the memory of the GPU.
type cloudDrawer struct {
	shaders *program.Program
	points  vertices
	lines   vertices
	balls   vertices
	numbers uint32 // buffer: those of balls are those of entries
	palette texture
}

// vertices are colours to draw, with what goes with each.
type vertices struct {
	array  uint32
	colors uint32 // buffer: 4 bytes each
	more   uint32 // buffer of entries, a byte each, or of sizes, a float each
	count  int
}

// allEntries are the numbers 0 to 255.
var allEntries = func() (all [256]uint8) {
	for i := range all {
		all[i] = uint8(i)
	}
	return all
}()

// What the attributes of cloud.vert are.
const (
	attributeColor = iota
	attributeEntry
	attributeSize
)

func newCloudDrawer() (*cloudDrawer, error) {
	d := new(cloudDrawer)
	var err error
	if d.shaders, err = program.New("cloud.vert", "cloud.frag"); err != nil {
		return nil, err
	}
	for _, v := range []*vertices{&d.points, &d.lines, &d.balls} {
		v.make()
	}
	gl.BindVertexArray(d.points.array)
	gl.BindBuffer(gl.ARRAY_BUFFER, d.points.more)
	gl.EnableVertexAttribArray(attributeEntry)
	gl.VertexAttribIPointerWithOffset(attributeEntry, 1, gl.UNSIGNED_BYTE, 1, 0)
	gl.BindVertexArray(d.balls.array)
	gl.GenBuffers(1, &d.numbers)
	gl.BindBuffer(gl.ARRAY_BUFFER, d.numbers)
	gl.EnableVertexAttribArray(attributeEntry)
	gl.VertexAttribIPointerWithOffset(attributeEntry, 1, gl.UNSIGNED_BYTE, 1, 0)
	fill(d.numbers, unsafe.Pointer(&allEntries), len(allEntries))
	gl.BindBuffer(gl.ARRAY_BUFFER, d.balls.more)
	gl.EnableVertexAttribArray(attributeSize)
	gl.VertexAttribPointerWithOffset(attributeSize, 1, gl.FLOAT, false, 4, 0)
	d.lines.set(edges())
	return d, nil
}

func (v *vertices) make() {
	gl.GenVertexArrays(1, &v.array)
	gl.GenBuffers(1, &v.colors)
	gl.GenBuffers(1, &v.more)
	gl.BindVertexArray(v.array)
	gl.BindBuffer(gl.ARRAY_BUFFER, v.colors)
	gl.EnableVertexAttribArray(attributeColor)
	gl.VertexAttribPointerWithOffset(attributeColor, 4, gl.UNSIGNED_BYTE, true, 4, 0)
}

func (v *vertices) set(colors []uint8) {
	v.count = len(colors) / 4
	fill(v.colors, unsafe.Pointer(unsafe.SliceData(colors)), len(colors))
}

func fill(buffer uint32, data unsafe.Pointer, size int) {
	gl.BindBuffer(gl.ARRAY_BUFFER, buffer)
	gl.BufferData(gl.ARRAY_BUFFER, size, data, gl.DYNAMIC_DRAW)
}

// update sends what is new of a cloud.
func (d *cloudDrawer) update(c *cloud, newPoints, newEntries bool) {
	if newPoints {
		d.points.set(c.points)
	}
	if !newEntries {
		return
	}
	fill(d.points.more, unsafe.Pointer(unsafe.SliceData(c.index)), len(c.index))
	colors := make([]uint8, 0, 4*256)
	for _, b := range c.balls {
		colors = append(colors, b.color.R, b.color.G, b.color.B, b.color.A)
	}
	d.balls.set(colors)
	d.setPalette(c.balls)
}

func (d *cloudDrawer) setPalette(balls []ball) {
	var texels [256]color.NRGBA
	for i, b := range balls {
		texels[i] = b.color
	}
	d.palette.resize(len(texels), 1, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE)
	gl.BindTexture(gl.TEXTURE_2D, d.palette.id)
	gl.TexSubImage2D(gl.TEXTURE_2D, 0, 0, 0, int32(len(texels)), 1, gl.RGBA, gl.UNSIGNED_BYTE, unsafe.Pointer(&texels))
}

// drawCloud draws a cloud before and after in a part of the window.
// Points and balls of other entries than the lit one are dark; -1 is for none.
func (c *canvas) drawCloud(cloud *cloud, space quantize.Space, part ui.Rect, scale float32, lit int) {
	c.scissor(part)
	gl.ClearColor(0.07, 0.07, 0.08, 1)
	gl.Clear(gl.COLOR_BUFFER_BIT)
	gl.Enable(gl.DEPTH_TEST)
	gl.Enable(gl.PROGRAM_POINT_SIZE)
	before, after := halves(part)
	for i, r := range []ui.Rect{before, after} {
		if r.W < 1 || r.H < 1 {
			continue
		}
		c.scissor(r)
		gl.Viewport(int32(r.X), int32(c.height)-int32(r.Y+r.H), int32(r.W), int32(r.H))
		c.cloud.draw(cloud, space, r, scale, i == 1, lit)
	}
	gl.Viewport(0, 0, int32(c.width), int32(c.height))
	gl.Disable(gl.DEPTH_TEST)
	gl.Disable(gl.PROGRAM_POINT_SIZE)
	gl.Disable(gl.SCISSOR_TEST)
}

func (d *cloudDrawer) draw(c *cloud, space quantize.Space, r ui.Rect, scale float32, reduced bool, lit int) {
	p := d.shaders
	p.Use()
	matrix := c.matrix(r.W, r.H)
	gl.UniformMatrix4fv(p.At("matrix"), 1, false, &matrix[0])
	gl.ActiveTexture(gl.TEXTURE0)
	gl.BindTexture(gl.TEXTURE_2D, d.palette.id)
	p.SetInt("palette", 0)
	p.SetBool("oklab", space == quantize.Oklab)
	p.SetBool("ball", false)
	p.SetBool("reduced", false)
	p.SetInt("lit", -1)
	gl.VertexAttribI1ui(attributeEntry, 0) // of lines, which have none
	d.lines.draw(gl.LINES)
	p.SetBool("reduced", reduced)
	p.SetInt("lit", lit)
	gl.VertexAttrib1f(attributeSize, max(1, 2*scale))
	d.points.draw(gl.POINTS)
	if reduced {
		gl.Clear(gl.DEPTH_BUFFER_BIT) // no points hide the balls
		p.SetBool("ball", true)
		d.drawBalls(c, min(r.W, r.H)*float32(c.zoom))
	}
}

// drawBalls draws the palette, the cube being so many pixels wide.
func (d *cloudDrawer) drawBalls(c *cloud, side float32) {
	sizes := make([]float32, len(c.balls))
	for i, b := range c.balls {
		sizes[i] = max(4, b.size*side)
	}
	fill(d.balls.more, unsafe.Pointer(unsafe.SliceData(sizes)), 4*len(sizes))
	d.balls.draw(gl.POINTS)
}

func (v *vertices) draw(mode uint32) {
	gl.BindVertexArray(v.array)
	gl.DrawArrays(mode, 0, int32(v.count))
}
