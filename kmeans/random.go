package kmeans

// hash4 is the counter-based random number generator pcg4d of Jarzynski and
// Olano, "Hash Functions for GPU Rendering" (JCGT 9(3), 2020): 32-bit integer
// arithmetic only, which a shader computes alike.
func hash4(x, y, z, w uint32) (a, b, c, d uint32) {
	const mul, inc = 1664525, 1013904223
	x, y, z, w = x*mul+inc, y*mul+inc, z*mul+inc, w*mul+inc
	x += y * w
	y += z * x
	z += x * y
	w += y * z
	x, y, z, w = x^x>>16, y^y>>16, z^z>>16, w^w>>16
	x += y * w
	y += z * x
	z += x * y
	w += y * z
	return x, y, z, w
}

// random returns 64 random bits, the i-th of the given step.
func random(seed uint64, step, i uint32) uint64 {
	a, b, _, _ := hash4(uint32(seed), uint32(seed>>32), step, i)
	return uint64(a)<<32 | uint64(b)
}
