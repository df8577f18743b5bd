#version 430
// Counts how often each colour occurs. Twin of quantize's counter. Opaque colours
// from firstKey on have a counter each; those from hashFrom on are in a hash table,
// if their hash says that it is this pass's turn.
#include "key.glsl"
#define TAKES_SLOTS
#include "hash.glsl"

layout(local_size_x = THREADS) in;

layout(std430, binding = 1) buffer Values { uint values[]; };            // hashMask + 1
layout(std430, binding = 2) buffer Counters { uint counters[]; };        // counterKeys
layout(std430, binding = 3) readonly buffer Pixels { uvec4 pixels[]; };  // count, rounded up to 4
layout(std430, binding = 4) buffer Status { uint used, full; };          // slots taken; not 0 if some key found none

uniform uint count;
uniform uint premultiplied;
uniform uint firstKey;
uniform uint counterKeys;
uniform uint hashFrom;
uniform uint hashParts; // a power of two up to 2⁸
uniform uint hashPart;  // the one whose turn it is

void addHashed(uint key, uint n) {
	// The upper bits, for the lower ones say which slot: 0 if there is one part.
	uint part = hashParts > 1u ? hashOf(key) >> (32 - findMSB(hashParts)) : 0u;
	if (part != hashPart || full != 0u) {
		return;
	}
	bool isNew;
	uint slot = takeSlot(key, isNew);
	if (slot == NO_SLOT) {
		full = 1u;
		return;
	}
	if (isNew) {
		atomicAdd(used, 1u);
	}
	uint old = atomicAdd(values[slot], n);
	if (old + n < old) {
		atomicMax(values[slot], 0xffffffffu);
	}
}

// addColor adds to a count, which stops at 2³²-1: whoever makes it wrap raises it
// again, and so the last one who does leaves it at the top.
void addColor(uint key, uint n) {
	if (key >= hashFrom) {
		addHashed(key, n);
	} else if (key - firstKey < counterKeys) {
		uint old = atomicAdd(counters[key - firstKey], n);
		if (old + n < old) {
			atomicMax(counters[key - firstKey], 0xffffffffu);
		}
	}
}

void main() {
	// Neighbours, to the side and below, are often alike: a run is one addition.
	uint last = 0u, run = 0u;
	uint quad = gl_WorkGroupID.x * THREADS * QUADS + gl_LocalInvocationIndex;
	for (uint j = 0u; j < QUADS && 4u * quad < count; j++, quad += THREADS) {
		uvec4 four = pixels[quad];
		for (uint i = 0u; i < 4u && 4u * quad + i < count; i++) {
			if (run > 0u && four[i] == last) {
				run++;
				continue;
			}
			if (run > 0u) {
				addColor(keyOf(last, premultiplied != 0u), run);
			}
			last = four[i];
			run = 1u;
		}
	}
	if (run > 0u) {
		addColor(keyOf(last, premultiplied != 0u), run);
	}
}
