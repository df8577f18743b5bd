package imagefile

import (
	"context"
	"image/color"
	"slices"

	"github.com/klauspost/compress/flate"

	"kompress/imagefile/squeeze"
)

const (
	// fewBytes is below what an image is too small to win back the time of a plan.
	fewBytes = 16 << 10

	// neighborsLimit is how many pixels tell enough of which colors are neighbors.
	neighborsLimit = 1 << 18
)

// planScanlines decides on the palette's order and the rows' filters.
//
// At 256 colors the rows of a photograph, its palette in the order of a chain and
// filtered, become some 7 % smaller than without; at 64 some do, and at 16 and fewer,
// where a byte holds several indices, few do, by 1 %.
func planScanlines(ctx context.Context, m *Banded, o EncodeOptions) (*scanlines, error) {
	plain := newScanlines(m.Size, m.Palette)
	if !plain.needPlan(o.Compression) {
		return plain, nil
	}
	place, err := placeByNeighbors(m, o.Compression)
	if err != nil {
		return nil, err
	}
	filters := []filter{filterChosen}
	if o.Compression == BestCompression {
		filters = append(filters, filterSub, filterUp, filterPaeth)
	}
	options := []*scanlines{plain}
	for _, f := range filters {
		option := *plain
		option.place, option.filter = place, f
		options = append(options, &option)
	}
	if o.Compression == BestCompression {
		return smallest(ctx, m, squeezedLen(ctx), options)
	}
	return smallest(ctx, m, plain.deflatedLen(), options)
}

// needPlan says whether another order and filters are tried. The sample of very long rows
// would take more memory than all else.
func (s *scanlines) needPlan(c Compression) bool {
	if s.rowLen > wideRow {
		return false
	}
	return c == BestCompression || c == DefaultCompression && s.depth == 8 && s.length >= fewBytes
}

// placeByNeighbors returns the new index of each old one. Entries that are not opaque
// come first, so that tRNS is short.
func placeByNeighbors(m *Banded, c Compression) (*[maxPaletteLen]uint8, error) {
	k := len(m.Palette)
	n, err := countNeighbors(m, neighborsLimit)
	if err != nil {
		return nil, err
	}
	order := n.chain(k)
	if c == BestCompression {
		n.improve(order, k, 20)
	} else {
		n.improve(order, 8, 2)
	}
	slices.SortStableFunc(order, func(a, b uint8) int {
		return opacity(m.Palette[a]) - opacity(m.Palette[b])
	})
	place := new([maxPaletteLen]uint8)
	for i, e := range order {
		place[e] = uint8(i)
	}
	return place, nil
}

// opacity is 1 for what needs no alpha.
func opacity(c color.Color) int {
	if _, _, _, a := c.RGBA(); a == 0xffff {
		return 1
	}
	return 0
}

// smallest returns the one of the options a sample of which becomes smallest.
func smallest(ctx context.Context, m *Banded, size func(raw []byte) (int64, error), options []*scanlines) (*scanlines, error) {
	var best *scanlines
	var least int64
	for _, option := range options {
		raw, err := option.sample(m)
		if err != nil {
			return nil, err
		}
		n, err := size(raw)
		if err != nil {
			return nil, err
		}
		if best == nil || n < least {
			best, least = option, n
		}
	}
	return best, ctx.Err()
}

// sampled returns where the parts of the scanlines are, one in each half, that tell how
// all of them compress, and how long these are.
func (s *scanlines) sampled() (offsets [2]int64, length int64) {
	length = min(max(s.length/16, fewBytes), 4*fewBytes, s.length/2)
	from := (s.length/2 - length) / 2
	return [2]int64{from, from + s.length/2}, length
}

// sampledRows returns the rows that a part of the sample is made of, with the one above.
func (s *scanlines) sampledRows(offset, length int64) (first, last int) {
	first, last = s.rows(offset, offset+length)
	return max(first-1, 0), last
}

// sample returns the bytes of the sampled parts.
func (s *scanlines) sample(m *Banded) ([]byte, error) {
	offsets, length := s.sampled()
	raw := make([]byte, 0, len(offsets)*int(length))
	for _, offset := range offsets {
		first, last := s.sampledRows(offset, length)
		ring := newRowRing(s, last-first+1)
		for y := first; y <= last; y++ {
			indices, err := m.sample(y)
			if err != nil {
				return nil, err
			}
			if err := ring.put(y, indices); err != nil {
				return nil, err
			}
		}
		raw = raw[:len(raw)+int(length)]
		newLineMaker(ring).fill(raw[len(raw)-int(length):], offset)
	}
	return raw, nil
}

// squeezedLen returns a function that tells the bits of what is compressed best.
func squeezedLen(ctx context.Context) func(raw []byte) (int64, error) {
	return func(raw []byte) (int64, error) {
		d := squeeze.Deflater{Iterations: 1}
		b, err := d.Compress(ctx, raw, 0, true)
		if err != nil {
			return 0, err
		}
		return int64(b.Len), nil
	}
}

// deflatedLen returns a function that tells how long a sample is when compressed.
func (s *scanlines) deflatedLen() func(raw []byte) (int64, error) {
	var w *flate.Writer
	return func(raw []byte) (int64, error) {
		var n counter
		var err error
		if w == nil {
			w, err = flate.NewWriter(&n, level(s.length))
		} else {
			w.Reset(&n)
		}
		if err != nil {
			return 0, err
		}
		if _, err := w.Write(raw); err != nil {
			return 0, err
		}
		err = w.Close()
		return int64(n), err
	}
}

// A counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
