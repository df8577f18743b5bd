package quantize

import (
	"math"
	"testing"
)

func TestNewSum(t *testing.T) {
	for _, test := range []struct {
		counts []uint32
		pixels uint64
		ok     bool
	}{
		{nil, 0, true},
		{nil, 1, false},
		{[]uint32{2, 3}, 5, true},
		{[]uint32{2, 3}, 6, false},
		{[]uint32{2, 3}, 4, false},
		{[]uint32{2, 0}, 2, false},
		{[]uint32{2, math.MaxUint32}, math.MaxUint32 + 2, true},
		{[]uint32{2, math.MaxUint32}, math.MaxUint64, true},
		{[]uint32{2, math.MaxUint32}, math.MaxUint32 + 1, false},
	} {
		keys := []Key{7, transparent}[:len(test.counts)]
		c, err := NewSum(keys, test.counts, test.pixels)
		if (err == nil) != test.ok {
			t.Errorf("%v, %d: got error %v", test.counts, test.pixels, err)
		}
		if err == nil && (c.Pixels() != test.pixels || c.Distinct() != len(keys)) {
			t.Errorf("%v: got %d pixels of %d colors, want %d", test.counts, c.Pixels(), c.Distinct(), test.pixels)
		}
	}
}
