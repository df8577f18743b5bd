//go:build cgo && (amd64 || arm64)

package xlib

// #cgo LDFLAGS: -Wl,--as-needed -ldl
// #include "load.h"
import "C"
import "fmt"

// load fills the trampolines' table.
func load() error {
	// C writes into this one: dlerror is per thread, and a goroutine may be on
	// another with its next call.
	var reason [512]C.char
	if C.xlib_load(&reason[0], C.size_t(len(reason))) != 0 {
		return fmt.Errorf("%w: %s", ErrMissing, C.GoString(&reason[0]))
	}
	return nil
}
