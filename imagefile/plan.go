package imagefile

import (
	"context"
	"image"
	"image/color"
	"slices"
	"sync"

	"github.com/klauspost/compress/flate"

	"kompress/imagefile/squeeze"
)

const (
	// fewBytes is below what an image is too small to win back the time of a plan.
	fewBytes = 16 << 10

	// neighborsLimit is how many pixels tell enough of which colors are neighbors.
	neighborsLimit = 1 << 18

	// piece is how much of a row tells which filter suits it.
	piece = 1 << 11
)

// planScanlines decides on the palette's order and the rows' filters.
//
// At 256 colors the rows of a photograph, its palette in the order of a chain and
// filtered, become some 7 % smaller than without; at 64 some do, and at 16 and fewer,
// where a byte holds several indices, hardly any.
func planScanlines(ctx context.Context, m *image.Paletted, o EncodeOptions) (*scanlines, error) {
	lines := newScanlines(m)
	if o.Compression == FastCompression || lines.depth < 8 || lines.size < fewBytes {
		return lines, nil
	}
	filtered := newScanlines(m)
	filtered.place = placeByNeighbors(m, o.Compression)
	if err := filtered.chooseFilters(ctx, o.workers()); err != nil {
		return nil, err
	}
	isSmaller, err := filtered.isSmallerThan(lines)
	if err != nil || !isSmaller {
		return lines, err
	}
	return filtered, nil
}

// placeByNeighbors returns the new index of each old one. Entries that are not opaque
// come first, so that tRNS is short.
func placeByNeighbors(m *image.Paletted, c Compression) *[maxPaletteLen]uint8 {
	k := len(m.Palette)
	n := countNeighbors(m, neighborsLimit)
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
	return place
}

// opacity is 1 for what needs no alpha.
func opacity(c color.Color) int {
	if _, _, _, a := c.RGBA(); a == 0xffff {
		return 1
	}
	return 0
}

// chooseFilters takes for each row the filter that leaves the least entropy.
func (s *scanlines) chooseFilters(ctx context.Context, workers int) error {
	const band = 64 // rows
	s.filters = make([]filter, s.m.Rect.Dy())
	bands := int(ceilDiv(int64(len(s.filters)), band))
	errs := make([]error, min(workers, bands))
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			c := newFilterChooser(s)
			for n := i; n < bands && errs[i] == nil; n += len(errs) {
				errs[i] = c.choose(ctx, n*band, min(n*band+band, len(s.filters)))
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// A filterChooser belongs to one worker.
type filterChooser struct {
	lineMaker
	out []byte
}

func newFilterChooser(s *scanlines) *filterChooser {
	n := int(min(piece, s.rowLen-1))
	return &filterChooser{lineMaker{scanlines: s, row: make([]byte, n+1), above: make([]byte, n+1)}, make([]byte, n)}
}

// choose sets the filters of rows from to to.
func (c *filterChooser) choose(ctx context.Context, from, to int) error {
	first := (int(c.rowLen) - 1 - len(c.out)) / 2
	for y := from; y < to; y++ {
		if err := c.around(c.row, y, first); err != nil {
			return err
		}
		if err := c.around(c.above, y-1, first); err != nil {
			return err
		}
		least := int64(-1)
		for _, f := range []filter{filterNone, filterSub, filterUp, filterPaeth} {
			f.apply(c.out, c.row, c.above)
			if e := entropy(c.out); least < 0 || e < least {
				least, c.filters[y] = e, f
			}
		}
	}
	return ctx.Err()
}

// entropy returns the bits, in 1/65536, that the bytes take if each is coded for
// itself. There are at most piece of them.
func entropy(b []byte) int64 {
	var counts [256]uint16
	for _, v := range b {
		counts[v]++
	}
	sum := squeeze.NLog2N(uint32(len(b)))
	for _, n := range counts {
		sum -= squeeze.NLog2N(uint32(n))
	}
	return sum
}

// isSmallerThan compares what parts of the two become when they are compressed.
func (s *scanlines) isSmallerThan(other *scanlines) (bool, error) {
	a, err := s.sampleSize()
	if err != nil {
		return false, err
	}
	b, err := other.sampleSize()
	return a < b, err
}

// sampleSize returns how long two parts of the scanlines are when compressed.
func (s *scanlines) sampleSize() (int64, error) {
	part := min(max(s.size/16, fewBytes), 4*fewBytes, s.size/2)
	var n counter
	w, err := flate.NewWriter(&n, level(s.size))
	if err != nil {
		return 0, err
	}
	maker := lineMaker{scanlines: s}
	raw := make([]byte, part)
	for _, from := range []int64{(s.size/2 - part) / 2, (s.size/2-part)/2 + s.size/2} {
		if err := maker.fill(raw, from); err != nil {
			return 0, err
		}
		if _, err := w.Write(raw); err != nil {
			return 0, err
		}
	}
	err = w.Close()
	return int64(n), err
}

// A counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
