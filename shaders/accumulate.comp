#version 430
// Adds every point to the sum of its nearest centroid. Twin of kmeans.CPU's
// accumulate. A work group takes on some tiles, one after the other.
#include "sync.glsl"
#include "int64.glsl"
#include "point.glsl"
#include "nearest.glsl"

#define PARTIALS MAX_CENTROIDS
#include "partial.glsl"

layout(std430, binding = 1) readonly buffer Points { uvec2 points[]; };      // count × point
layout(std430, binding = 2) readonly buffer Weights { uint weights[]; };     // count
layout(std430, binding = 3) readonly buffer Boxes { uvec4 boxes[]; };        // tiles × (least, greatest) corner
layout(std430, binding = 4) readonly buffer TileSums { uvec2 tileSums[]; };  // tiles × TILE_SUM
layout(std430, binding = 5) buffer Sums { uint sums[]; };                    // k × COMPONENTS × (low, high)

uniform uint count;
uniform uint tilesPerGroup;

// addSum adds to a sum of 64 bits in memory.
void addSum(uint slot, uvec2 v) {
	if (v.x != 0u) {
		uint old = atomicAdd(sums[2u * slot], v.x);
		v.y += uint(old + v.x < old); // the carry
	}
	if (v.y != 0u) {
		atomicAdd(sums[2u * slot + 1u], v.y);
	}
}

void addTile(uint tile) {
	uint thread = gl_LocalInvocationIndex;
	findCandidates(boxes[tile]);
	uint only = onlyCandidate();
	if (only < k) {
		if (thread < COMPONENTS) {
			addPartial(COMPONENTS * only + thread, tileSums[tile * TILE_SUM + thread]);
		}
	} else if (tile * TILE + thread < count) {
		uvec4 point = unpackPoint(points[tile * TILE + thread]);
		addPoint(nearest(point), point, weights[tile * TILE + thread]);
	}
	sync();
}

void main() {
	clearPartials(k);
	loadCentroids();
	sync();
	uint tiles = (count + TILE - 1u) / TILE;
	uint first = gl_WorkGroupID.x * tilesPerGroup;
	for (uint tile = first; tile < min(first + tilesPerGroup, tiles); tile++) {
		addTile(tile);
	}
	for (uint i = gl_LocalInvocationIndex; i < COMPONENTS * k; i += TILE) {
		addSum(i, uvec2(partialLow[i], partialHigh[i]));
	}
}
