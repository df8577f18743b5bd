// A point is four coordinates below 1 << COORDINATE_BITS, two to a word.

uvec4 unpackPoint(uvec2 p) {
	return uvec4(p.x & 0xffffu, p.x >> 16, p.y & 0xffffu, p.y >> 16);
}

uvec2 packPoint(uvec4 p) {
	return uvec2(p.x | p.y << 16, p.z | p.w << 16);
}

uint squareNorm(ivec4 d) {
	uvec4 q = uvec4(d * d);
	return q.x + q.y + q.z + q.w;
}
