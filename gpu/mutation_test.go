//go:build linux && cgo

package gpu

import (
	"errors"
	"strings"
	"testing"

	kmeanstest "kompress/kmeans/enginetest"
	quantizetest "kompress/quantize/enginetest"
)

// A shaderFault is a change to a stage's source that the conformance suites have to
// notice.
type shaderFault struct {
	name, stage string
	old, new    string
	barrier     bool // a software renderer may not mind
}

var clusterFaults = []shaderFault{
	{name: "the last centroid wins a tie", stage: "assign", old: "if (distance < least) {", new: "if (distance <= least) {"},
	{name: "a sum of the last centroid wins a tie", stage: "accumulate", old: "if (distance < least) {", new: "if (distance <= least) {"},
	{name: "no carry in shared memory", stage: "accumulate", old: "v.y += uint(old + v.x < old); // the carry\n\t}\n\tif (v.y != 0u) {\n\t\tatomicAdd(partialHigh", new: "}\n\tif (v.y != 0u) {\n\t\tatomicAdd(partialHigh"},
	{name: "no carry in memory", stage: "accumulate", old: "v.y += uint(old + v.x < old); // the carry\n\t}\n\tif (v.y != 0u) {\n\t\tatomicAdd(sums", new: "}\n\tif (v.y != 0u) {\n\t\tatomicAdd(sums"},
	{name: "no carry in a tile's sums", stage: "tiles", old: "v.y += uint(old + v.x < old); // the carry", new: ""},
	{name: "no bound on the points", stage: "accumulate", old: "} else if (tile * TILE + thread < count) {", new: "} else {"},
	{name: "no bound on a tile's points", stage: "tiles", old: "if (i < count) {", new: "{"},
	{name: "the last tile is left out", stage: "accumulate", old: "uint tiles = (count + TILE - 1u) / TILE;", new: "uint tiles = count / TILE;"},
	{name: "the last tile is not assigned", stage: "assign", old: "uint tiles = (count + TILE - 1u) / TILE;", new: "uint tiles = count / TILE;"},
	{name: "a dropped coordinate", stage: "assign", old: "return q.x + q.y + q.z + q.w;", new: "return q.x + q.y + q.z;"},
	{name: "a dropped component of the sums", stage: "accumulate", old: "axis < 4u; axis++) {\n\t\taddPartial", new: "axis < 3u; axis++) {\n\t\taddPartial"},
	{name: "partials not cleared", stage: "accumulate", old: "\tclearPartials(k);\n", new: ""},
	{name: "sums not cleared between passes", stage: "move", old: "sums[COMPONENTS * i + c] = uvec2(0u);", new: ""},
	{name: "sums not cleared between steps", stage: "update", old: "sums[COMPONENTS * i + c] = uvec2(0u);", new: ""},
	{name: "candidates up to the reach, not at it", stage: "assign", old: "if (least <= reach && i < k) {", new: "if (least < reach && i < k) {"},
	{name: "a box one too small", stage: "tiles", old: "atomicMax(greatest[axis], point[axis]);", new: "atomicMax(greatest[axis], max(point[axis], 1u) - 1u);"},
	{name: "means rounded down", stage: "move", old: "add64(sums[COMPONENTS * i + axis], rounding)", new: "sums[COMPONENTS * i + axis]"},
	{name: "empty clusters moved", stage: "move", old: "if (weight != uvec2(0u)) {", new: "{"},
	{name: "a wrong constant in the hash", stage: "sample", old: "1664525u", new: "1664527u"},
	{name: "one draw for all steps", stage: "sample", old: "uvec4(seed, stepNumber, i)", new: "uvec4(seed, 0u, i)"},
	{name: "a target's own point left out", stage: "sample", old: "while (!below64(target, sum)) {", new: "while (below64(sum, target)) {"},
	{name: "no carry from the product's middle", stage: "sample", old: "uvec2(other.y, 0u));", new: "uvec2(0u));"},
	{name: "a root one too large", stage: "update", old: "if (t * t <= n) {", new: "if ((t - 1u) * (t - 1u) <= n) {"},
	{name: "a count that wraps", stage: "update", old: "count = 0xffffffffu;", new: ""},
	{name: "no barrier after the candidates", stage: "accumulate", old: "candidates[i >> 5], 1u << (i & 31u));\n\t}\n\tsync();", new: "candidates[i >> 5], 1u << (i & 31u));\n\t}", barrier: true},
	{name: "no barrier before indices are packed", stage: "assign", old: ": 0u;\n\tsync();", new: ": 0u;", barrier: true},
}

