#version 330 core
// Shows the picture that a painter has made, pixel by pixel, over a checkerboard
// where it is transparent.

uniform sampler2D picture; // premultiplied colours, as many pixels as the viewport, top row first
uniform vec2 corner;       // lower left of the viewport in the window
uniform float height;      // of the viewport
uniform float square;      // side of a square of the checkerboard, in pixels

out vec4 color;

void main() {
	vec2 at = gl_FragCoord.xy - corner;
	ivec2 texel = ivec2(at.x, height - at.y);
	vec4 c = texelFetch(picture, texel, 0);
	ivec2 field = ivec2(floor(vec2(texel) / square));
	float under = ((field.x + field.y) & 1) == 0 ? 0.6 : 0.4;
	color = vec4(c.rgb + (1.0 - c.a) * under, 1.0);
}
