#version 430
// Draws the samples of a mini-batch step: sample i is the first point whose
// cumulative weight is above its target. Twin of kmeans.CPU's sample and of
// Model.SampleTarget. Points are in slices: those of others are left alone.
#include "int64.glsl"
#include "random.glsl"

layout(local_size_x = DRAW_SHARE) in;

layout(std430, binding = 0) readonly buffer Points { uvec2 points[]; };            // of this slice
layout(std430, binding = 1) readonly buffer Weights { uint weights[]; };           // of this slice
layout(std430, binding = 2) readonly buffer Before { uvec2 before[]; };            // all tiles + 1: weight before each
layout(std430, binding = 3) writeonly buffer Batch { uvec2 batch[]; };             // batchSize × point
layout(std430, binding = 4) writeonly buffer BatchWeights { uint batchWeights[]; }; // batchSize

uniform uint batchSize;
uniform uint stepNumber;
uniform uint firstTile; // of this slice
uniform uint endTile;
uniform uvec2 seed;
uniform uvec2 part;  // 2⁶⁴-1 / batchSize
uniform uvec2 total; // weight of all points

uvec2 sampleTarget(uint i) {
	uvec4 random = pcg4d(uvec4(seed, stepNumber, i));
	uvec2 inside = multiplyHigh64(uvec2(random.y, random.x), part);
	uvec2 start = multiply(i, part.x);
	start.y += i * part.y;
	return multiplyHigh64(add64(start, inside), total);
}

// tileAbove returns the last tile that begins at or below the target.
uint tileAbove(uvec2 target) {
	uint low = firstTile, high = endTile;
	while (high - low > 1u) {
		uint middle = (low + high) / 2u;
		if (below64(target, before[middle])) {
			high = middle;
		} else {
			low = middle;
		}
	}
	return low;
}

void main() {
	uint i = gl_GlobalInvocationID.x;
	if (i >= batchSize) {
		return;
	}
	uvec2 target = sampleTarget(i);
	if (below64(target, before[firstTile]) || !below64(target, before[endTile])) {
		return;
	}
	uint tile = tileAbove(target);
	uint point = (tile - firstTile) * TILE;
	uvec2 sum = add64(before[tile], uvec2(weights[point], 0u));
	while (!below64(target, sum)) {
		point++;
		sum = add64(sum, uvec2(weights[point], 0u));
	}
	batch[i] = points[point];
	batchWeights[i] = 1u;
}
