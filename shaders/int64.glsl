// Unsigned integers of 64 bits, as uvec2(low, high): GLSL 4.30 has none.

uvec2 add64(uvec2 a, uvec2 b) {
	uint low = a.x + b.x;
	return uvec2(low, a.y + b.y + uint(low < a.x));
}

uvec2 subtract64(uvec2 a, uvec2 b) {
	return uvec2(a.x - b.x, a.y - b.y - uint(a.x < b.x));
}

bool below64(uvec2 a, uvec2 b) {
	return a.y < b.y || a.y == b.y && a.x < b.x;
}

uvec2 multiply(uint a, uint b) {
	uint high, low;
	umulExtended(a, b, high, low);
	return uvec2(low, high);
}

// shiftLeft64 shifts by 0 to 31 bits.
uvec2 shiftLeft64(uvec2 a, uint by) {
	return uvec2(a.x << by, a.y << by | (by == 0u ? 0u : a.x >> (32u - by)));
}

// multiplyHigh64 returns the upper half of the product of 128 bits.
uvec2 multiplyHigh64(uvec2 a, uvec2 b) {
	uvec2 middle = add64(multiply(a.x, b.y), uvec2(multiply(a.x, b.x).y, 0u));
	uvec2 other = add64(multiply(a.y, b.x), uvec2(middle.x, 0u));
	return add64(add64(multiply(a.y, b.y), uvec2(middle.y, 0u)), uvec2(other.y, 0u));
}

// divide64 returns n / d, which has at most that many bits; d << bits must fit.
// Bit by bit: division in floating point is not exact, and differs.
uint divide64(uvec2 n, uvec2 d, uint bits) {
	uint quotient = 0u;
	for (uint bit = bits; bit-- > 0u;) {
		uvec2 part = shiftLeft64(d, bit);
		if (!below64(n, part)) {
			n = subtract64(n, part);
			quotient |= 1u << bit;
		}
	}
	return quotient;
}
