#version 430
// Finds how many counters of each block are not 0. Twin of the first half of
// quantize's collectDense. One work group a block.
#include "sync.glsl"

layout(local_size_x = THREADS) in;

layout(std430, binding = 0) readonly buffer Counters { uvec4 counters[]; };  // blocks × BLOCK
layout(std430, binding = 1) writeonly buffer Tally { uvec2 tally[]; };       // blocks

shared uint sum;

void main() {
	if (gl_LocalInvocationIndex == 0u) {
		sum = 0u;
	}
	sync();
	uint found = 0u;
	for (uint i = gl_LocalInvocationIndex; i < BLOCK / 4u; i += THREADS) {
		uvec4 c = min(counters[gl_WorkGroupID.x * (BLOCK / 4u) + i], uvec4(1u));
		found += c.x + c.y + c.z + c.w;
	}
	if (found > 0u) {
		atomicAdd(sum, found);
	}
	sync();
	if (gl_LocalInvocationIndex == 0u) {
		tally[gl_WorkGroupID.x] = uvec2(sum, 0u);
	}
}
