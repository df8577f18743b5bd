package quantize

import (
	"context"
	"fmt"
	"image"
	"iter"
	"math"
	"math/bits"
	"slices"
	"unsafe"
)

// Counts says how often each colour occurs in an image.
type Counts struct {
	keys   []Key    // the distinct colours, rising
	counts []uint32 // how many pixels have each of them
	pixels uint64
}

// Distinct returns the number of distinct colours. Fully transparent ones are
// one colour.
func (c *Counts) Distinct() int { return len(c.keys) }

// Pixels returns the number of pixels counted.
func (c *Counts) Pixels() uint64 { return c.pixels }

// NewCounts returns the counts that an engine has taken: counts[i] pixels, at
// least one, have the colour of keys[i]. Keys rise. The slices are kept.
func NewCounts(keys []Key, counts []uint32) (*Counts, error) {
	if len(keys) != len(counts) {
		return nil, fmt.Errorf("quantize: got %d counts for %d keys, want as many", len(counts), len(keys))
	}
	c := &Counts{keys: keys, counts: counts}
	for i, k := range keys {
		if k > transparent || i > 0 && k <= keys[i-1] {
			return nil, fmt.Errorf("quantize: got key %#x at place %d, want keys that rise to at most %#x", k, i, transparent)
		}
		if counts[i] == 0 {
			return nil, fmt.Errorf("quantize: got a count of 0 at place %d, want at least 1", i)
		}
		c.pixels += uint64(counts[i])
	}
	return c, nil
}

// All returns the distinct colours, in the order of their keys, and how many
// pixels have each of them, which stops at 2³²-1.
func (c *Counts) All() iter.Seq2[Key, uint32] {
	return func(yield func(Key, uint32) bool) {
		for i, k := range c.keys {
			if !yield(k, c.counts[i]) {
				return
			}
		}
	}
}

// Opaque says whether every pixel is.
func (c *Counts) Opaque() bool {
	return len(c.keys) == 0 || c.keys[len(c.keys)-1] < OpaqueKeys
}

// Transparent says whether a pixel is fully transparent.
func (c *Counts) Transparent() bool {
	return len(c.keys) > 0 && c.keys[len(c.keys)-1] == transparent
}

// Translucent says whether a pixel is neither opaque nor fully transparent.
func (c *Counts) Translucent() bool {
	first, _ := slices.BinarySearch(c.keys, OpaqueKeys)
	return first < len(c.keys) && c.keys[first] != transparent
}

// fewPixels is up to where a hash is faster than 2²⁴ counters, which have to be
// cleared and read through whatever the image.
const fewPixels = 1 << 20

// maxCounters bounds how many sets of counters, 32 MB each, are in use at once.
const maxCounters = 3

// countColors counts with at most that many threads.
func countColors(ctx context.Context, m image.Image, workers int) (*Counts, error) {
	pixels := pixelsOf(sizeOf(m))
	c := newCounting(pixels, countersFor(pixels, workers))
	if err := c.add(ctx, m); err != nil {
		return nil, err
	}
	return c.counts(ctx, workers)
}

// countersFor returns how many sets of counters pay for an image of so many pixels.
func countersFor(pixels uint64, workers int) int {
	return min(workers, maxCounters, 1+int(pixels/fewPixels))
}

// pixelsOf returns how many pixels an image of that size has.
func pixelsOf(size image.Point) uint64 { return uint64(size.X) * uint64(size.Y) }

// A counting is what is counted so far of an image that may come in parts.
type counting struct {
	counters []*counter // one a thread; none once they were collected
	pixels   uint64     // that were counted
}

// newCounting readies that many sets of counters for an image of so many pixels.
func newCounting(pixels uint64, sets int) *counting {
	c := &counting{counters: make([]*counter, sets)}
	for i := range c.counters {
		c.counters[i] = newCounter(pixels > fewPixels)
	}
	return c
}

// add counts the pixels of a part. After an error nothing is known of them.
func (c *counting) add(ctx context.Context, m image.Image) error {
	c.pixels += pixelsOf(sizeOf(m))
	return forPieces(ctx, m, len(c.counters), func(worker int, r *rowReader, x, y, n int) {
		c.counters[worker].add(r, r.piece(x, y, n))
	})
}

// counts returns what was counted, and lets go of the counters.
func (c *counting) counts(ctx context.Context, workers int) (*Counts, error) {
	counters := c.counters
	c.counters = nil
	return collect(ctx, counters, c.pixels, workers)
}

// A counter is one thread's counts. Opaque colours of large images have a
// 16-bit counter each; all others are in a hash.
type counter struct {
	dense   []uint16
	words   []uint64 // the same memory, four counters a word, to find what is not 0
	touched []uint64 // a bit for each line of dense counters: whether any may not be 0
	carry   hash     // how often a dense counter went back to 0
	sparse  hash
}

// denseLine is how many dense counters there are in a line of a processor's cache.
const denseLine = 32

func newCounter(dense bool) *counter {
	c := new(counter)
	if dense {
		c.words = make([]uint64, OpaqueKeys/4)
		inHugePages(unsafe.Slice((*uint8)(unsafe.Pointer(&c.words[0])), 2*OpaqueKeys))
		c.dense = unsafe.Slice((*uint16)(unsafe.Pointer(&c.words[0])), OpaqueKeys)
		c.touched = make([]uint64, OpaqueKeys/denseLine/64)
	}
	return c
}

