//go:build !linux

// Package hugepages makes large memory faster to touch for the first time.
package hugepages

// Advise does nothing here.
func Advise([]uint8) {}
