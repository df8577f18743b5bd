#version 330 core
// Places the corners of the user interface's triangles, which are in pixels, from the
// top left.

layout(location = 0) in vec2 at;
layout(location = 1) in vec2 texel; // pixels of the atlas
layout(location = 2) in vec4 tint;

uniform vec2 viewport; // its size in pixels
uniform sampler2D atlas;

out vec2 place; // in the atlas, from 0 to 1
out vec4 color;

void main() {
	place = texel / vec2(textureSize(atlas, 0));
	color = tint;
	vec2 clip = 2.0 * at / viewport - 1.0;
	gl_Position = vec4(clip.x, -clip.y, 0.0, 1.0);
}
