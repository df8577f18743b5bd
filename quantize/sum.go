package quantize

import (
	"fmt"
	"math"
)

// NewSum returns counts as AddCounts makes them, for who has kept those: as NewCounts
// does, but of so many pixels. They are the sum of the counts, or more where a count has
// stopped at 2³²-1.
func NewSum(keys []Key, counts []uint32, pixels uint64) (*Counts, error) {
	c, err := NewCounts(keys, counts)
	if err != nil {
		return nil, err
	}
	if pixels != c.pixels && (pixels < c.pixels || !c.stopped()) {
		return nil, fmt.Errorf("quantize: got %d pixels for counts of %d", pixels, c.pixels)
	}
	c.pixels = pixels
	return c, nil
}

// stopped says whether there may have been more pixels of a colour than its count says.
func (c *Counts) stopped() bool {
	for _, n := range c.counts {
		if n == math.MaxUint32 {
			return true
		}
	}
	return false
}
