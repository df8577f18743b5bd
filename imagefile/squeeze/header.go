package squeeze

import "bytes"

// A codesHeader says the lengths of a block's codes, in runs that have a code too.
type codesHeader struct {
	literals, distances int // how many lengths
	runs                []run
	lengths             [19]uint8 // of the code for runs
	meta                int       // how many of them are written
}

// A run is a symbol of that code: a length, or a repetition with extra bits.
type run struct{ symbol, extra uint8 }

// runBits has the extra bits of the symbols from repeatLast on.
var runBits = [3]uint{2, 3, 7}

const (
	repeatLast = 16 // 3 to 6 times
	fewZeros   = 17 // 3 to 10
	manyZeros  = 18 // 11 to 138
)

// metaOrder is the order in which the lengths of the code for runs are written: those
// at the end are likely to be zero.
var metaOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// newHeader returns the shortest of what different uses of repetitions give.
func newHeader(c *blockCodes) *codesHeader {
	h := codesHeader{literals: literals, distances: distances}
	for h.literals > firstLength && c.literals[h.literals-1] == 0 {
		h.literals--
	}
	for h.distances > 1 && c.distances[h.distances-1] == 0 {
		h.distances--
	}
	all := append(bytes.Clone(c.literals[:h.literals]), c.distances[:h.distances]...)
	var best *codesHeader
	for _, shortest := range []int{3, 4, 5, 7} { // worth a repetition of what is not zero
		for _, zeros := range []int{3, 5} {
			option := h
			option.runs = runsOf(all, shortest, zeros)
			option.encode()
			if best == nil || option.bits() < best.bits() {
				best = &option
			}
		}
	}
	return best
}

func runsOf(lengths []uint8, shortest, zeros int) []run {
	var runs []run
	for len(lengths) > 0 {
		v, n := lengths[0], 1
		for n < len(lengths) && lengths[n] == v {
			n++
		}
		lengths = lengths[n:]
		if v == 0 {
			runs = appendZeros(runs, n, zeros)
		} else {
			runs = appendSame(append(runs, run{v, 0}), v, n-1, shortest)
		}
	}
	return runs
}

func appendZeros(runs []run, n, shortest int) []run {
	for n >= 11 {
		m := min(n, 138)
		runs = append(runs, run{manyZeros, uint8(m - 11)})
		n -= m
	}
	for n >= shortest {
		m := min(n, 10)
		runs = append(runs, run{fewZeros, uint8(m - 3)})
		n -= m
	}
	for range n {
		runs = append(runs, run{0, 0})
	}
	return runs
}

func appendSame(runs []run, v uint8, n, shortest int) []run {
	for n >= shortest {
		m := min(n, 6)
		runs = append(runs, run{repeatLast, uint8(m - 3)})
		n -= m
	}
	for range n {
		runs = append(runs, run{v, 0})
	}
	return runs
}

func (h *codesHeader) encode() {
	var counts [19]uint32
	for _, r := range h.runs {
		counts[r.symbol]++
	}
	codeLengths(h.lengths[:], counts[:], deflateMaxMeta)
	h.meta = len(metaOrder)
	for h.meta > 4 && h.lengths[metaOrder[h.meta-1]] == 0 {
		h.meta--
	}
}

// bits returns the length of the header.
func (h *codesHeader) bits() int {
	n := 5 + 5 + 4 + 3*h.meta
	for _, r := range h.runs {
		n += int(h.lengths[r.symbol])
		if r.symbol >= repeatLast {
			n += int(runBits[r.symbol-repeatLast])
		}
	}
	return n
}

func (h *codesHeader) write(out *Bits) {
	out.put(uint32(h.literals-firstLength), 5)
	out.put(uint32(h.distances-1), 5)
	out.put(uint32(h.meta-4), 4)
	for _, s := range metaOrder[:h.meta] {
		out.put(uint32(h.lengths[s]), 3)
	}
	codes := codes(h.lengths[:])
	for _, r := range h.runs {
		out.put(uint32(codes[r.symbol]), uint(h.lengths[r.symbol]))
		if r.symbol >= repeatLast {
			out.put(uint32(r.extra), runBits[r.symbol-repeatLast])
		}
	}
}
