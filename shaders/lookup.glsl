// The palette index of every colour, in a table of opaque colours and a hash of the
// others. enter.comp fills both.
#include "hash.glsl"

layout(std430, binding = 1) readonly buffer Values { uint values[]; }; // hashMask + 1
layout(std430, binding = 2) readonly buffer Dense { uint dense[]; };   // hashFrom bytes

uniform uint hashFrom; // keys below it are in the table

uint lookUp(uint key) {
	if (key < hashFrom) {
		return dense[key >> 2] >> 8u * (key & 3u) & 0xffu;
	}
	uint slot = findSlot(key);
	return slot == NO_SLOT ? 255u : values[slot]; // no colour is missing, or the table is wrong
}
