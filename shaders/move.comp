#version 430
// Moves each centroid to the mean of its cluster, rounded half up, unless that is
// empty, and clears the sums for the next pass. Twin of kmeans.Move.
#include "int64.glsl"
#include "point.glsl"

layout(local_size_x = MAX_CENTROIDS) in;

layout(std430, binding = 0) buffer Centroids { uvec2 centroids[]; }; // k × point
layout(std430, binding = 1) buffer Sums { uvec2 sums[]; };           // k × COMPONENTS

uniform uint k;

void main() {
	uint i = gl_LocalInvocationIndex;
	if (i >= k) {
		return;
	}
	uvec2 weight = sums[COMPONENTS * i + WEIGHT];
	if (weight != uvec2(0u)) {
		uvec2 rounding = uvec2(weight.x >> 1 | weight.y << 31, weight.y >> 1);
		uvec4 mean;
		for (uint axis = 0u; axis < 4u; axis++) {
			mean[axis] = divide64(add64(sums[COMPONENTS * i + axis], rounding), weight, COORDINATE_BITS);
		}
		centroids[i] = packPoint(mean);
	}
	for (uint c = 0u; c < COMPONENTS; c++) {
		sums[COMPONENTS * i + c] = uvec2(0u);
	}
}
