#version 430
// Moves the centroids of a model by what a step's samples summed to, and clears
// the sums for the next. Twin of kmeans.Model's Update.
#include "int64.glsl"
#include "point.glsl"

layout(local_size_x = MAX_CENTROIDS) in;

layout(std430, binding = 0) buffer Centroids { uvec2 centroids[]; };   // k × point
layout(std430, binding = 1) buffer Sums { uvec2 sums[]; };             // k × COMPONENTS
layout(std430, binding = 2) buffer Positions { uvec4 positions[]; };   // k × coordinates << FRACTION_BITS
layout(std430, binding = 3) buffer Seen { uint seen[]; };              // k: samples so far

uniform uint k;

// squareRoot returns ⌊√n⌋.
uint squareRoot(uint n) {
	uint root = 0u;
	for (uint bit = 1u << 15; bit > 0u; bit >>= 1) {
		uint t = root | bit;
		if (t * t <= n) {
			root = t;
		}
	}
	return root;
}

// moved returns (position·rate + sum) / (rate + samples), rounded half up. The
// position has COORDINATE_BITS + FRACTION_BITS bits, and so has the result.
uint moved(uint position, uvec2 sum, uint rate, uint samples) {
	uvec2 n = add64(multiply(position, rate), shiftLeft64(sum, FRACTION_BITS));
	n = add64(n, uvec2((rate + samples) / 2u, 0u));
	return divide64(n, uvec2(rate + samples, 0u), COORDINATE_BITS + FRACTION_BITS);
}

void move(uint i, uint samples) {
	uint count = seen[i] + samples;
	if (count < samples) {
		count = 0xffffffffu;
	}
	seen[i] = count;
	uint rate = squareRoot(count);
	uvec4 position = positions[i];
	for (uint axis = 0u; axis < 4u; axis++) {
		position[axis] = moved(position[axis], sums[COMPONENTS * i + axis], rate, samples);
	}
	positions[i] = position;
	uvec4 rounded = position + (1u << (FRACTION_BITS - 1u)) >> FRACTION_BITS;
	centroids[i] = packPoint(min(rounded, uvec4((1u << COORDINATE_BITS) - 1u)));
}

void main() {
	uint i = gl_LocalInvocationIndex;
	if (i >= k) {
		return;
	}
	uint samples = sums[COMPONENTS * i + WEIGHT].x; // at most MAX_BATCH_SIZE
	if (samples > 0u) {
		move(i, samples);
	}
	for (uint c = 0u; c < COMPONENTS; c++) {
		sums[COMPONENTS * i + c] = uvec2(0u);
	}
}
