package squeeze

// A prefixCode is one of the Huffman codes of a WebP.
type prefixCode struct {
	lengths []uint8
	codes   []uint16
	used    []int // the symbols that occur
}

func newPrefixCode(counts []uint32, size int) *prefixCode {
	all := make([]uint32, size)
	copy(all, counts)
	c := &prefixCode{lengths: make([]uint8, size)}
	for s, n := range all {
		if n > 0 {
			c.used = append(c.used, s)
		}
	}
	codeLengths(c.lengths, all, deflateMaxCode)
	c.codes = codes(c.lengths)
	return c
}

// put writes a symbol. The only one of a code takes no bits.
func (c *prefixCode) put(out *Bits, symbol int) {
	if len(c.used) > 1 {
		out.put(uint32(c.codes[symbol]), uint(c.lengths[symbol]))
	}
}

// writeTo writes what the code is.
func (c *prefixCode) writeTo(out *Bits) {
	if len(c.used) == 0 {
		out.put(0b0001, 4) // simple, one symbol, of one bit: 0
		return
	}
	if n := len(c.used); n <= 2 && c.used[n-1] < 256 {
		c.writeSimple(out)
		return
	}
	out.put(0, 1)
	c.writeLengths(out)
}

func (c *prefixCode) writeSimple(out *Bits) {
	out.put(1, 1)
	out.put(uint32(len(c.used)-1), 1)
	if first := uint32(c.used[0]); first < 2 {
		out.put(0, 1)
		out.put(first, 1)
	} else {
		out.put(1, 1)
		out.put(first, 8)
	}
	if len(c.used) == 2 {
		out.put(uint32(c.used[1]), 8)
	}
}

// webpMetaOrder is the order in which the lengths of the code for lengths come.
var webpMetaOrder = [19]uint8{17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// writeLengths writes the lengths in runs, as deflate does.
func (c *prefixCode) writeLengths(out *Bits) {
	h := codesHeader{runs: runsOf(c.lengths, 3, 3)}
	h.encode()
	meta := len(webpMetaOrder)
	for meta > 4 && h.lengths[webpMetaOrder[meta-1]] == 0 {
		meta--
	}
	out.put(uint32(meta-4), 4)
	used := 0
	for _, s := range webpMetaOrder[:meta] {
		out.put(uint32(h.lengths[s]), 3)
		if h.lengths[s] > 0 {
			used++
		}
	}
	out.put(0, 1) // all lengths follow
	codes := codes(h.lengths[:])
	for _, r := range h.runs {
		if used > 1 {
			out.put(uint32(codes[r.symbol]), uint(h.lengths[r.symbol]))
		}
		if r.symbol >= repeatLast {
			out.put(uint32(r.extra), runBits[r.symbol-repeatLast])
		}
	}
}
