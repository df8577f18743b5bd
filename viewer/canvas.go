//go:build cgo

package viewer

import (
	"fmt"

	"kompress/viewer/program"
	"kompress/viewer/ui"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A canvas draws in the window's context, with no more than OpenGL 3.3 but where a
// Drawing is painted.
type canvas struct {
	width, height int // pixels of the framebuffer
	most          int // of either that a texture can have
	picture       texture
	shown         *program.Program
	nothing       uint32 // a vertex array without vertices: those of screen.vert are computed
	scratch       []uint8
	cloud         *cloudDrawer
	ui            *ui.Renderer
	gpu           *gpuPainter // nil until a Drawing is painted
	software      bool        // OpenGL runs on the CPU
}

// A texture is one for pixels that are not filtered.
type texture struct {
	id            uint32
	width, height int
}

func newCanvas(atlas *ui.Atlas) (*canvas, error) {
	c := new(canvas)
	var err error
	if c.shown, err = program.New("screen.vert", "picture.frag"); err != nil {
		return nil, err
	}
	if c.cloud, err = newCloudDrawer(); err != nil {
		return nil, err
	}
	if c.ui, err = ui.NewRenderer(atlas); err != nil {
		return nil, err
	}
	gl.GenVertexArrays(1, &c.nothing)
	gl.PixelStorei(gl.UNPACK_ALIGNMENT, 1)
	var most int32
	gl.GetIntegerv(gl.MAX_TEXTURE_SIZE, &most)
	c.most = int(most)
	return c, checkGL("to prepare")
}

// resize makes the picture's texture as large as the window.
func (c *canvas) resize(width, height int) {
	c.width, c.height = width, height
	c.picture.resize(width, height, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE)
}

func (t *texture) resize(width, height int, inside int32, format, kind uint32) {
	if t.id != 0 && t.width == width && t.height == height {
		return
	}
	if t.id == 0 {
		gl.GenTextures(1, &t.id)
	}
	t.width, t.height = width, height
	gl.BindTexture(gl.TEXTURE_2D, t.id)
	gl.TexImage2D(gl.TEXTURE_2D, 0, inside, int32(width), int32(height), 0, format, kind, nil)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
}

// A cpuPainter paints on the processor and sends the rows to the picture's texture.
type cpuPainter struct{ *canvas }

// samplesPerThread can be painted in about ten milliseconds.
const samplesPerThread = 2 << 20

func (p cpuPainter) budget() int { return samplesPerThread * threads() }

func (p cpuPainter) paint(v *view, from, to, samples int) error {
	size := 4 * p.width * (to - from)
	if size == 0 {
		return nil
	}
	if len(p.scratch) < size {
		p.scratch = make([]uint8, size)
	}
	v.paint(p.scratch[:size], from, to, samples)
	gl.BindTexture(gl.TEXTURE_2D, p.picture.id)
	gl.TexSubImage2D(gl.TEXTURE_2D, 0, 0, int32(from), int32(p.width), int32(to-from), gl.RGBA, gl.UNSIGNED_BYTE, gl.Ptr(p.scratch))
	return nil
}

// clear fills the window with the ground.
func (c *canvas) clear() {
	gl.BindFramebuffer(gl.FRAMEBUFFER, 0)
	gl.Viewport(0, 0, int32(c.width), int32(c.height))
	gl.Disable(gl.SCISSOR_TEST)
	gl.ClearColor(0.11, 0.11, 0.12, 1)
	gl.Clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT)
}

// scissor limits what is drawn to a part of the window. OpenGL's origin is the lower
// left.
func (c *canvas) scissor(r ui.Rect) {
	gl.Enable(gl.SCISSOR_TEST)
	gl.Scissor(int32(r.X), int32(c.height)-int32(r.Y+r.H), int32(max(0, r.W)), int32(max(0, r.H)))
}

// drawPicture puts the part of the painted picture that lies in an area on the window.
// The square is that of the checkerboard under what is transparent.
func (c *canvas) drawPicture(v *view, area ui.Rect, square float32) {
	left, right := extent(v.columns)
	top, bottom := extent(v.rows)
	visible := ui.Rect{X: max(area.X, float32(left)), Y: float32(top)}
	visible.W = min(area.X+area.W, float32(right)) - visible.X
	visible.H = float32(bottom) - visible.Y
	if visible.W <= 0 || visible.H <= 0 {
		return
	}
	c.scissor(visible)
	c.shown.Use()
	gl.ActiveTexture(gl.TEXTURE0)
	gl.BindTexture(gl.TEXTURE_2D, c.picture.id)
	c.shown.SetInt("picture", 0)
	c.shown.SetFloat("height", float32(c.height))
	c.shown.SetFloat("square", square)
	gl.Uniform2f(c.shown.At("corner"), 0, 0)
	c.triangle()
	gl.Disable(gl.SCISSOR_TEST)
}

// triangle draws the one of screen.vert.
func (c *canvas) triangle() {
	gl.BindVertexArray(c.nothing)
	gl.DrawArrays(gl.TRIANGLES, 0, 3)
}

// checkGL returns the first error of OpenGL since the last call.
func checkGL(doing string) error {
	code := gl.GetError()
	if code == gl.NO_ERROR {
		return nil
	}
	for i := 0; i < 100 && gl.GetError() != gl.NO_ERROR; i++ {
	}
	return fmt.Errorf("viewer: %s: OpenGL error %#x", doing, code)
}
