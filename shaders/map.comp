#version 430
// Looks up the palette index of every pixel, four to a word. Twin of quantize's
// mapRow. Where the tables do not hold all colours, there is a pass for each part
// of them, which leaves pixels of other colours as they are.
#include "key.glsl"
#include "lookup.glsl"

layout(local_size_x = THREADS) in;

layout(std430, binding = 3) readonly buffer Pixels { uvec4 pixels[]; };  // count, rounded up to 4
layout(std430, binding = 4) buffer Index { uint index[]; };              // count bytes, rounded up to words

uniform uint count;
uniform uint premultiplied;
uniform uint firstKey; // of this part
uniform uint lastKey;
uniform uint again;    // not 0 after the first part

uint mapFour(uvec4 four, uint word) {
	uint last = 0u, entry = 0u;
	bool inPart = false;
	for (uint i = 0u; i < 4u; i++) {
		if (i == 0u || four[i] != last) {
			last = four[i];
			uint key = keyOf(last, premultiplied != 0u);
			inPart = key >= firstKey && key <= lastKey;
			entry = inPart ? lookUp(key) : 0u;
		}
		word = inPart ? bitfieldInsert(word, entry, int(8u * i), 8) : word;
	}
	return word;
}

void main() {
	uint quad = gl_WorkGroupID.x * THREADS * QUADS + gl_LocalInvocationIndex;
	for (uint j = 0u; j < QUADS && 4u * quad < count; j++, quad += THREADS) {
		index[quad] = mapFour(pixels[quad], again != 0u ? index[quad] : 0u);
	}
}
