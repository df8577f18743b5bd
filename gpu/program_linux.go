//go:build cgo

package gpu

import (
	"fmt"
	"strings"

	"kompress/kmeans"
	"kompress/quantize"
	"kompress/shaders"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// What the stages are cut into. Those that shaders have to know are constants of
// theirs.
const (
	tile    = 256  // points that a work group looks at together
	tileSum = 6    // 64-bit numbers from one tile's sums to the next: 5 and a gap
	quads   = 4    // times four pixels that a thread visits
	block   = 4096 // counters that a work group compacts

	slotShare  = 1024                // slots of a hash that a work group gathers
	threads    = 256                 // in a work group of most stages
	pixelShare = threads * 4 * quads // pixels that a work group visits
	enterShare = threads             // keys that a work group enters
	drawShare  = 64                  // samples that a work group draws
	alignment  = 32 * tile           // of slices of points: all their views then begin at multiples of 256 bytes

	components = 5 // of a kmeans.Sum: four totals and the count
	weight     = 4 // the count's place among them
	pointBytes = 8
	boxBytes   = 16
	sumBytes   = 8 * components

	// What every implementation of OpenGL 4.3 has at least.
	leastBlockBytes  = 1 << 24
	leastAlignment   = 256
	leastGroups      = 65535
	leastSharedBytes = 32 << 10
)

var constants = []shaders.Constant{
	{Name: "TILE", Value: tile},
	{Name: "TILE_SUM", Value: tileSum},
	{Name: "QUADS", Value: quads},
	{Name: "BLOCK", Value: block},
	{Name: "SLOT_SHARE", Value: slotShare},
	{Name: "THREADS", Value: threads},
	{Name: "DRAW_SHARE", Value: drawShare},
	{Name: "COMPONENTS", Value: components},
	{Name: "WEIGHT", Value: weight},
	{Name: "MASK_SIDE", Value: quantize.MaskSide},
	{Name: "MAX_CENTROIDS", Value: kmeans.MaxCentroids},
	{Name: "COORDINATE_BITS", Value: kmeans.CoordinateBits},
	{Name: "FRACTION_BITS", Value: kmeans.FractionBits},
}

// A program is a stage, compiled.
type program struct {
	id        uint32
	locations map[string]int32
}

// A uniform is a value of one or two words for a stage.
type uniform struct {
	name  string
	words []uint32
}

func u32(name string, v int) uniform { return uniform{name, []uint32{uint32(v)}} }

func u64(name string, v uint64) uniform {
	return uniform{name, []uint32{uint32(v), uint32(v >> 32)}}
}

func flag(name string, v bool) uniform {
	if v {
		return u32(name, 1)
	}
	return u32(name, 0)
}

// A view is a part of a buffer that a stage sees.
type view struct {
	*buffer
	offset, size int  // bytes
	small        bool // that every OpenGL 4.3 allows, whatever a test's limit is
}

// dispatch runs a stage in that many work groups, with the views as its buffers 0,
// 1 and so on. What it writes can be seen by all that comes after it.
func (t *thread) dispatch(stage string, groups int, views []view, uniforms ...uniform) {
	p := t.program(stage)
	if p == nil || t.err != nil {
		return
	}
	if groups < 1 || groups > t.device.Limits.Groups[0] {
		t.err = fmt.Errorf("gpu: stage %s: got %d work groups, want 1 to %d", stage, groups, t.device.Limits.Groups[0])
		return
	}
	gl.UseProgram(p.id)
	t.check("glUseProgram", stage)
	for _, u := range uniforms {
		location := p.location(u.name)
		if len(u.words) == 2 {
			gl.Uniform2ui(location, u.words[0], u.words[1])
		} else {
			gl.Uniform1ui(location, u.words[0])
		}
		t.check("glUniform", stage, u.name)
	}
	for i, v := range views {
		if int64(v.size) > t.device.Limits.BlockBytes && !v.small || v.offset%leastAlignment != 0 {
			t.err = fmt.Errorf("gpu: stage %s: got %d bytes from %d on as buffer %d, want at most %d from a multiple of %d",
				stage, v.size, v.offset, i, t.device.Limits.BlockBytes, leastAlignment)
			return
		}
		gl.BindBufferRange(gl.SHADER_STORAGE_BUFFER, uint32(i), v.id, v.offset, v.size)
		t.check("glBindBufferRange", stage)
	}
	stop := t.timer.start(stage)
	t.check("glBeginQuery", stage)
	gl.DispatchCompute(uint32(groups), 1, 1)
	t.check("glDispatchCompute", stage)
	stop()
	t.check("glEndQuery", stage)
	gl.MemoryBarrier(gl.SHADER_STORAGE_BARRIER_BIT | gl.BUFFER_UPDATE_BARRIER_BIT)
	t.check("glMemoryBarrier")
}

func (p *program) location(name string) int32 {
	location, known := p.locations[name]
	if !known {
		location = gl.GetUniformLocation(p.id, gl.Str(name+"\x00"))
		p.locations[name] = location
	}
	return location
}

// program returns the compiled stage, or nil after an error. A stage is compiled
// when it is first wanted.
func (t *thread) program(stage string) *program {
	if p := t.programs[stage]; p != nil || t.err != nil {
		return p
	}
	source, err := shaders.Source(stage, constants)
	if err != nil {
		t.err = fmt.Errorf("gpu: %w", err)
		return nil
	}
	if t.edit != nil {
		source = t.edit(stage, source)
	}
	id := t.compile(stage, source)
	if id == 0 {
		return nil
	}
	p := &program{id, map[string]int32{}}
	t.programs[stage] = p
	return p
}

func (t *thread) compile(stage, source string) (id uint32) {
	shader := gl.CreateShader(gl.COMPUTE_SHADER)
	t.check("glCreateShader")
	defer gl.DeleteShader(shader)
	text, free := gl.Strs(source + "\x00")
	defer free()
	gl.ShaderSource(shader, 1, text, nil)
	t.check("glShaderSource", stage)
	gl.CompileShader(shader)
	t.checkBuild("glCompileShader", stage)
	var done int32
	if gl.GetShaderiv(shader, gl.COMPILE_STATUS, &done); done == 0 {
		t.failStage(stage, "does not compile", buildLog(shader, gl.GetShaderiv, gl.GetShaderInfoLog))
		return 0
	}
	id = gl.CreateProgram()
	t.check("glCreateProgram")
	gl.AttachShader(id, shader)
	t.check("glAttachShader", stage)
	gl.LinkProgram(id)
	t.checkBuild("glLinkProgram", stage)
	if gl.GetProgramiv(id, gl.LINK_STATUS, &done); done == 0 {
		t.failStage(stage, "does not link", buildLog(id, gl.GetProgramiv, gl.GetProgramInfoLog))
		gl.DeleteProgram(id)
		return 0
	}
	return id
}

// checkBuild drops debug messages: that a stage cannot be built is no error of
// OpenGL, and its log says why.
func (t *thread) checkBuild(call, stage string) {
	t.debugMessage()
	t.check(call, stage)
}

func (t *thread) failStage(stage, what, log string) {
	if t.err == nil {
		t.err = fmt.Errorf("gpu: stage %s %s on %s: %s", stage, what, t.device.Renderer, log)
	}
}

// buildLog reads the log of a shader or a program, by the two functions for it.
func buildLog(id uint32, get func(id, name uint32, value *int32), read func(id uint32, size int32, length *int32, log *uint8)) string {
	var length int32
	get(id, gl.INFO_LOG_LENGTH, &length)
	log := make([]uint8, length+1)
	read(id, length+1, nil, &log[0])
	return strings.TrimRight(string(log), "\x00\n ")
}
