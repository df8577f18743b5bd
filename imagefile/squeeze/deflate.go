package squeeze

import "context"

// Deflate's alphabets (RFC 1951).
const (
	deflateWindow   = 1 << 15
	longestMatch    = 258
	literals        = 286
	distances       = 30
	endOfBlock      = 256
	firstLength     = 257
	deflateMaxCode  = 15
	deflateMaxMeta  = 7
	blockHeaderBits = 3
)

// A Deflater compresses pieces of data. It keeps its buffers, some 40 bytes for each of
// the largest piece.
type Deflater struct {
	Iterations int // parses of each block; 0 means 8

	finder  finder
	matches []match
	starts  []uint32 // of each position's matches, and the end of the last one's
	costs   []uint32
	steps   []match // how the best way to each position ends; a literal has length 1
	parse   []match
}

const defaultIterations = 8

// Compress returns the deflate blocks for data[from:], which may refer to what is before
// from. The last one is marked as such if isLast. It takes about a second for a megabyte.
func (d *Deflater) Compress(ctx context.Context, data []byte, from int, isLast bool) (*Bits, error) {
	d.collect(data, from)
	d.parse = d.search(d.parse[:0], 0, len(data)-from, data[from:], guess(data[from:]))
	d.parse = d.search(d.parse[:0], 0, len(data)-from, data[from:], model(count(data[from:], d.parse)))
	var blocks []*block
	for range 2 { // the second time with blocks that suit the parse better
		var err error
		if blocks, err = d.optimize(ctx, data[from:], split(data[from:], d.parse)); err != nil {
			return nil, err
		}
	}
	out := new(Bits)
	at := from
	for i, b := range blocks {
		b.write(out, data[at:], isLast && i == len(blocks)-1)
		at += b.size
	}
	return out, nil
}

// collect finds the matches of all positions.
func (d *Deflater) collect(data []byte, from int) {
	const depth = 128
	d.finder.reset(data, deflateWindow, depth, longestMatch)
	for pos := range from {
		d.matches = d.finder.find(d.matches[:0], pos)
	}
	d.matches, d.starts = d.matches[:0], d.starts[:0]
	for pos := from; pos < len(data); pos++ {
		d.starts = append(d.starts, uint32(len(d.matches)))
		d.matches = d.finder.find(d.matches, pos)
	}
	d.starts = append(d.starts, uint32(len(d.matches)))
}

// optimize looks for the best parse of each block, given where the blocks end, and
// leaves them all in d.parse.
func (d *Deflater) optimize(ctx context.Context, data []byte, ends []int) ([]*block, error) {
	old := d.parse
	d.parse = nil
	var blocks []*block
	from := 0
	for _, end := range ends {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := lengthOf(old, end-from)
		b := d.best(data, from, end, old[:n])
		old, from = old[n:], end
		blocks = append(blocks, b)
		d.parse = append(d.parse, b.parse...)
	}
	return blocks, nil
}

// lengthOf returns how many steps take size bytes.
func lengthOf(parse []match, size int) int {
	for i, m := range parse {
		if size <= 0 {
			return i
		}
		size -= int(m.length)
	}
	return len(parse)
}

// best improves a parse of data[from:to] for as long as that helps.
func (d *Deflater) best(data []byte, from, to int, parse []match) *block {
	iterations := d.Iterations
	if iterations == 0 {
		iterations = defaultIterations
	}
	best := newBlock(data[from:to], append([]match(nil), parse...))
	stats := best.counts
	var next []match
	for range iterations {
		next = d.search(next[:0], from, to, data, model(&stats))
		counts := count(data[from:], next)
		if bits := counts.bits(); bits < best.bits {
			best = newBlock(data[from:to], append([]match(nil), next...))
		}
		stats.blend(counts)
	}
	return best
}

// search returns the cheapest parse of data[from:to], by a pass that knows the cheapest
// way to each position before it goes on from there.
func (d *Deflater) search(parse []match, from, to int, data []byte, m *costModel) []match {
	n := to - from
	d.costs, d.steps = sized(d.costs, n+1), sized(d.steps, n+1)
	for i := range d.costs {
		d.costs[i] = 1<<32 - 1
	}
	d.costs[0] = 0
	for i := range n {
		here := d.costs[i]
		if c := here + m.literals[data[from+i]]; c < d.costs[i+1] {
			d.costs[i+1], d.steps[i+1] = c, match{1, 0}
		}
		length := int32(minMatch)
		for _, option := range d.matches[d.starts[from+i]:d.starts[from+i+1]] {
			base := here + m.distances[distanceSymbol(option.distance)]
			last := min(option.length, int32(n-i))
			if last == longestMatch { // a shorter one would hardly be taken
				length = last
			}
			for ; length <= last; length++ {
				if c := base + m.lengths[length]; c < d.costs[i+int(length)] {
					d.costs[i+int(length)], d.steps[i+int(length)] = c, match{length, option.distance}
				}
			}
		}
	}
	return trace(parse, d.steps[:n+1])
}

// trace follows the steps back from the end, and appends them in order.
func trace(parse, steps []match) []match {
	start := len(parse)
	for i := len(steps) - 1; i > 0; i -= int(steps[i].length) {
		parse = append(parse, steps[i])
	}
	for i, j := start, len(parse)-1; i < j; i, j = i+1, j-1 {
		parse[i], parse[j] = parse[j], parse[i]
	}
	return parse
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
