#version 430
// Lists the counters that are not 0, in their order. Twin of the second half of
// quantize's collectDense. One work group a block; a thread has BLOCK / 256
// counters in a row.
#include "sync.glsl"

layout(local_size_x = THREADS) in;

layout(std430, binding = 0) readonly buffer Counters { uint counters[]; };   // blocks × BLOCK
layout(std430, binding = 1) readonly buffer Before { uvec2 before[]; };      // blocks: colours before each
layout(std430, binding = 2) writeonly buffer Keys { uint keys[]; };
layout(std430, binding = 3) writeonly buffer Counts { uint counts[]; };

uniform uint firstKey; // that of counter 0
uniform uint skip;     // colours that go elsewhere: those before this buffer's first
uniform uint room;     // colours that the buffers hold

const uint SHARE = BLOCK / THREADS;

shared uint places[THREADS];

void main() {
	uint thread = gl_LocalInvocationIndex;
	uint first = gl_WorkGroupID.x * BLOCK + thread * SHARE;
	uint found = 0u;
	for (uint i = 0u; i < SHARE; i++) {
		found += min(counters[first + i], 1u);
	}
	places[thread] = found;
	sync();
	for (uint reach = 1u; reach < THREADS; reach <<= 1) { // Hillis and Steele's scan
		uint left = thread >= reach ? places[thread - reach] : 0u;
		sync();
		places[thread] += left;
		sync();
	}
	uint place = before[gl_WorkGroupID.x].x + places[thread] - found - skip;
	for (uint i = 0u; i < SHARE; i++) {
		uint n = counters[first + i];
		if (n == 0u) {
			continue;
		}
		if (place < room) {
			keys[place] = firstKey + first + i;
			counts[place] = n;
		}
		place++;
	}
}
