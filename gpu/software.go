package gpu

import "strings"

// SoftwareRenderer says whether OpenGL of that GL_RENDERER runs on the CPU. It knows
// those that do by their names.
func SoftwareRenderer(renderer string) bool {
	renderer = strings.ToLower(renderer)
	for _, name := range []string{"llvmpipe", "softpipe", "swrast", "swiftshader", "software", "lavapipe", "basic render"} {
		if strings.Contains(renderer, name) {
			return true
		}
	}
	return false
}
