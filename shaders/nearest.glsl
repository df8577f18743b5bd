// The nearest of up to MAX_CENTROIDS centroids, the first winning a tie. Twin of
// nearest.go and, for the candidates of a tile, of tree.go.
//
// A tile is TILE points in a row, and a work group has a thread for each. Of the
// centroids only those are compared with its points that may be nearest to some
// place in the tile's box (Kanungo et al. 2002): those whose least distance to the
// box is not above the smallest greatest one.

layout(local_size_x = TILE) in;

// k × point
layout(std430, binding = 0) readonly buffer Centroids { uvec2 centroids[]; };

uniform uint k;

shared uvec2 near[MAX_CENTROIDS];                // the centroids
shared uint candidates[MAX_CENTROIDS / 32u];     // a bit for each
shared uint reach;                               // of the one whose greatest distance is smallest

// loadCentroids wants a sync after it.
void loadCentroids() {
	uint i = gl_LocalInvocationIndex;
	if (i < k) {
		near[i] = centroids[i];
	}
}

// findCandidates is called by the whole group, with the box's packed corners. It
// ends with a sync and wants one before the next call.
void findCandidates(uvec4 box) {
	uint i = gl_LocalInvocationIndex;
	if (i == 0u) {
		reach = 0xffffffffu;
	}
	if (i < MAX_CENTROIDS / 32u) {
		candidates[i] = 0u;
	}
	sync();
	uint least = 0xffffffffu;
	if (i < k) {
		ivec4 c = ivec4(unpackPoint(near[i]));
		ivec4 low = ivec4(unpackPoint(box.xy)) - c;
		ivec4 high = c - ivec4(unpackPoint(box.zw));
		least = squareNorm(max(max(low, high), ivec4(0)));
		atomicMin(reach, squareNorm(max(-low, -high)));
	}
	sync();
	if (least <= reach && i < k) {
		atomicOr(candidates[i >> 5], 1u << (i & 31u));
	}
	sync();
}

// onlyCandidate returns the candidate if there is but one, else k.
uint onlyCandidate() {
	uint only = k;
	for (uint w = 0u; 32u * w < k; w++) {
		uint bits = candidates[w];
		if (bits == 0u) {
			continue;
		}
		if (only < k || (bits & (bits - 1u)) != 0u) {
			return k;
		}
		only = 32u * w + uint(findLSB(bits));
	}
	return only;
}

// nearest compares the point with the candidates.
uint nearest(uvec4 point) {
	uint best = 0u, least = 0xffffffffu;
	for (uint w = 0u; 32u * w < k; w++) {
		for (uint bits = candidates[w]; bits != 0u; bits &= bits - 1u) {
			uint i = 32u * w + uint(findLSB(bits));
			uint distance = squareNorm(ivec4(point) - ivec4(unpackPoint(near[i])));
			if (distance < least) {
				best = i;
				least = distance;
			}
		}
	}
	return best;
}
