//go:build linux && !cgo

package xlib

import "fmt"

// load fails: without cgo there is neither a dlopen nor a GLFW.
func load() error {
	return fmt.Errorf("%w: this program was built without cgo", ErrMissing)
}
