//go:build !race

package xlib_test

// raceEnabled says that the race detector is in the tests, which are to build
// their program with it then.
const raceEnabled = false
