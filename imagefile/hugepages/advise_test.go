package hugepages

import "testing"

// Any piece of memory will do, and none.
func TestAdvise(t *testing.T) {
	for _, n := range []int{0, 1, 4096, 2 << 20, 4<<20 - 1, 9 << 20} {
		b := make([]uint8, n)
		Advise(b)
		for i := range b {
			b[i]++
			if b[i] != 1 {
				t.Fatalf("byte %d of %d was not 0", i, n)
			}
		}
	}
}
