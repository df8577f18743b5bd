#version 430
// Draws a band of pixels: a band's share of the picture, whose sum over all bands is
// the picture. Each screen pixel is the mean of the image's pixels under it, or of
// samples spread evenly over them, in linear light. Blend with (ONE, ONE) into a
// framebuffer of floating-point numbers that was cleared to 0; its row 0 is the top.
// The viewport begins at its corner.
#include "key.glsl"
#include "lookup.glsl"

layout(std430, binding = 3) readonly buffer Band { uint band[]; }; // count pixels: bytes of red, green, blue, alpha

uniform uint firstPixel;        // of the band in the image
uniform uint count;
uniform uint premultiplied;     // not 0 if the pixels are
uniform uint width;             // of the image
uniform isamplerBuffer columns; // under each column of the screen: the first, and that after the last
uniform isamplerBuffer rows;    // likewise
uniform int samples;            // of each axis, at most; times the pixels under one of the screen, below 2^30
uniform float split;            // columns of the screen before it show the original, the others the result
uniform uint palette[256];      // bytes of red, green, blue, alpha, not premultiplied
uniform int lit;                // entry beside whose pixels all are faded; -1 for none
uniform uint fade;              // what is added to a part of their components

const uint FADE_SHARE = 5u; // of a faded colour's components, one part is left

out vec4 light; // linear, times alpha; alpha

// sampleOf returns the i-th of n places spread evenly over a range.
int sampleOf(ivec2 range, int i, int n) {
	return range.x + (2 * i + 1) * (range.y - range.x) / (2 * n);
}

// lightOf decodes sRGB, IEC 61966-2-1.
vec4 lightOf(uvec4 color) {
	vec4 c = vec4(color) / 255.0;
	vec3 linear = mix(pow((c.rgb + 0.055) / 1.055, vec3(2.4)), c.rgb / 12.92, lessThanEqual(c.rgb, vec3(0.04045)));
	return vec4(linear * c.a, c.a);
}

uvec4 shownColor(uint pixel, bool original) {
	uint entry = original && lit < 0 ? 0u : lookUp(keyOf(pixel, premultiplied != 0u));
	uvec4 color = original ? colorOf(pixel, premultiplied != 0u) : colorOf(palette[entry], false);
	return lit < 0 || int(entry) == lit ? color : uvec4(color.rgb / FADE_SHARE + fade, color.a);
}

void main() {
	ivec2 at = ivec2(gl_FragCoord.xy);
	ivec2 across = texelFetch(columns, at.x).xy, down = texelFetch(rows, at.y).xy;
	ivec2 n = min(ivec2(samples), ivec2(across.y - across.x, down.y - down.x));
	bool original = float(at.x) < split;
	vec4 sum = vec4(0.0);
	for (int j = 0; j < n.y; j++) {
		// Before the band's first pixel it wraps, and is as far out as behind the last.
		uint row = uint(sampleOf(down, j, n.y)) * width - firstPixel;
		for (int i = 0; i < n.x; i++) {
			uint place = row + uint(sampleOf(across, i, n.x));
			if (place < count) {
				sum += lightOf(shownColor(band[place], original));
			}
		}
	}
	light = sum / float(max(1, n.x * n.y)); // nothing is outside of the image
}