var pixelFaults = []shaderFault{
	{name: "green as blue", stage: "count", old: "spread(c.g) << 1", new: "spread(c.b) << 1"},
	{name: "alpha dropped", stage: "count", old: "| (255u - c.a) << 24;", new: ";"},
	{name: "transparent colours kept apart", stage: "count", old: "if (c.a == 0u) {", new: "if (false) {"},
	{name: "not unmultiplied", stage: "count", old: "if (premultiplied && alpha != 255u) {", new: "if (false) {"},
	{name: "truncated where it is rounded", stage: "count", old: "+ 128u) / 257u", new: ") / 257u"},
	{name: "the last run is lost", stage: "count", old: "\tif (run > 0u) {\n\t\taddColor(keyOf(last, premultiplied != 0u), run);\n\t}\n}", new: "}"},
	{name: "no bound on the pixels", stage: "count", old: "i < 4u && 4u * quad + i < count; i++", new: "i < 4u; i++"},
	{name: "a block is not tallied to its end", stage: "tally", old: "i < BLOCK / 4u", new: "i < BLOCK / 4u - 1u"},
	{name: "places off by one", stage: "compact", old: "+ places[thread] - found - skip;", new: "+ places[thread] - found - skip + 1u;"},
	{name: "no scan within a block", stage: "compact", old: "places[thread] += left;", new: ""},
	{name: "sums of blocks not handed on", stage: "scan", old: "before = add64(before, own);", new: ""},
	{name: "keys of a table off by one", stage: "gather", old: "slots[slot] - 1u;", new: "slots[slot];"},
	{name: "an entry in the wrong byte", stage: "enter", old: "entry << 8u * (key & 3u)", new: "entry << 8u * (3u - (key & 3u))"},
	{name: "a wrong probe", stage: "map", old: "\t\tif (held == 0u) {\n\t\t\treturn NO_SLOT;\n\t\t}\n\t\tslot = (slot + 1u)", new: "\t\tif (held == 0u) {\n\t\t\treturn NO_SLOT;\n\t\t}\n\t\tslot = (slot + 2u)"},
	{name: "the last quad is not mapped", stage: "map", old: "j < QUADS && 4u * quad < count", new: "j < QUADS && 4u * quad + 3u < count"},
	{name: "neighbours taken to be alike", stage: "map", old: "if (i == 0u || four[i] != last) {", new: "if (i == 0u) {"},
	{name: "no barrier in the scan within a block", stage: "compact", old: "\t\tplaces[thread] += left;\n\t\tsync();", new: "\t\tplaces[thread] += left;", barrier: true},
}

