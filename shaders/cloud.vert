#version 330 core
// Puts colours where they are in space: points in their own colour or in that of
// their palette entry, lines in their own, balls in that of the palette.

layout(location = 0) in vec4 own;    // sRGB, not premultiplied
layout(location = 1) in uint entry;  // of the palette
layout(location = 2) in float size;  // of a point in pixels

uniform mat4 matrix;       // of the unit cube
uniform bool oklab;        // else sRGB
uniform bool reduced;      // colours are those of the palette
uniform sampler2D palette; // 256 texels in a row
uniform int lit;           // entry beside which all are dark; -1 for none

out vec3 shown;

// fromLinear turns linear light into Oklab: Björn Ottosson,
// https://bottosson.github.io/posts/oklab/.
vec3 fromLinear(vec3 c) {
	vec3 lms = mat3(0.4122214708, 0.2119034982, 0.0883024619,
	                0.5363325363, 0.6806995451, 0.2817188376,
	                0.0514459929, 0.1073969566, 0.6299787005) * c;
	vec3 root = pow(lms, vec3(1.0 / 3.0));
	return mat3(0.2104542553, 1.9779984951, 0.0259040371,
	            0.7936177850, -2.4285922050, 0.7827717662,
	            -0.0040720468, 0.4505937099, -0.8086757660) * root;
}

vec3 toLinear(vec3 c) {
	return mix(pow((c + 0.055) / 1.055, vec3(2.4)), c / 12.92, lessThanEqual(c, vec3(0.04045)));
}

// place returns where a colour is in the unit cube.
vec3 place(vec3 c) {
	if (!oklab) {
		return c;
	}
	vec3 lab = fromLinear(toLinear(c));
	return vec3(0.5 + 1.6 * lab.y, lab.x, 0.5 + 1.6 * lab.z); // lightness upwards
}

void main() {
	gl_Position = matrix * vec4(place(own.rgb), 1.0);
	gl_PointSize = size;
	shown = reduced ? texelFetch(palette, ivec2(int(entry), 0), 0).rgb : own.rgb;
	if (lit >= 0 && int(entry) != lit) {
		shown *= 0.15;
	}
}
