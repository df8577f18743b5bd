//go:build cgo

package gpu

// #cgo LDFLAGS: -Wl,--as-needed
import "C"
