package inflate

import "math/bits"

// A table decodes a Huffman code. The next bits of the stream, as many as the table is
// indexed by, find an entry; codes that are longer have a second table behind the first.
//
// Each entry says in its lowest six bits how many bits of the stream it stands for. An
// entry of a length or a distance has more: in bits 8 to 12 how many of them are the code
// itself, the rest being the number to add to the base, which is in bits 16 to 30.
const (
	literal = 1 << 31 // one literal or two, in bits 8 to 23; their bits, 8 or 16, are in bits 24 to 28

	// Where it is no literal, it may be special: a second table, which begins where bits
	// 16 and up say and is indexed by as many bits as bits 8 to 12 say, or one of these.
	special  = 1 << 15
	blockEnd = 1 << 14
	invalid  = 1 << 13 // no symbol has this code

	oneLiteral = literal | 8<<24
)

// The first tables' bits. The second tables need at most 922 entries behind the 2048 of
// literals and lengths: one of four bits has at least five of the 288 symbols, and those
// of fewer bits have fewer entries a symbol. With distances it is 274 behind 512.
const (
	literalBits  = 11
	distanceBits = 9

	literalRoom  = 4096
	distanceRoom = 1024
)

const (
	maxBits      = 15 // of a code
	maxLiterals  = 286
	maxDistances = 30
)

// literalEntries are the entries of literals and lengths without the bits of their codes.
var literalEntries = func() (e [288]uint32) {
	for i := range 256 {
		e[i] = oneLiteral | uint32(i)<<8
	}
	e[256] = special | blockEnd
	length := uint32(3)
	for i := 257; i < 285; i++ {
		extra := uint32(0)
		if i >= 265 {
			extra = uint32(i-261) / 4
		}
		e[i] = length<<16 | extra
		length += 1 << extra
	}
	e[285] = 258 << 16
	e[286], e[287] = special|invalid, special|invalid
	return e
}()

var distanceEntries = func() (e [32]uint32) {
	distance := uint32(1)
	for i := range 30 {
		extra := uint32(0)
		if i >= 4 {
			extra = uint32(i-2) / 2
		}
		e[i] = distance<<16 | extra
		distance += 1 << extra
	}
	e[30], e[31] = special|invalid, special|invalid
	return e
}()

// A code is a Huffman code, by its symbols in order of length.
type code struct {
	count   [maxBits + 1]int // symbols by length
	longest int
	symbols [288]uint16
}

// sort takes the lengths of the symbols' codes and says whether they make a code: no two
// with the same bits, and none left over, but that a single symbol may have one bit, and
// that there may be none.
func (c *code) sort(lengths []uint8) bool {
	*c = code{}
	for _, n := range lengths {
		c.count[n&maxBits]++
	}
	var next [maxBits + 1]int
	left, at := 1, 0
	for n := 1; n <= maxBits; n++ {
		next[n] = at
		at += c.count[n]
		left = 2*left - c.count[n]
		if left < 0 {
			return false
		}
		if c.count[n] > 0 {
			c.longest = n
		}
	}
	for symbol, n := range lengths {
		if n > 0 {
			c.symbols[next[n&maxBits]] = uint16(symbol)
			next[n&maxBits]++
		}
	}
	return left == 0 || at == 0 || at == 1 && c.longest == 1
}

// fill makes the table of a code: the first one of 1<<size entries.
func (c *code) fill(table, entries []uint32, size int) {
	table[0], table[1] = special|invalid, special|invalid // what a code of one symbol or none leaves
	symbols, word := c.symbols[:], uint32(0)
	for n := 1; n <= size; n++ {
		if n > 1 {
			copy(table[1<<(n-1):1<<n], table[:1<<(n-1)])
		}
		for _, symbol := range symbols[:c.count[n]] {
			table[word] = entryOf(entries[symbol], n)
			word = following(word, n)
		}
		symbols = symbols[c.count[n]:]
	}
	if c.longest > size {
		c.fillSecond(table, entries, symbols, word, size)
	}
}

// fillSecond makes the second tables, for codes of more than size bits, of which word is
// the first.
func (c *code) fillSecond(table, entries []uint32, symbols []uint16, word uint32, size int) {
	first := uint32(1)<<size - 1
	prefix, end, start := ^uint32(0), 1<<size, 0
	for n := size + 1; n <= c.longest; n++ {
		for i, symbol := range symbols[:c.count[n]] {
			if word&first != prefix {
				prefix, start = word&first, end
				more := c.secondBits(n, c.count[n]-i, size)
				end += 1 << more
				table[prefix] = special | uint32(start)<<16 | uint32(more)<<8
			}
			for at := start + int(word>>size); at < end; at += 1 << (n - size) {
				table[at] = entryOf(entries[symbol], n)
			}
			word = following(word, n)
		}
		symbols = symbols[c.count[n]:]
	}
}

// secondBits returns the bits that a second table is indexed by whose first code has n
// bits, as left codes have.
func (c *code) secondBits(n, left, size int) int {
	more, used := n-size, left
	for used < 1<<more {
		more++
		used = 2*used + c.count[size+more]
	}
	return more
}

func entryOf(e uint32, bits int) uint32 {
	if e&literal == 0 && e&special == 0 {
		e |= uint32(bits) << 8
	}
	return e + uint32(bits)
}

// following returns the code after word, both of n bits with the first bit lowest.
func following(word uint32, n int) uint32 {
	zeros := ^word & (1<<n - 1)
	if zeros == 0 {
		return 0 // it is the last one
	}
	top := uint32(1) << (bits.Len32(zeros) - 1)
	return word&(top-1) | top
}

// pair makes of entries with one literal such with two, where the bits of a second one
// are among those that index the table. Entries are paired from the last one on, so that
// the second literal's, which comes before, still is of one.
func pair(table *[literalRoom]uint32) {
	for i := 1<<literalBits - 1; i >= 0; i-- {
		e := table[i]
		if e&literal == 0 {
			continue
		}
		n := e & 63
		second := table[i>>n]
		if both := n + second&63; second&literal != 0 && both <= literalBits {
			table[i] = literal | 16<<24 | second&0xff00<<8 | e&0xff00 | both
		}
	}
}
