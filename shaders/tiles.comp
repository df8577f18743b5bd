#version 430
// Finds the box of each tile of points and their sums, as leaves of kmeans/tree.go
// have them. One work group a tile.
#include "sync.glsl"
#include "int64.glsl"
#include "point.glsl"

#define PARTIALS 1u
layout(local_size_x = TILE) in;

layout(std430, binding = 0) readonly buffer Points { uvec2 points[]; };    // count × point
layout(std430, binding = 1) readonly buffer Weights { uint weights[]; };   // count
layout(std430, binding = 2) writeonly buffer Boxes { uvec4 boxes[]; };     // tiles × (least, greatest) corner
layout(std430, binding = 3) writeonly buffer TileSums { uvec2 tileSums[]; }; // tiles × TILE_SUM

uniform uint count;

#include "partial.glsl"

shared uint least[4], greatest[4];

void main() {
	uint thread = gl_LocalInvocationIndex;
	if (thread < 4u) {
		least[thread] = 0xffffu;
		greatest[thread] = 0u;
	}
	clearPartials(1u);
	sync();
	uint i = gl_WorkGroupID.x * TILE + thread;
	if (i < count) {
		uvec4 point = unpackPoint(points[i]);
		for (uint axis = 0u; axis < 4u; axis++) {
			atomicMin(least[axis], point[axis]);
			atomicMax(greatest[axis], point[axis]);
		}
		addPoint(0u, point, weights[i]);
	}
	sync();
	if (thread == 0u) {
		uvec4 low = uvec4(least[0], least[1], least[2], least[3]);
		uvec4 high = uvec4(greatest[0], greatest[1], greatest[2], greatest[3]);
		boxes[gl_WorkGroupID.x] = uvec4(packPoint(low), packPoint(high));
	}
	if (thread < COMPONENTS) {
		tileSums[gl_WorkGroupID.x * TILE_SUM + thread] = uvec2(partialLow[thread], partialHigh[thread]);
	}
}
