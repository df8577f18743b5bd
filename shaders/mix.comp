#version 430
// Enters colours and their mixes into the table that dither.comp looks into. Twin of
// quantize's DitherTable.prepare.
#define TAKES_SLOTS
#include "hash.glsl"

layout(local_size_x = THREADS) in;

layout(std430, binding = 1) writeonly buffer Values { uint values[]; };  // hashMask + 1
layout(std430, binding = 2) writeonly buffer Dense { uint dense[]; };    // of keys from firstKey on, if not hashed
layout(std430, binding = 3) readonly buffer Keys { uint keys[]; };       // count
layout(std430, binding = 4) readonly buffer Mixes { uint mixes[]; };     // count
layout(std430, binding = 5) buffer Status { uint used, full; };

uniform uint count;
uniform uint firstKey;
uniform uint hashed; // not 0 if the table is a hash

void main() {
	uint i = gl_WorkGroupID.x * THREADS + gl_LocalInvocationIndex;
	if (i >= count) {
		return;
	}
	if (hashed == 0u) {
		dense[keys[i] - firstKey] = mixes[i];
		return;
	}
	bool isNew;
	uint slot = takeSlot(keys[i], isNew);
	if (slot == NO_SLOT) {
		full = 1u;
		return;
	}
	values[slot] = mixes[i];
}
