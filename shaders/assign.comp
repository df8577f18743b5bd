#version 430
// Writes the index of the nearest centroid of every point, four to a word. Twin of
// kmeans.CPU's Assign. A work group takes on some tiles, one after the other.
#include "sync.glsl"
#include "point.glsl"
#include "nearest.glsl"

layout(std430, binding = 1) readonly buffer Points { uvec2 points[]; };   // count × point
layout(std430, binding = 2) readonly buffer Boxes { uvec4 boxes[]; };     // tiles × (least, greatest) corner
layout(std430, binding = 3) writeonly buffer Index { uint index[]; };     // tiles × TILE bytes

uniform uint count;
uniform uint tilesPerGroup;

shared uint found[TILE];

void assignTile(uint tile) {
	uint thread = gl_LocalInvocationIndex;
	findCandidates(boxes[tile]);
	uint i = tile * TILE + thread;
	found[thread] = i < count ? nearest(unpackPoint(points[i])) : 0u;
	sync();
	if (thread < TILE / 4u) {
		uint t = 4u * thread;
		index[tile * (TILE / 4u) + thread] = found[t] | found[t + 1u] << 8 | found[t + 2u] << 16 | found[t + 3u] << 24;
	}
	sync();
}

void main() {
	loadCentroids();
	sync();
	uint tiles = (count + TILE - 1u) / TILE;
	uint first = gl_WorkGroupID.x * tilesPerGroup;
	for (uint tile = first; tile < min(first + tilesPerGroup, tiles); tile++) {
		assignTile(tile);
	}
}
