//go:build cgo

package viewer

// #cgo linux LDFLAGS: -Wl,--as-needed
import "C"
