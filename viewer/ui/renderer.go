//go:build cgo

package ui

import (
	"fmt"
	"image"
	"unsafe"

	"kompress/viewer/program"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A Renderer draws lists with OpenGL 3.3. It is for the thread of the context it was
// made in, and all its methods need that context to be current.
type Renderer struct {
	atlas    *Atlas
	size     image.Point // of the texture
	texture  uint32
	shaders  *program.Program
	array    uint32
	buffer   uint32
	vertices []vertex // kept for their memory
}

// NewRenderer returns a renderer of lists of an atlas.
func NewRenderer(a *Atlas) (*Renderer, error) {
	shaders, err := program.New("ui.vert", "ui.frag")
	if err != nil {
		return nil, fmt.Errorf("ui: %w", err)
	}
	r := &Renderer{atlas: a, shaders: shaders}
	shaders.Use()
	shaders.SetInt("atlas", 0)
	r.newTexture()
	r.newArray()
	return r, nil
}

// newTexture makes the atlas's texture, as yet without pixels.
func (r *Renderer) newTexture() {
	gl.GenTextures(1, &r.texture)
	gl.BindTexture(gl.TEXTURE_2D, r.texture)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAX_LEVEL, 0)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE)
}

// newArray makes the vertex array, whose attributes are as in ui.vert.
func (r *Renderer) newArray() {
	gl.GenVertexArrays(1, &r.array)
	gl.BindVertexArray(r.array)
	gl.GenBuffers(1, &r.buffer)
	gl.BindBuffer(gl.ARRAY_BUFFER, r.buffer)
	var v vertex
	size := int32(unsafe.Sizeof(v))
	for i := range uint32(3) {
		gl.EnableVertexAttribArray(i)
	}
	gl.VertexAttribPointerWithOffset(0, 2, gl.FLOAT, false, size, unsafe.Offsetof(v.x))
	gl.VertexAttribPointerWithOffset(1, 2, gl.FLOAT, false, size, unsafe.Offsetof(v.u))
	gl.VertexAttribPointerWithOffset(2, 4, gl.UNSIGNED_BYTE, true, size, unsafe.Offsetof(v.color))
}

// Draw draws a list into the current framebuffer, of a size in pixels, over what is
// there. Of OpenGL's state, it leaves blending and the scissor test off, and restores
// nothing else.
func (r *Renderer) Draw(l *List, width, height int) error {
	gl.ActiveTexture(gl.TEXTURE0)
	gl.BindTexture(gl.TEXTURE_2D, r.texture)
	gl.BindSampler(0, 0)
	r.upload()
	r.vertices = l.appendAll(r.vertices[:0])
	if len(r.vertices) > 0 && width > 0 && height > 0 {
		r.draw(width, height)
	}
	if code := gl.GetError(); code != gl.NO_ERROR {
		return fmt.Errorf("ui: got OpenGL error %#x", code)
	}
	return nil
}

// upload brings what has changed in the atlas into the texture.
func (r *Renderer) upload() {
	dirty, pixels := r.atlas.takeDirty(), r.atlas.pixels
	if dirty.Empty() {
		return
	}
	gl.BindBuffer(gl.PIXEL_UNPACK_BUFFER, 0)
	gl.PixelStorei(gl.UNPACK_ALIGNMENT, 1)
	gl.PixelStorei(gl.UNPACK_ROW_LENGTH, int32(pixels.Stride))
	if size := pixels.Rect.Size(); size != r.size {
		r.size = size // then all of it is dirty
		gl.TexImage2D(gl.TEXTURE_2D, 0, gl.R8, int32(size.X), int32(size.Y), 0, gl.RED, gl.UNSIGNED_BYTE, nil)
	}
	gl.TexSubImage2D(gl.TEXTURE_2D, 0, int32(dirty.Min.X), int32(dirty.Min.Y), int32(dirty.Dx()), int32(dirty.Dy()),
		gl.RED, gl.UNSIGNED_BYTE, gl.Ptr(&pixels.Pix[pixels.PixOffset(dirty.Min.X, dirty.Min.Y)]))
	gl.PixelStorei(gl.UNPACK_ROW_LENGTH, 0) // others would not expect it
}

// draw draws the vertices.
func (r *Renderer) draw(width, height int) {
	gl.Viewport(0, 0, int32(width), int32(height))
	gl.Disable(gl.SCISSOR_TEST)
	gl.Disable(gl.DEPTH_TEST)
	gl.Disable(gl.CULL_FACE)
	gl.Enable(gl.BLEND)
	gl.BlendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
	r.shaders.Use()
	gl.Uniform2f(r.shaders.At("viewport"), float32(width), float32(height))
	gl.BindVertexArray(r.array)
	gl.BindBuffer(gl.ARRAY_BUFFER, r.buffer)
	// New memory each time: the driver need not wait until the last frame is drawn.
	bytes := len(r.vertices) * int(unsafe.Sizeof(vertex{}))
	gl.BufferData(gl.ARRAY_BUFFER, bytes, gl.Ptr(r.vertices), gl.STREAM_DRAW)
	gl.DrawArrays(gl.TRIANGLES, 0, int32(len(r.vertices)))
	gl.Disable(gl.BLEND)
}

// Close frees what the renderer holds of the GPU. The next renderer of the atlas gets
// all of it.
func (r *Renderer) Close() {
	gl.DeleteBuffers(1, &r.buffer)
	gl.DeleteVertexArrays(1, &r.array)
	gl.DeleteTextures(1, &r.texture)
	r.shaders.Close()
	r.atlas.dirty = r.atlas.pixels.Rect
}
