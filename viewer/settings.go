package viewer

import (
	"kompress/kmeans"
	"kompress/quantize"
)

// settings are what the keys change of the result.
type settings struct {
	colors int
	space  quantize.Space
	seed   uint64
	gpu    bool // the engine; it makes no difference to the result
}

// options are those of a quantization. Those of compress with the same settings give
// the same file.
func (s settings) options(effort kmeans.Effort) quantize.Options {
	return quantize.Options{Colors: s.colors, Space: s.space, Seed: s.seed, Effort: effort}
}

// spaceNames are those of the flags.
var spaceNames = map[quantize.Space]string{quantize.SRGB: "sRGB", quantize.Oklab: "Oklab"}
