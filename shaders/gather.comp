#version 430
// Lists the keys of a hash table and their values, in any order.

layout(local_size_x = THREADS) in;

layout(std430, binding = 0) readonly buffer Slots { uint slots[]; };   // slotCount
layout(std430, binding = 1) readonly buffer Values { uint values[]; };  // slotCount
layout(std430, binding = 2) writeonly buffer Keys { uint keys[]; };
layout(std430, binding = 3) writeonly buffer Counts { uint counts[]; };
layout(std430, binding = 4) buffer Next { uint next; };

uniform uint slotCount;
uniform uint room; // in the lists

void main() {
	uint first = gl_WorkGroupID.x * SLOT_SHARE;
	for (uint slot = first + gl_LocalInvocationIndex; slot < min(first + SLOT_SHARE, slotCount); slot += THREADS) {
		if (slots[slot] != 0u) {
			uint place = atomicAdd(next, 1u);
			if (place < room) {
				keys[place] = slots[slot] - 1u;
				counts[place] = values[slot];
			}
		}
	}
}
