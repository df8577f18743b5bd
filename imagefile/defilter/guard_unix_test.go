//go:build unix

package defilter

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"testing"

	"golang.org/x/sys/unix"
)

// guarded returns memory that may not be touched before its beginning nor behind its end.
func guarded(t *testing.T) []uint8 {
	page := unix.Getpagesize()
	b, err := unix.Mmap(-1, 0, 3*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(b) })
	for _, guard := range [][]uint8{b[:page], b[2*page:]} {
		if err := unix.Mprotect(guard, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return b[page : 2*page : 2*page]
}

// TestRowTouchesNothingElse puts rows to both ends of guarded memory.
func TestRowTouchesNothingElse(t *testing.T) {
	pixMemory, rowMemory, aboveMemory := guarded(t), guarded(t), guarded(t)
	r := rand.New(rand.NewPCG(1, 3))
	copy(rowMemory, random(r, len(rowMemory)))
	copy(aboveMemory, random(r, len(aboveMemory)))
	first := func(b []uint8, n int) []uint8 { return b[:n] }
	last := func(b []uint8, n int) []uint8 { return b[len(b)-n:] }
	for n := 1; n <= 100; n++ {
		for _, size := range []int{3, 4} {
			for filter := range byte(5) {
				for name, end := range map[string]func([]uint8, int) []uint8{"first": first, "last": last} {
					err := faults(func() {
						Row(filter, end(pixMemory, 4*n), end(rowMemory, size*n), end(aboveMemory, 4*n), size)
					})
					if err != nil {
						t.Errorf("%d pixels of %d bytes, filter %d, %s ones: %v", n, size, filter, name, err)
					}
				}
			}
		}
	}
}

// faults calls f and returns what it panics with.
func faults(f func()) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	f()
	return nil
}
