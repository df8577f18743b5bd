// Package program builds the shaders that draw.
package program
