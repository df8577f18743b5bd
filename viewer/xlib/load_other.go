//go:build !linux || (cgo && !amd64 && !arm64)

package xlib

// load has nothing to do: GLFW is linked to what it needs.
func load() error { return nil }
