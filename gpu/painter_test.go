//go:build linux && cgo

package gpu

import (
	"fmt"
	"unsafe"

	"kompress/shaders"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A screen is what a window shows: which columns and rows of the image are under
// each of its own, from the first up to and without the last.
type screen struct {
	columns, rows [][2]int32
	samples       int
	split         float32
	lit           int // entry; -1 for none
}

// fadeForTest is what is added to faded components, which keep below 256.
const fadeForTest = 188

// A painter draws as a window does, but to memory.
type painter struct {
	engine         *Engine
	context        uintptr // another than the engine's; 0 if it is that
	edit           func(stage, source string) string
	paint, resolve uint32 // programs
}

// draw returns the pixels of the screen, premultiplied, row by row from the top.
func (p *painter) draw(d *Drawing, s screen, palette *[256]uint32) (pix []uint8, err error) {
	err = p.engine.do(func(t *thread) error {
		if p.context != 0 {
			e := t.display
			e.egl.makeCurrent(e.handle, 0, 0, p.context)
			defer e.egl.makeCurrent(e.handle, 0, 0, t.context)
		}
		if err := p.build(); err != nil {
			return err
		}
		pix = p.render(d, s, palette)
		t.check("glDrawArrays")
		return nil
	})
	return pix, err
}

// buildNow compiles what draw would.
func (p *painter) buildNow() error { return p.engine.do(func(*thread) error { return p.build() }) }

func (p *painter) build() (err error) {
	if p.paint != 0 {
		return nil
	}
	if p.paint, err = p.link("paint.frag"); err != nil {
		return err
	}
	p.resolve, err = p.link("resolve.frag")
	return err
}

func (p *painter) link(stage string) (id uint32, err error) {
	id = gl.CreateProgram()
	for name, kind := range map[string]uint32{"screen.vert": gl.VERTEX_SHADER, stage: gl.FRAGMENT_SHADER} {
		source, err := shaders.Source(name, nil)
		if err != nil {
			return 0, err
		}
		if p.edit != nil {
			source = p.edit(name, source)
		}
		shader := gl.CreateShader(kind)
		text, free := gl.Strs(source + "\x00")
		gl.ShaderSource(shader, 1, text, nil)
		free()
		gl.CompileShader(shader)
		gl.AttachShader(id, shader)
	}
	gl.LinkProgram(id)
	var done int32
	if gl.GetProgramiv(id, gl.LINK_STATUS, &done); done == 0 {
		return 0, fmt.Errorf("%s: %s", stage, buildLog(id, gl.GetProgramiv, gl.GetProgramInfoLog))
	}
	return id, nil
}

func (p *painter) render(d *Drawing, s screen, palette *[256]uint32) []uint8 {
	w, h := int32(len(s.columns)), int32(len(s.rows))
	var array uint32
	gl.GenVertexArrays(1, &array)
	defer gl.DeleteVertexArrays(1, &array)
	gl.BindVertexArray(array)
	gl.Viewport(0, 0, w, h)

	light, dropLight := target(gl.RGBA32F, w, h)
	defer dropLight()
	p.addBands(d, s, palette)

	_, dropColors := target(gl.RGBA8, w, h)
	defer dropColors()
	gl.UseProgram(p.resolve)
	gl.ActiveTexture(gl.TEXTURE0)
	gl.BindTexture(gl.TEXTURE_2D, light)
	gl.DrawArrays(gl.TRIANGLES, 0, 3)

	pix := make([]uint8, 4*w*h)
	gl.ReadPixels(0, 0, w, h, gl.RGBA, gl.UNSIGNED_BYTE, unsafe.Pointer(&pix[0]))
	return pix
}

// target makes a texture that is drawn to from now on.
func target(format int32, w, h int32) (texture uint32, drop func()) {
	var frame uint32
	gl.GenTextures(1, &texture)
	gl.BindTexture(gl.TEXTURE_2D, texture)
	gl.TexImage2D(gl.TEXTURE_2D, 0, format, w, h, 0, gl.RGBA, gl.UNSIGNED_BYTE, nil)
	gl.TexParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST)
	gl.GenFramebuffers(1, &frame)
	gl.BindFramebuffer(gl.FRAMEBUFFER, frame)
	gl.FramebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0)
	return texture, func() {
		gl.DeleteFramebuffers(1, &frame)
		gl.DeleteTextures(1, &texture)
	}
}

func (p *painter) addBands(d *Drawing, s screen, palette *[256]uint32) {
	gl.ClearColor(0, 0, 0, 0)
	gl.Clear(gl.COLOR_BUFFER_BIT)
	gl.UseProgram(p.paint)
	defer p.bindRanges("columns", 0, s.columns)()
	defer p.bindRanges("rows", 1, s.rows)()
	for name, v := range map[string]int{
		"hashMask": int(d.HashMask), "salt": int(d.Salt), "hashFrom": int(d.HashFrom), "width": d.Width,
	} {
		gl.Uniform1ui(p.location(name), uint32(v))
	}
	gl.Uniform1ui(p.location("premultiplied"), flag("", d.Premultiplied).words[0])
	gl.Uniform1i(p.location("samples"), int32(s.samples))
	gl.Uniform1f(p.location("split"), s.split)
	gl.Uniform1i(p.location("lit"), int32(s.lit))
	gl.Uniform1ui(p.location("fade"), fadeForTest)
	gl.Uniform1uiv(p.location("palette"), int32(len(palette)), &palette[0])
	for binding, buffer := range []uint32{d.Slots, d.Values, d.Dense} {
		gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, uint32(binding), buffer)
	}
	gl.Enable(gl.BLEND)
	defer gl.Disable(gl.BLEND)
	gl.BlendFunc(gl.ONE, gl.ONE)
	for i, band := range d.Bands {
		first := i * d.BandPixels
		gl.Uniform1ui(p.location("firstPixel"), uint32(first))
		gl.Uniform1ui(p.location("count"), uint32(min(d.BandPixels, d.Width*d.Height-first)))
		gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, 3, band)
		gl.DrawArrays(gl.TRIANGLES, 0, 3)
	}
}

func (p *painter) location(name string) int32 {
	return gl.GetUniformLocation(p.paint, gl.Str(name+"\x00"))
}

// bindRanges makes a texture of the ranges.
func (p *painter) bindRanges(name string, unit uint32, ranges [][2]int32) (drop func()) {
	var buffer, texture uint32
	gl.GenBuffers(1, &buffer)
	gl.BindBuffer(gl.TEXTURE_BUFFER, buffer)
	gl.BufferData(gl.TEXTURE_BUFFER, 8*len(ranges), unsafe.Pointer(&ranges[0]), gl.STREAM_DRAW)
	gl.GenTextures(1, &texture)
	gl.ActiveTexture(gl.TEXTURE0 + unit)
	gl.BindTexture(gl.TEXTURE_BUFFER, texture)
	gl.TexBuffer(gl.TEXTURE_BUFFER, gl.RG32I, buffer)
	gl.Uniform1i(p.location(name), int32(unit))
	return func() {
		gl.DeleteTextures(1, &texture)
		gl.DeleteBuffers(1, &buffer)
	}
}
