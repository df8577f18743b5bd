//go:build cgo

package ui

// #cgo linux LDFLAGS: -Wl,--as-needed
import "C"
