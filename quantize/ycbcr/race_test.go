//go:build race

package ycbcr

const raceEnabled = true
