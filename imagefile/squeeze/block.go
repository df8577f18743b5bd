package squeeze

// A block of a deflate stream has its own Huffman codes.
type block struct {
	size   int // bytes it stands for
	parse  []match
	counts symbolCounts
	bits   int
}

func newBlock(data []byte, parse []match) *block {
	b := &block{size: len(data), parse: parse, counts: *count(data, parse)}
	b.bits = b.counts.bits()
	return b
}

// bits returns how many bits a block of the counted symbols takes.
func (c *symbolCounts) bits() int {
	n, _ := c.choose()
	return n
}

// choose returns the cheaper of the fixed codes and those made for the counts, and
// what the block takes with them.
func (c *symbolCounts) choose() (int, *blockCodes) {
	dynamic := c.dynamicCodes()
	n, fixed := c.size(dynamic)+dynamic.header.bits(), c.size(fixedCodes)
	if fixed < n {
		return fixed + blockHeaderBits, fixedCodes
	}
	return n + blockHeaderBits, dynamic
}

// A blockCodes has the lengths of the codes of a block.
type blockCodes struct {
	literals  [288]uint8 // the last two are of no use, but fixed codes count them
	distances [distances]uint8
	header    *codesHeader // nil for fixed codes
}

var fixedCodes = func() *blockCodes {
	c := new(blockCodes)
	for s := range c.literals {
		switch {
		case s < 144:
			c.literals[s] = 8
		case s < 256:
			c.literals[s] = 9
		case s < 280:
			c.literals[s] = 7
		default:
			c.literals[s] = 8
		}
	}
	for s := range c.distances {
		c.distances[s] = 5
	}
	return c
}()

func (c *symbolCounts) dynamicCodes() *blockCodes {
	codes := new(blockCodes)
	codeLengths(codes.literals[:literals], c.literals[:], deflateMaxCode)
	codeLengths(codes.distances[:], c.distances[:], deflateMaxCode)
	codes.header = newHeader(codes)
	return codes
}

// size returns the bits of the symbols.
func (c *symbolCounts) size(codes *blockCodes) int {
	n := 0
	for s, count := range c.literals {
		bits := int(codes.literals[s])
		if s >= firstLength {
			bits += int(lengthExtra[s-firstLength])
		}
		n += int(count) * bits
	}
	for s, count := range c.distances {
		n += int(count) * (int(codes.distances[s]) + distanceExtra(s))
	}
	return n
}

// write appends the block, which stands for the first bytes of data.
func (b *block) write(out *Bits, data []byte, isLast bool) {
	_, lengths := b.counts.choose()
	last, kind := uint32(0), uint32(1)
	if isLast {
		last = 1
	}
	if lengths.header != nil {
		kind = 2
	}
	out.put(last|kind<<1, blockHeaderBits)
	if lengths.header != nil {
		lengths.header.write(out)
	}
	symbols, places := codes(lengths.literals[:]), codes(lengths.distances[:])
	at := 0
	for _, m := range b.parse {
		if m.distance == 0 {
			v := data[at]
			out.put(uint32(symbols[v]), uint(lengths.literals[v]))
		} else {
			s := lengthSymbols[m.length]
			out.put(uint32(symbols[s]), uint(lengths.literals[s]))
			out.put(uint32(m.length-lengthBase[s-firstLength]), uint(lengthExtra[s-firstLength]))
			d := distanceSymbol(m.distance)
			out.put(uint32(places[d]), uint(lengths.distances[d]))
			out.put(uint32(m.distance-distanceBase(d)), uint(distanceExtra(d)))
		}
		at += int(m.length)
	}
	out.put(uint32(symbols[endOfBlock]), uint(lengths.literals[endOfBlock]))
}
