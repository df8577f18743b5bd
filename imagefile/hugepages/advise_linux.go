// Package hugepages makes large memory faster to touch for the first time.
package hugepages

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Advise asks for pages of 2 MB behind what was just made, where the system leaves
// that to programs. Else each 4 KB are got one by one when they are first touched, which
// may take longer than the work on them. That is a matter of time only.
func Advise(b []uint8) {
	const page = 2 << 20
	at := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	skip := int(-at & (page - 1))
	if n := (len(b) - skip) &^ (page - 1); n > 0 {
		unix.Madvise(b[skip:skip+n], unix.MADV_HUGEPAGE)
	}
}
