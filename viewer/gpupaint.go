//go:build cgo

package viewer

import (
	"unsafe"

	"kompress/viewer/program"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A gpuPainter paints a Drawing: it adds up light, band by band, in a framebuffer of
// floating-point numbers, of which it then makes the picture's texture. Nothing
// comes back from the GPU.
type gpuPainter struct {
	*canvas
	band, resolve *program.Program
	light         texture
	lit, encoded  uint32 // framebuffers of light and of the picture's texture
	columns, rows spanTexture
	palette       [256]uint32
}

// A spanTexture has spans where shaders see them.
type spanTexture struct{ buffer, texture uint32 }

func newGPUPainter(c *canvas) (*gpuPainter, error) {
	p := &gpuPainter{canvas: c}
	var err error
	if p.band, err = program.New("screen.vert", "paint.frag"); err != nil {
		return nil, err
	}
	if p.resolve, err = program.New("screen.vert", "resolve.frag"); err != nil {
		return nil, err
	}
	gl.GenFramebuffers(1, &p.lit)
	gl.GenFramebuffers(1, &p.encoded)
	for _, t := range []*spanTexture{&p.columns, &p.rows} {
		gl.GenBuffers(1, &t.buffer)
		gl.GenTextures(1, &t.texture)
	}
	return p, checkGL("to prepare painting on the GPU")
}

// budget is of a GPU that is as slow as those of small computers are.
func (p *gpuPainter) budget() int {
	if p.software {
		return samplesPerThread
	}
	return 16 * samplesPerThread
}

func (p *gpuPainter) paint(v *view, from, to, samples int) error {
	p.attach()
	p.columns.set(v.columns)
	p.rows.set(v.rows)
	gl.BindFramebuffer(gl.FRAMEBUFFER, p.lit)
	gl.Viewport(0, 0, int32(p.width), int32(p.height))
	gl.Enable(gl.SCISSOR_TEST)
	gl.Scissor(0, int32(from), int32(p.width), int32(to-from))
	gl.ClearColor(0, 0, 0, 0)
	gl.Clear(gl.COLOR_BUFFER_BIT)
	p.paintBands(v, from, to, samples)
	gl.BindFramebuffer(gl.FRAMEBUFFER, p.encoded)
	gl.Scissor(0, int32(from), int32(p.width), int32(to-from))
	p.resolve.Use()
	gl.ActiveTexture(gl.TEXTURE0)
	gl.BindTexture(gl.TEXTURE_2D, p.light.id)
	p.resolve.SetInt("light", 0)
	p.triangle()
	gl.Disable(gl.SCISSOR_TEST)
	gl.BindFramebuffer(gl.FRAMEBUFFER, 0)
	gl.Finish() // whoever refines has to know how long it takes; and the tables are free for others
	return checkGL("to paint")
}

// attach makes the framebuffers as large as the window.
func (p *gpuPainter) attach() {
	p.light.resize(p.width, p.height, gl.RGBA32F, gl.RGBA, gl.FLOAT)
	gl.BindFramebuffer(gl.FRAMEBUFFER, p.lit)
	gl.FramebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, p.light.id, 0)
	gl.BindFramebuffer(gl.FRAMEBUFFER, p.encoded)
	gl.FramebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, p.picture.id, 0)
}

func (t *spanTexture) set(spans []span) {
	gl.BindBuffer(gl.TEXTURE_BUFFER, t.buffer)
	gl.BufferData(gl.TEXTURE_BUFFER, 8*len(spans), unsafe.Pointer(unsafe.SliceData(spans)), gl.STREAM_DRAW)
	gl.BindTexture(gl.TEXTURE_BUFFER, t.texture)
	gl.TexBuffer(gl.TEXTURE_BUFFER, gl.RG32I, t.buffer)
}

// paintBands adds up those bands that have something on these rows of the screen.
func (p *gpuPainter) paintBands(v *view, from, to, samples int) {
	d := v.drawing
	p.band.Use()
	p.setView(v, samples)
	gl.Enable(gl.BLEND)
	gl.BlendFunc(gl.ONE, gl.ONE)
	gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, 0, d.Slots)
	gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, 1, d.Values)
	gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, 2, d.Dense)
	n, width := v.picture.size.X*v.picture.size.Y, v.picture.size.X
	for i, buffer := range d.Bands {
		first := i * d.BandPixels
		count := min(d.BandPixels, n-first)
		top, bottom := screenRows(v.rows[from:to], first/width, (first+count-1)/width+1)
		if top == bottom {
			continue
		}
		gl.Scissor(0, int32(from+top), int32(p.width), int32(bottom-top))
		gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, 3, buffer)
		p.band.SetUint("firstPixel", uint32(first))
		p.band.SetUint("count", uint32(count))
		p.triangle()
	}
	gl.Disable(gl.BLEND)
	for binding := range uint32(4) { // what is bound would outlive its deletion elsewhere
		gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, binding, 0)
	}
}

// screenRows returns the rows of the screen that show any of the picture's from first
// to before end.
func screenRows(rows []span, first, end int) (top, bottom int) {
	top, bottom = -1, 0
	for i, r := range rows {
		if r.first < r.end && int(r.end) > first && int(r.first) < end {
			if top < 0 {
				top = i
			}
			bottom = i + 1
		}
	}
	return max(top, 0), bottom
}

func (p *gpuPainter) setView(v *view, samples int) {
	d, b := v.drawing, p.band
	b.SetUint("hashMask", d.HashMask)
	b.SetUint("salt", d.Salt)
	b.SetUint("hashFrom", d.HashFrom)
	b.SetUint("width", uint32(v.picture.size.X))
	b.SetInt("samples", samples)
	b.SetInt("lit", v.lit)
	b.SetUint("fade", uint32(v.fade()))
	split := len(v.columns)
	if v.table != nil {
		split = v.split
	}
	b.SetFloat("split", float32(split))
	premultiplied := uint32(0)
	if d.Premultiplied {
		premultiplied = 1
	}
	b.SetUint("premultiplied", premultiplied)
	for i, c := range v.palette {
		p.palette[i] = uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16 | uint32(c.A)<<24
	}
	gl.Uniform1uiv(b.At("palette"), int32(len(p.palette)), &p.palette[0])
	for unit, t := range []*spanTexture{&p.columns, &p.rows} {
		gl.ActiveTexture(gl.TEXTURE0 + uint32(unit))
		gl.BindTexture(gl.TEXTURE_BUFFER, t.texture)
	}
	b.SetInt("columns", 0)
	b.SetInt("rows", 1)
}
