#version 430
// Replaces numbers of 64 bits by the sums of those before them; the sum of all
// comes last. One work group.
#include "sync.glsl"
#include "int64.glsl"

layout(local_size_x = THREADS) in;

layout(std430, binding = 0) buffer Numbers { uvec2 numbers[]; };            // count + 1
layout(std430, binding = 1) readonly buffer Source { uvec2 source[]; };     // count × stride

uniform uint count;
uniform uint stride; // of the source, in numbers
uniform uint place;  // of the number in a stride

shared uvec2 sums[THREADS];

void main() {
	uint thread = gl_LocalInvocationIndex;
	uint share = (count + THREADS - 1u) / THREADS;
	uint first = min(thread * share, count), end = min(first + share, count);
	uvec2 sum = uvec2(0u);
	for (uint i = first; i < end; i++) {
		sum = add64(sum, source[i * stride + place]);
	}
	sums[thread] = sum;
	sync();
	if (thread == 0u) { // so few additions are not worth a tree
		uvec2 before = uvec2(0u);
		for (uint i = 0u; i < THREADS; i++) {
			uvec2 own = sums[i];
			sums[i] = before;
			before = add64(before, own);
		}
		numbers[count] = before;
	}
	sync();
	uvec2 before = sums[thread];
	for (uint i = first; i < end; i++) {
		numbers[i] = before;
		before = add64(before, source[i * stride + place]);
	}
}
