#version 330 core
// Makes sRGB of the light that paint.frag adds up, pixel by pixel. For components of
// 8 bits, one opaque colour is to the bit what it was.

uniform sampler2D light; // linear, times alpha; alpha

out vec4 color; // sRGB, times alpha; alpha

// encode is the transfer function of IEC 61966-2-1.
vec3 encode(vec3 v) {
	return mix(1.055 * pow(v, vec3(1.0 / 2.4)) - 0.055, 12.92 * v, lessThanEqual(v, vec3(0.0031308)));
}

void main() {
	vec4 c = texelFetch(light, ivec2(gl_FragCoord.xy), 0);
	color = c.a > 0.0 ? vec4(encode(c.rgb / c.a) * c.a, c.a) : vec4(0.0);
}