// add counts the pixels of a row, 4 bytes each.
func (c *counter) add(r *rowReader, row []uint8) {
	if c.dense == nil {
		c.addSparse(r, row)
		return
	}
	dense := c.dense[:OpaqueKeys]
	for ; len(row) >= 4; row = row[4:] {
		if row[3] != 255 {
			c.sparse.add(translucentKey(row, r.premultiplied), 1)
			continue
		}
		k := opaqueKey(row[0], row[1], row[2]) & (OpaqueKeys - 1)
		n := dense[k] + 1
		dense[k] = n
		if n <= 1 {
			c.begin(k, n)
		}
	}
}

// begin notes that a dense counter has become 1, or gone back to 0.
func (c *counter) begin(k Key, n uint16) {
	if n == 0 {
		c.carry.add(k, 1)
		return
	}
	line := k / denseLine
	c.touched[line/64] |= 1 << (line % 64)
}

func (c *counter) addSparse(r *rowReader, row []uint8) {
	// Neighbours are often alike: a run is one addition.
	var last Key
	run := uint32(0)
	for ; len(row) >= 4; row = row[4:] {
		k := opaqueKey(row[0], row[1], row[2])
		if row[3] != 255 {
			k = translucentKey(row, r.premultiplied)
		}
		if k == last {
			run++
			continue
		}
		c.sparse.add(last, run)
		last, run = k, 1
	}
	c.sparse.add(last, run)
}

// collect adds the counters up and lists what is not 0.
func collect(ctx context.Context, counters []*counter, pixels uint64, workers int) (*Counts, error) {
	all := &counters[0].sparse
	for _, c := range counters[1:] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		all.addAll(&c.sparse)
		c.sparse = hash{}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rest, restCounts := all.sorted()
	if counters[0].dense == nil {
		return &Counts{keys: rest, counts: restCounts, pixels: pixels}, nil
	}
	carries := sumCarries(counters)
	keys, counts := collectDense(counters, rest, restCounts, workers)
	for k, n := range carries {
		i, _ := slices.BinarySearch(keys, k)
		counts[i] = uint32(min(uint64(counts[i])+n, math.MaxUint32))
	}
	return &Counts{keys: keys, counts: counts, pixels: pixels}, nil
}

// sumCarries returns what has to be added to the counts for 16-bit counters
// that went back to 0, and sees to it that none of these is 0 in all sets.
func sumCarries(counters []*counter) map[Key]uint64 {
	carries := map[Key]uint64{}
	for _, c := range counters {
		for i, n := range c.carry.values {
			if n > 0 {
				carries[c.carry.keys[i]] += uint64(n) << 16
			}
		}
	}
	for k := range carries {
		if denseSum(counters, k) == 0 {
			counters[0].dense[k] = 1
			carries[k]--
		}
	}
	return carries
}

func denseSum(counters []*counter, k Key) (sum uint32) {
	for _, c := range counters {
		sum += uint32(c.dense[k])
	}
	return sum
}

// collectDense lists the colours with a dense counter, then the rest. It reads
// the counters twice, so that the lists, 130 MB for an image with every colour,
// need not grow.
func collectDense(counters []*counter, rest []Key, restCounts []uint32, workers int) ([]Key, []uint32) {
	const pieces = 256
	const size = OpaqueKeys / pieces
	var before [pieces + 1]int
	parallel(pieces, workers, func(piece int) {
		n := 0 // not in the array, which the threads share
		eachDense(counters, piece*size, (piece+1)*size, func(Key, uint32) { n++ })
		before[piece+1] = n
	})
	for piece := range pieces {
		before[piece+1] += before[piece]
	}
	n := before[pieces]
	keys, counts := make([]Key, n+len(rest)), make([]uint32, n+len(rest))
	parallel(pieces, workers, func(piece int) {
		i := before[piece]
		eachDense(counters, piece*size, (piece+1)*size, func(k Key, sum uint32) {
			keys[i], counts[i] = k, sum
			i++
		})
	})
	copy(keys[n:], rest)
	copy(counts[n:], restCounts)
	return keys, counts
}

// eachDense calls f for every dense counter from from to to that is not 0. Most
// are: they are passed over by lines that no thread has touched, then four at a time.
func eachDense(counters []*counter, from, to int, f func(k Key, sum uint32)) {
	for lines := from / denseLine / 64; lines < to/denseLine/64; lines++ {
		any := uint64(0)
		for _, c := range counters {
			any |= c.touched[lines]
		}
		for ; any != 0; any &= any - 1 {
			line := 64*lines + bits.TrailingZeros64(any)
			eachOfLine(counters, line*denseLine, f)
		}
	}
}

// eachOfLine does so for a line.
func eachOfLine(counters []*counter, from int, f func(k Key, sum uint32)) {
	for word := from / 4; word < (from+denseLine)/4; word++ {
		any := uint64(0)
		for _, c := range counters {
			any |= c.words[word]
		}
		if any == 0 {
			continue
		}
		for k := Key(4 * word); k < Key(4*word+4); k++ {
			if sum := denseSum(counters, k); sum != 0 {
				f(k, sum)
			}
		}
	}
}
