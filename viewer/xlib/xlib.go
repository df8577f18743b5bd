package xlib

import (
	"errors"
	"sync"
)

// ErrMissing is what each error of [Load] wraps.
var ErrMissing = errors.New("no Xlib")

// once is what the first call of Load found.
var once = sync.OnceValue(load)

// Load makes Xlib's functions callable; GLFW must not be used before it, nor if
// it fails. Where there is nothing to load, as on other systems than Linux, it
// does nothing. Only the first call looks for libX11; all give the same result,
// and they may come from several goroutines.
//
// That libX11 is there says nothing of an X server.
func Load() error { return once() }
