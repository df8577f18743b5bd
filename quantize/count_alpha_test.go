package quantize_test

import (
	"testing"

	"kompress/quantize"
)

func TestCountsAlpha(t *testing.T) {
	opaque, glass, none := quantize.MakeKey(255, 255, 255, 255), quantize.MakeKey(1, 2, 3, 1), quantize.MakeKey(0, 0, 0, 0)
	for _, test := range []struct {
		keys                                   []quantize.Key
		isOpaque, isTranslucent, isTransparent bool
	}{
		{nil, true, false, false},
		{[]quantize.Key{opaque}, true, false, false},
		{[]quantize.Key{opaque, glass}, false, true, false},
		{[]quantize.Key{opaque, none}, false, false, true},
		{[]quantize.Key{glass, none}, false, true, true},
	} {
		counts := make([]uint32, len(test.keys))
		for i := range counts {
			counts[i] = 1
		}
		c, err := quantize.NewCounts(test.keys, counts)
		if err != nil {
			t.Fatal(err)
		}
		if c.Opaque() != test.isOpaque || c.Translucent() != test.isTranslucent || c.Transparent() != test.isTransparent {
			t.Errorf("%v: got %v, %v, %v", test.keys, c.Opaque(), c.Translucent(), c.Transparent())
		}
	}
}
