//go:build race

package xlib_test

const raceEnabled = true