var ditherFaults = []shaderFault{
	{name: "the second entry at its share, too", stage: "dither", old: "levelAt(4u * quad + i) < mixed >> 16", new: "levelAt(4u * quad + i) <= mixed >> 16"},
	{name: "the entries swapped", stage: "dither", old: "second ? mixed >> 8 & 0xffu : mixed & 0xffu", new: "second ? mixed & 0xffu : mixed >> 8 & 0xffu"},
	{name: "the mask's columns for its rows", stage: "dither", old: "row * MASK_SIDE + column;", new: "column * MASK_SIDE + row;"},
	{name: "the mask not repeated downwards", stage: "dither", old: "(firstRow + place / width) % MASK_SIDE", new: "min(firstRow + place / width, MASK_SIDE - 1u)"},
	{name: "one level for four pixels", stage: "dither", old: "levelAt(4u * quad + i)", new: "levelAt(4u * quad)"},
	{name: "neighbours taken to be alike", stage: "dither", old: "if (i == 0u || four[i] != last) {", new: "if (i == 0u) {"},
	{name: "the last quad is not dithered", stage: "dither", old: "j < QUADS && 4u * quad < count", new: "j < QUADS && 4u * quad + 3u < count"},
	{name: "what other tables know overwritten", stage: "dither", old: "if (inTable) {", new: "{"},
	{name: "a table off by one", stage: "mix", old: "dense[keys[i] - firstKey]", new: "dense[keys[i] - firstKey + 1u]"},
	{name: "the last mix left out", stage: "mix", old: "if (i >= count) {", new: "if (i + 1u >= count) {"},
}

var paintFaults = []shaderFault{
	{name: "the next band's first pixel", stage: "paint.frag", old: "if (place < count) {", new: "if (place <= count) {"},
	{name: "a band's last pixel left out", stage: "paint.frag", old: "if (place < count) {", new: "if (place + 1u < count) {"},
	{name: "every band is the first", stage: "paint.frag", old: " * width - firstPixel;", new: " * width;"},
	{name: "samples at the edges", stage: "paint.frag", old: "(2 * i + 1) *", new: "(2 * i) *"},
	{name: "samples not spread", stage: "paint.frag", old: "(2 * i + 1) * (range.y - range.x) / (2 * n)", new: "i"},
	{name: "all samples", stage: "paint.frag", old: "min(ivec2(samples), ", new: "min(ivec2(1 << 12), "},
	{name: "a sum, not the mean", stage: "paint.frag", old: "float(max(1, n.x * n.y))", new: "1.0"},
	{name: "the mean of one axis", stage: "paint.frag", old: "n.x * n.y", new: "n.x * n.x"},
	{name: "the split one too far", stage: "paint.frag", old: "float(at.x) < split", new: "float(at.x) <= split"},
	{name: "the sides swapped", stage: "paint.frag", old: "original ? colorOf", new: "!original ? colorOf"},
	{name: "the original taken to be straight", stage: "paint.frag", old: "colorOf(pixel, premultiplied != 0u)", new: "colorOf(pixel, false)"},
	{name: "the result's key taken to be straight", stage: "paint.frag", old: "lookUp(keyOf(pixel, premultiplied != 0u))", new: "lookUp(keyOf(pixel, false))"},
	{name: "the palette taken to be premultiplied", stage: "paint.frag", old: "colorOf(palette[entry], false)", new: "colorOf(palette[entry], true)"},
	{name: "all lit", stage: "paint.frag", old: "int(entry) == lit", new: "true"},
	{name: "the original not lit", stage: "paint.frag", old: "original && lit < 0", new: "original"},
	{name: "faded alpha", stage: "paint.frag", old: "uvec4(color.rgb / FADE_SHARE + fade, color.a)", new: "color / FADE_SHARE + fade"},
	{name: "light not times alpha", stage: "paint.frag", old: "linear * c.a", new: "linear"},
	{name: "a mean of what is encoded", stage: "paint.frag", old: "vec4(linear * c.a", new: "vec4(c.rgb * c.a"},
	{name: "no linear part of what is dark", stage: "paint.frag", old: "lessThanEqual(c.rgb, vec3(0.04045))", new: "bvec3(false)"},
	{name: "a dense table for all", stage: "paint.frag", old: "if (key < hashFrom) {", new: "if (true) {"},
	{name: "a hash for all", stage: "paint.frag", old: "if (key < hashFrom) {", new: "if (false) {"},
	{name: "a wrong probe", stage: "paint.frag", old: "return NO_SLOT;\n\t\t}\n\t\tslot = (slot + 1u)", new: "return NO_SLOT;\n\t\t}\n\t\tslot = (slot + 2u)"},
	{name: "no salt", stage: "paint.frag", old: "uint h = key ^ salt;", new: "uint h = key;"},
	{name: "not encoded", stage: "resolve.frag", old: "encode(c.rgb / c.a)", new: "(c.rgb / c.a)"},
	{name: "not divided by alpha", stage: "resolve.frag", old: "encode(c.rgb / c.a)", new: "encode(c.rgb)"},
	{name: "not times alpha", stage: "resolve.frag", old: "encode(c.rgb / c.a) * c.a", new: "encode(c.rgb / c.a)"},
	{name: "a wrong exponent", stage: "resolve.frag", old: "1.0 / 2.4", new: "1.0 / 2.2"},
	{name: "no linear part", stage: "resolve.frag", old: "lessThanEqual(v, vec3(0.0031308))", new: "bvec3(false)"},
}

