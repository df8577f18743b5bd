// Package shaders holds the shaders, one stage a file, and what they have in common
// in includes.
package shaders

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed *.comp *.vert *.frag *.glsl
var files embed.FS

// Stages returns the names of all compute stages, sorted: count, map and so on.
func Stages() []string {
	names, err := fs.Glob(files, "*.comp")
	if err != nil {
		panic(err) // the pattern is right
	}
	for i, name := range names {
		names[i] = strings.TrimSuffix(name, path.Ext(name))
	}
	slices.Sort(names)
	return names
}

// A Constant is a number that Go and the shaders share.
type Constant struct {
	Name  string
	Value uint32
}

// Source returns the GLSL of a compute stage, or of the stage that draws in a file
// such as picture.frag: its file with the includes in their places and, after the
// #version line, a #define for each constant. Line numbers in a driver's log count
// the lines of the result.
func Source(stage string, constants []Constant) (string, error) {
	file := stage
	if path.Ext(stage) == "" {
		file += ".comp"
	}
	text, err := include(file, map[string]bool{})
	if err != nil {
		return "", fmt.Errorf("shaders: stage %s: %w", stage, err)
	}
	version, body, found := strings.Cut(text, "\n")
	if !found || !strings.HasPrefix(version, "#version ") {
		return "", fmt.Errorf("shaders: stage %s: got a first line of %q, want a #version", stage, version)
	}
	var b strings.Builder
	fmt.Fprintln(&b, version)
	for _, c := range constants {
		fmt.Fprintf(&b, "#define %s %d\n", c.Name, c.Value)
	}
	b.WriteString(body)
	return b.String(), nil
}

// include returns a file's text, each #include "name" replaced by that file's, the
// first time it is named.
func include(name string, seen map[string]bool) (string, error) {
	seen[name] = true
	text, err := files.ReadFile(name)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		other, isInclude := strings.CutPrefix(strings.TrimSpace(line), `#include "`)
		if !isInclude {
			b.WriteString(line)
			continue
		}
		other = strings.TrimSuffix(other, `"`)
		if seen[other] {
			continue
		}
		part, err := include(other, seen)
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		b.WriteString(part)
	}
	return b.String(), nil
}
