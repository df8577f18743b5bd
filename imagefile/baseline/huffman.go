package baseline

const (
	// lookBits is how many bits are looked up at once: a code, and mostly the bits
	// that belong to it.
	lookBits = 10

	// maxCode is the length of the longest code.
	maxCode = 16
)

// An entry says what begins with some bits. From the lowest bit on it has
//
//	5 bits  how many bits to take
//	4 bits  how many zeros come before the number
//	5 bits  the length of the code
//	2 bits  what it is, one of the constants below
//	16 bits the number; or, for extended, how many bits it has
type entry uint32

const (
	number   = 0 << 14 // a number, complete
	extended = 1 << 14 // the code of a number, whose bits follow
	special  = 2 << 14 // end of the block
	unknown  = 3 << 14 // a longer code, or none
	kinds    = 3 << 14
)

func (e entry) bits() int   { return int(e & 31) }
func (e entry) zeros() int  { return int(e >> 5 & 15) }
func (e entry) code() int   { return int(e >> 9 & 31) }
func (e entry) kind() entry { return e & kinds }
func (e entry) ends() bool  { return e&(kinds|15<<5) == special }
func (e entry) value() int  { return int(int32(e) >> 16) }

// A table is a Huffman code: of T.81 B.2.4.2 and its annex C.
type table struct {
	look [1 << lookBits]entry

	// For each length, one more than the highest code that long, from the highest of
	// 16 bits on; and what to add to a code to find its entry among all.
	end    [maxCode + 1]int32
	offset [maxCode + 1]int32
	all    [256]entry // of codes alone, by their order

	runs bool // there are codes that end several blocks
}

// takeTables reads a segment of Huffman tables.
func (d *Decoder) takeTables(b []byte) error {
	for len(b) > 0 {
		if len(b) < 17 {
			return unusual
		}
		class, id := b[0]>>4, b[0]&15
		lengths := [maxCode]uint8(b[1:])
		b = b[17:]
		n := 0
		for _, count := range lengths {
			n += int(count)
		}
		if class > 1 || id > d.mostTables() || n == 0 || n > 256 || n > len(b) {
			return unusual
		}
		t := newTable(lengths, b[:n], class == 1)
		if t == nil {
			return unusual
		}
		if class == 0 {
			d.dc[id] = t
		} else {
			d.ac[id] = t
		}
		b = b[n:]
	}
	return nil
}

// newTable returns a table with so many codes of each length from 1 on, nil if there
// cannot be that many.
func newTable(lengths [maxCode]uint8, symbols []uint8, ac bool) *table {
	t := new(table)
	for i := range t.look {
		t.look[i] = unknown
	}
	code, i := 0, 0
	for length := 1; length <= maxCode; length++ {
		t.offset[length] = int32(i - code)
		for range lengths[length-1] {
			if code >= 1<<length {
				return nil
			}
			t.all[i] = plainEntry(symbols[i], length, ac)
			t.runs = t.runs || t.all[i].kind() == special && !t.all[i].ends()
			t.fill(code, length, t.all[i])
			code++
			i++
		}
		t.end[length] = int32(code << (maxCode - length))
		code <<= 1
	}
	return t
}

// plainEntry is that of a code alone.
func plainEntry(symbol uint8, length int, ac bool) entry {
	zeros, size := entry(symbol>>4), entry(symbol&15)
	if !ac {
		zeros, size = 0, entry(symbol)
	}
	e := entry(length) | zeros<<5 | entry(length)<<9
	switch {
	case size > 0:
		return e | extended | size<<16
	case !ac || zeros == 15: // a number that is 0
		return e | number
	}
	return e | special
}

// fill sets all that begins with a code.
func (t *table) fill(code, length int, e entry) {
	rest := lookBits - length
	if rest < 0 {
		return
	}
	for i := range 1 << rest {
		t.look[code<<rest|i] = e.with(i, rest)
	}
}

// with returns the entry of a code and the bits behind it, if these are all that it
// needs.
func (e entry) with(follow, bits int) entry {
	size := e.value()
	if e.kind() != extended || size > bits {
		return e
	}
	v := extend(follow>>(bits-size), size)
	return e&^(0xffff<<16|kinds|31) | number | entry(e.code()+size) | entry(uint16(v))<<16
}

// extend makes a signed number of its bits (T.81 F.2.2.1): half of them, with the first
// bit 0, are negative.
func extend(v, size int) int {
	return v + (v>>(size-1)-1)&(1-1<<size)
}