// The suites are only worth what they refuse.
func TestShaderFaultsAreRefused(t *testing.T) {
	skipWithRaceDetector(t)
	openForTest(t, Options{})
	for _, suite := range []struct {
		faults []shaderFault
		check  func(*Engine) error
	}{
		{clusterFaults, func(e *Engine) error { return kmeanstest.Check(e) }},
		{pixelFaults, func(e *Engine) error { return quantizetest.Check(e) }},
		{ditherFaults, func(e *Engine) error { return quantizetest.Check(e) }},
	} {
		for _, fault := range suite.faults {
			t.Run(fault.stage+": "+fault.name, func(t *testing.T) {
				e := openFaulty(t, fault)
				if fault.barrier && e.Device().Software {
					t.Log("compiled only: this software renderer runs a work group's threads in step, so that a missing barrier does not show")
					return
				}
				judge(t, suite.check(e))
			})
		}
	}
}

func openFaulty(t *testing.T, fault shaderFault) *Engine {
	edited := false
	e := openForTest(t, Options{edit: fault.edit(t, &edited)})
	err := e.do(func(thread *thread) error {
		thread.program(fault.stage)
		return nil
	})
	if err != nil {
		t.Fatalf("the fault does not even compile: %v", err)
	}
	if !edited {
		t.Fatal("the stage was not edited")
	}
	return e
}

// edit returns what changes the stage, and says when it did.
func (fault shaderFault) edit(t *testing.T, edited *bool) func(stage, source string) string {
	return func(stage, source string) string {
		if stage != fault.stage {
			return source
		}
		if n := strings.Count(source, fault.old); n != 1 {
			t.Errorf("got %q %d times in the source, want once", fault.old, n)
		}
		*edited = true
		return strings.Replace(source, fault.old, fault.new, 1)
	}
}

// Nor are the tests of drawing.
func TestPaintFaultsAreRefused(t *testing.T) {
	skipWithRaceDetector(t)
	e := openForTest(t, Options{})
	e.sizes.pixels = 5000
	for _, fault := range paintFaults {
		t.Run(fault.stage+": "+fault.name, func(t *testing.T) {
			edited := false
			p := &painter{engine: e, edit: fault.edit(t, &edited)}
			err := p.buildNow()
			if err != nil || !edited {
				t.Fatalf("the fault does not even compile, or edits nothing: %v", err)
			}
			for _, m := range drawnImages(false) {
				err = errors.Join(err, checkDrawing(e, m, p))
			}
			judge(t, err)
		})
	}
}

// judge wants a difference, not a crash.
func judge(t *testing.T, err error) {
	t.Helper()
	switch {
	case err == nil:
		t.Error("got no error")
	case errors.Is(err, ErrLost):
		t.Error(err)
	default:
		t.Logf("refused: %v", err)
	}
}
