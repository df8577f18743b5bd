// What a work group adds up before it goes to memory: COMPONENTS sums a cluster,
// of 64 bits, in shared memory. A component is a coordinate times the weight, or,
// the last, the weight.

shared uint partialLow[COMPONENTS * PARTIALS];
shared uint partialHigh[COMPONENTS * PARTIALS];

void clearPartials(uint clusters) {
	for (uint i = gl_LocalInvocationIndex; i < COMPONENTS * clusters; i += TILE) {
		partialLow[i] = 0u;
		partialHigh[i] = 0u;
	}
}

void addPartial(uint slot, uvec2 v) {
	if (v.x != 0u) {
		uint old = atomicAdd(partialLow[slot], v.x);
		v.y += uint(old + v.x < old); // the carry
	}
	if (v.y != 0u) {
		atomicAdd(partialHigh[slot], v.y);
	}
}

void addPoint(uint cluster, uvec4 point, uint weight) {
	uint slot = COMPONENTS * cluster;
	for (uint axis = 0u; axis < 4u; axis++) {
		addPartial(slot + axis, multiply(weight, point[axis]));
	}
	addPartial(slot + WEIGHT, uvec2(weight, 0u));
}
