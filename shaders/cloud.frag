#version 330 core
// Points and lines as they are; balls as points that are round and lit.

uniform bool ball;

in vec3 shown;
out vec4 color;

void main() {
	if (!ball) {
		color = vec4(shown, 1.0);
		return;
	}
	vec2 at = 2.0 * gl_PointCoord - 1.0;
	float away = dot(at, at);
	if (away > 1.0) {
		discard;
	}
	vec3 normal = vec3(at.x, -at.y, sqrt(1.0 - away));
	float light = 0.45 + 0.55 * max(0.0, dot(normal, normalize(vec3(-0.4, 0.6, 0.7))));
	float rim = smoothstep(0.80, 0.95, away); // a light edge, to tell dark balls from the ground
	color = vec4(mix(shown * light, vec3(0.85), rim), 1.0);
}
