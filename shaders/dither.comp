#version 430
// Looks up the mix of every pixel's colour and takes one of its entries, by a mask;
// four indices to a word. Twin of quantize's mixRow. Where no table holds all colours,
// there is a pass for each, which leaves pixels of other colours as they are.
#include "key.glsl"
#include "hash.glsl"

layout(local_size_x = THREADS) in;

layout(std430, binding = 1) readonly buffer Values { uint values[]; };   // hashMask + 1
layout(std430, binding = 2) readonly buffer Dense { uint dense[]; };     // of keys from firstKey on, if not hashed
layout(std430, binding = 3) readonly buffer Pixels { uvec4 pixels[]; };  // count, rounded up to 4
layout(std430, binding = 4) buffer Index { uint index[]; };              // count bytes, rounded up to words
layout(std430, binding = 5) readonly buffer Mask { uint levels[]; };     // bytes, MASK_SIDE to a row

uniform uint count;
uniform uint premultiplied;
uniform uint firstKey; // of this table
uniform uint lastKey;
uniform uint hashed;   // not 0 if it is a hash
uniform uint again;    // not 0 after the first table
uniform uint width;    // of the image
uniform uint firstRow; // the first pixel's, of the mask
uniform uint firstColumn;

uint mixOf(uint key) {
	if (hashed == 0u) {
		return dense[key - firstKey];
	}
	uint slot = findSlot(key);
	return slot == NO_SLOT ? 0xffffu : values[slot]; // no colour is missing, or the table is wrong
}

uint levelAt(uint pixel) {
	uint place = firstColumn + pixel;
	uint row = (firstRow + place / width) % MASK_SIDE, column = place % width % MASK_SIDE;
	uint i = row * MASK_SIDE + column;
	return levels[i >> 2] >> 8u * (i & 3u) & 0xffu;
}

uint ditherFour(uint quad, uvec4 four, uint word) {
	uint last = 0u, mixed = 0u;
	bool inTable = false;
	for (uint i = 0u; i < 4u; i++) {
		if (i == 0u || four[i] != last) {
			last = four[i];
			uint key = keyOf(last, premultiplied != 0u);
			inTable = key >= firstKey && key <= lastKey;
			mixed = inTable ? mixOf(key) : 0u;
		}
		if (inTable) {
			bool second = levelAt(4u * quad + i) < mixed >> 16;
			word = bitfieldInsert(word, second ? mixed >> 8 & 0xffu : mixed & 0xffu, int(8u * i), 8);
		}
	}
	return word;
}

void main() {
	uint quad = gl_WorkGroupID.x * THREADS * QUADS + gl_LocalInvocationIndex;
	for (uint j = 0u; j < QUADS && 4u * quad < count; j++, quad += THREADS) {
		index[quad] = ditherFour(quad, pixels[quad], again != 0u ? index[quad] : 0u);
	}
}
