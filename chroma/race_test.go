//go:build race

package chroma

const raceEnabled = true
