#version 430
// Enters colours and their palette indices into the tables that map.comp looks
// into. Twin of quantize's Table.prepare.
#define TAKES_SLOTS
#include "hash.glsl"

layout(local_size_x = THREADS) in;

layout(std430, binding = 1) writeonly buffer Values { uint values[]; };  // hashMask + 1
layout(std430, binding = 2) buffer Dense { uint dense[]; };              // hashFrom bytes, all 0
layout(std430, binding = 3) readonly buffer Keys { uint keys[]; };       // count
layout(std430, binding = 4) readonly buffer Index { uint index[]; };     // count bytes
layout(std430, binding = 5) buffer Status { uint used, full; };

uniform uint count;
uniform uint hashFrom;

void main() {
	uint i = gl_WorkGroupID.x * THREADS + gl_LocalInvocationIndex;
	if (i >= count) {
		return;
	}
	uint key = keys[i];
	uint entry = index[i >> 2] >> 8u * (i & 3u) & 0xffu;
	if (key < hashFrom) {
		atomicOr(dense[key >> 2], entry << 8u * (key & 3u));
		return;
	}
	bool isNew;
	uint slot = takeSlot(key, isNew);
	if (slot == NO_SLOT) {
		full = 1u;
		return;
	}
	values[slot] = entry;
}
