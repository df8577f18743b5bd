#version 330 core
// Draws the triangles of the user interface: their colour where the atlas covers.

uniform sampler2D atlas; // one channel: coverage

in vec2 place;
in vec4 color;

out vec4 result;

void main() {
	result = vec4(color.rgb, color.a * texture(atlas, place).r);
}
