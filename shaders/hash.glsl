// An open-addressing table of keys with linear probing. A slot holds key + 1, or
// 0; its value is another buffer's. Stages that take slots define TAKES_SLOTS. Twin
// of quantize/hash.go.

#ifdef TAKES_SLOTS
layout(std430, binding = 0) coherent buffer Slots { uint slots[]; }; // hashMask + 1
#else
layout(std430, binding = 0) readonly buffer Slots { uint slots[]; };
#endif

uniform uint hashMask;
uniform uint salt; // keeps images from being made to fill one corner of the table

const uint NO_SLOT = 0xffffffffu;
const uint PROBES = 512u; // at most; a table with longer runs is too full

// hashOf is the finalizer of MurmurHash3.
uint hashOf(uint key) {
	uint h = key ^ salt;
	h = (h ^ h >> 16) * 0x85ebca6bu;
	h = (h ^ h >> 13) * 0xc2b2ae35u;
	return h ^ h >> 16;
}

// findSlot returns the slot of a key, or NO_SLOT.
uint findSlot(uint key) {
	uint slot = hashOf(key) & hashMask;
	for (uint probe = 0u; probe < PROBES; probe++) {
		uint held = slots[slot];
		if (held == key + 1u) {
			return slot;
		}
		if (held == 0u) {
			return NO_SLOT;
		}
		slot = (slot + 1u) & hashMask;
	}
	return NO_SLOT;
}

#ifdef TAKES_SLOTS
// takeSlot returns the slot of a key, which it takes if need be, and says whether
// it did; or NO_SLOT where the table is too full.
uint takeSlot(uint key, out bool isNew) {
	isNew = false;
	uint slot = hashOf(key) & hashMask;
	for (uint probe = 0u; probe < PROBES; probe++) {
		uint held = slots[slot];
		if (held == 0u) {
			held = atomicCompSwap(slots[slot], 0u, key + 1u);
			isNew = held == 0u;
		}
		if (isNew || held == key + 1u) {
			return slot;
		}
		slot = (slot + 1u) & hashMask;
	}
	return NO_SLOT;
}
#endif
