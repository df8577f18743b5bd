package quantize

import (
	"context"
	"errors"
	"fmt"
	"math"

	"kompress/kmeans"
)

// AddCounts returns the counts of several images together: of each colour the sum,
// which stops at 2³²-1, and all their pixels. The order of the parts does not matter.
// The parts are not changed; of no parts there are no colours.
func AddCounts(parts ...*Counts) (*Counts, error) {
	for i, c := range parts {
		if c == nil {
			return nil, fmt.Errorf("quantize: got no counts at place %d", i)
		}
	}
	return addAll(parts), nil
}

// addAll adds halves, so that no colour is moved more often than it has to be.
func addAll(parts []*Counts) *Counts {
	switch n := len(parts); n {
	case 0:
		return new(Counts)
	case 1:
		return parts[0]
	default:
		return addTwo(addAll(parts[:n/2]), addAll(parts[n/2:]))
	}
}

// addTwo merges two rising lists.
func addTwo(a, b *Counts) *Counts {
	n := len(a.keys) + len(b.keys)
	if n > manyKeys {
		n = union(a.keys, b.keys)
	}
	sum := &Counts{keys: make([]Key, 0, n), counts: make([]uint32, 0, n), pixels: a.pixels + b.pixels}
	i, j := 0, 0
	for i < len(a.keys) && j < len(b.keys) {
		k, l := a.keys[i], b.keys[j]
		var count uint64
		if k <= l {
			count += uint64(a.counts[i])
			i++
		}
		if l <= k {
			count += uint64(b.counts[j])
			j++
		}
		sum.keys = append(sum.keys, min(k, l))
		sum.counts = append(sum.counts, uint32(min(count, math.MaxUint32)))
	}
	sum.keys = append(append(sum.keys, a.keys[i:]...), b.keys[j:]...)
	sum.counts = append(append(sum.counts, a.counts[i:]...), b.counts[j:]...)
	return sum
}

// manyKeys is from how many on it is worth its time to look first how many the sum has, for
// it keeps the memory.
const manyKeys = 1 << 22

// union returns how many there are in two rising lists together.
func union(a, b []Key) int {
	n, i, j := 0, 0, 0
	for ; i < len(a) && j < len(b); n++ {
		k, l := a[i], b[j]
		if k <= l {
			i++
		}
		if l <= k {
			j++
		}
	}
	return n + len(a) - i + len(b) - j
}

// NewCountsSession returns a session of counts alone, such as those of several images
// that are to share a palette: Cluster, Assign and Fewest find it, but there are no
// pixels to map, and Map answers an error. The engine is as for NewSession.
func NewCountsSession(e Engine, c *Counts) (*Session, error) {
	if c == nil {
		return nil, errors.New("quantize: got no counts")
	}
	if e == nil {
		e = new(CPU)
	}
	return &Session{engine: e, pixels: noPixels{c, errNoPixels}, counts: c, weights: weightsOf(c)}, nil
}

// noPixels are those of a session that has none, and says why.
type noPixels struct {
	counts *Counts
	why    error
}

var errNoPixels = errors.New("quantize: a session of counts alone has no pixels to map")

func (p noPixels) Count(context.Context) (*Counts, error)              { return p.counts, nil }
func (p noPixels) Map(context.Context, []uint8, *Table) error          { return p.why }
func (p noPixels) Dither(context.Context, []uint8, *DitherTable) error { return p.why }
func (p noPixels) Close() error                                        { return nil }

// weightsOf returns the weight in a clustering of each colour: its count, unless all
// together are more than an engine takes, which a few hundred large images are. Then
// all are divided by the same power of two, but none is 0.
func weightsOf(c *Counts) []uint32 {
	shift := 0
	for c.pixels>>shift+uint64(len(c.keys)) > kmeans.MaxWeight {
		shift++
	}
	if shift == 0 {
		return c.counts
	}
	weights := make([]uint32, len(c.counts))
	for i, n := range c.counts {
		weights[i] = max(1, n>>shift)
	}
	return weights
}
