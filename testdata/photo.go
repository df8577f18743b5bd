// Package testdata has a photograph for those who have none at hand.
package testdata

import _ "embed"

// Photo is a photograph of dandelions, 5312 × 2988, a progressive JPEG under CC0.
//
//go:embed dandelions.jpg
var Photo []byte
