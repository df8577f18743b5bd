// Colours as numbers. Twin of quantize/key.go.

// spread moves the bits of a byte three apart.
uint spread(uint v) {
	v = (v | v << 8) & 0x00f00fu;
	v = (v | v << 4) & 0x0c30c3u;
	return (v | v << 2) & 0x249249u;
}

// unmultiply divides a component by alpha in 16 bits, as Go's image/color does,
// and rounds it to 8.
uint unmultiply(uint v, uint alpha) {
	return ((v * 0xffffu / max(1u, alpha) & 0xffffu) + 128u) / 257u & 0xffu;
}

// colorOf returns the components of a pixel, bytes of red, green, blue, alpha, not
// premultiplied.
uvec4 colorOf(uint pixel, bool premultiplied) {
	uint alpha = pixel >> 24;
	uvec3 c = uvec3(pixel, pixel >> 8, pixel >> 16) & 0xffu;
	if (premultiplied && alpha != 255u) {
		c = uvec3(unmultiply(c.r, alpha), unmultiply(c.g, alpha), unmultiply(c.b, alpha));
	}
	return uvec4(c, alpha);
}

// keyOf returns the key of a pixel.
uint keyOf(uint pixel, bool premultiplied) {
	uvec4 c = colorOf(pixel, premultiplied);
	if (c.a == 0u) {
		return 255u << 24;
	}
	return spread(c.r) << 2 | spread(c.g) << 1 | spread(c.b) | (255u - c.a) << 24;
}
