//go:build cgo

package program

import (
	"fmt"
	"strings"

	"kompress/shaders"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A Program is a vertex and a fragment shader, linked. It belongs to the context that
// was current when it was made, and all its methods need that to be current.
type Program struct {
	id        uint32
	locations map[string]int32
}

// New compiles two files of package shaders.
func New(vertex, fragment string) (*Program, error) {
	p := &Program{gl.CreateProgram(), map[string]int32{}}
	for file, kind := range map[string]uint32{vertex: gl.VERTEX_SHADER, fragment: gl.FRAGMENT_SHADER} {
		shader, err := compile(file, kind)
		if err != nil {
			gl.DeleteProgram(p.id)
			return nil, err
		}
		gl.AttachShader(p.id, shader)
		gl.DeleteShader(shader) // it goes with the program
	}
	gl.LinkProgram(p.id)
	var done int32
	if gl.GetProgramiv(p.id, gl.LINK_STATUS, &done); done == 0 {
		err := fmt.Errorf("program: %s and %s do not link: %s", vertex, fragment, buildLog(p.id, gl.GetProgramiv, gl.GetProgramInfoLog))
		gl.DeleteProgram(p.id)
		return nil, err
	}
	return p, nil
}

func compile(file string, kind uint32) (uint32, error) {
	source, err := shaders.Source(file, nil)
	if err != nil {
		return 0, fmt.Errorf("program: %w", err)
	}
	shader := gl.CreateShader(kind)
	text, free := gl.Strs(source + "\x00")
	defer free()
	gl.ShaderSource(shader, 1, text, nil)
	gl.CompileShader(shader)
	var done int32
	if gl.GetShaderiv(shader, gl.COMPILE_STATUS, &done); done == 0 {
		err := fmt.Errorf("program: %s does not compile: %s", file, buildLog(shader, gl.GetShaderiv, gl.GetShaderInfoLog))
		gl.DeleteShader(shader)
		return 0, err
	}
	return shader, nil
}

func buildLog(id uint32, get func(id, name uint32, value *int32), read func(id uint32, size int32, length *int32, log *uint8)) string {
	var length int32
	get(id, gl.INFO_LOG_LENGTH, &length)
	log := make([]uint8, length+1)
	read(id, length+1, nil, &log[0])
	return strings.Join(strings.Fields(strings.TrimRight(string(log), "\x00")), " ")
}

// Use makes the program the one that draws, and whose uniforms are set.
func (p *Program) Use() { gl.UseProgram(p.id) }

// Close deletes the program.
func (p *Program) Close() { gl.DeleteProgram(p.id) }

// At returns the location of a uniform; -1, to which OpenGL lets anything be written,
// if the shaders have none of that name.
func (p *Program) At(name string) int32 {
	location, known := p.locations[name]
	if !known {
		location = gl.GetUniformLocation(p.id, gl.Str(name+"\x00"))
		p.locations[name] = location
	}
	return location
}

// SetInt sets a uniform of type int, or a sampler.
func (p *Program) SetInt(name string, v int) { gl.Uniform1i(p.At(name), int32(v)) }

// SetUint sets a uniform of type uint.
func (p *Program) SetUint(name string, v uint32) { gl.Uniform1ui(p.At(name), v) }

// SetFloat sets a uniform of type float.
func (p *Program) SetFloat(name string, v float32) { gl.Uniform1f(p.At(name), v) }

// SetBool sets a uniform of type bool.
func (p *Program) SetBool(name string, v bool) {
	if v {
		p.SetInt(name, 1)
	} else {
		p.SetInt(name, 0)
	}
}
