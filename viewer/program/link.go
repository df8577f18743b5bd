//go:build cgo

package program

// #cgo linux LDFLAGS: -Wl,--as-needed
import "C"
