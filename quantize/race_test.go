//go:build race

package quantize

const raceEnabled = true
