package baseline

import (
	"encoding/binary"
	"image/jpeg"
)

// A bitReader gives the bits of a scan.
type bitReader struct {
	in  *input
	acc uint64 // the next bits, from the highest one on
	n   int    // how many of them are known to be there

	// Behind the last one, as many zeros as needed are made up, and counted.
	made int
}

// enough is how many bits any code with its number needs at most.
const enough = 32

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// refill makes 56 bits or more be there.
func (b *bitReader) refill() {
	in := b.in
	if in.pos+8 <= len(in.buf) {
		// Eight bytes at once, if none of them is 0xff. Of the last one some bits may
		// be taken already, which the next time come to the same place.
		v := binary.BigEndian.Uint64(in.buf[in.pos:])
		if (^v-ones)&v&highs == 0 {
			b.acc |= v >> (b.n & 63)
			in.pos += (63 - b.n) >> 3
			b.n |= 56
			return
		}
	}
	b.refillSlowly()
}

func (b *bitReader) refillSlowly() {
	in := b.in
	for ; b.n <= 56; b.n += 8 {
		if in.pos >= len(in.buf) {
			b.made += 8
			continue
		}
		v := in.buf[in.pos]
		if v == 0xff {
			if in.pos+1 >= len(in.buf) || in.buf[in.pos+1] != 0 {
				b.made += 8
				continue
			}
			in.pos++ // 0xff00 stands for 0xff
		}
		in.pos++
		b.acc |= uint64(v) << (56 - b.n)
	}
}

// check is an error if more bits were taken than there are.
func (b *bitReader) check() error {
	if b.n >= b.made {
		return nil
	}
	if b.in.pos+1 >= len(b.in.buf) {
		return b.in.err
	}
	return jpeg.FormatError("missing 0xff00 sequence")
}

// align gives back the bytes of which no bit was taken, and forgets the bits of the
// others.
func (b *bitReader) align() {
	in := b.in
	for n := b.n - b.made; n >= 8; n -= 8 {
		in.pos--
		if in.buf[in.pos] == 0 && in.pos > 0 && in.buf[in.pos-1] == 0xff {
			in.pos--
		}
	}
	*b = bitReader{in: in}
}

// take returns the next size bits, as the number that they are.
func (b *bitReader) take(size int) int {
	v := int(b.acc >> (64 - size))
	b.skip(size)
	return extend(v, size)
}

func (b *bitReader) skip(n int) {
	b.acc <<= n & 63
	b.n -= n
}

// long returns the entry of a code that the table has no room to look up. There is
// none with the kind unknown.
func (b *bitReader) long(t *table) entry {
	v := int32(b.acc >> (64 - maxCode))
	for length := lookBits + 1; length <= maxCode; length++ {
		if v < t.end[length] {
			return t.all[v>>(maxCode-length)+t.offset[length]]
		}
	}
	return unknown
}

const errCode = jpeg.FormatError("bad Huffman code")

// dc reads the difference of the first coefficient of a block to that before (T.81
// F.2.2.1).
func (b *bitReader) dc(t *table) (int, error) {
	if b.n < enough {
		b.refill()
	}
	e := t.look[b.acc>>(64-lookBits)]
	if e.kind() == unknown {
		e = b.long(t)
	}
	b.skip(e.bits())
	switch e.kind() {
	case number:
		return e.value(), nil
	case extended:
		if e.value() > 16 {
			return 0, jpeg.UnsupportedError("excessive DC component")
		}
		return b.take(e.value()), nil
	}
	return 0, errCode
}

// A block is the coefficients of 8 x 8 samples, column by column, without the first.
type block [64]int16

// ac reads the other coefficients (T.81 F.2.2.2) into a block of zeros. Where it returns
// false, it is still one.
func (b *bitReader) ac(t *table, to *block) (some bool, err error) {
	// These are b's, where the compiler keeps them in registers.
	acc, n := b.acc, b.n
	k := 1
	for k < 64 {
		if n < enough {
			b.acc, b.n = acc, n
			b.refill()
			acc, n = b.acc, b.n
		}
		e := t.look[acc>>(64-lookBits)]
		if e.kind() == number {
			k += e.zeros()
			if k >= 64 {
				// The bits of a number that has no place are not taken.
				acc <<= e.code() & 31
				n -= e.code()
				break
			}
			acc <<= e.bits() & 31
			n -= e.bits()
			to[columns[k&63]] = int16(e.value())
			k++
			continue
		}
		if e.ends() {
			acc <<= e.code() & 31
			n -= e.code()
			break
		}
		b.acc, b.n = acc, n
		if k, err = b.rareAC(t, e, to, k); err != nil {
			return true, err
		}
		acc, n = b.acc, b.n
	}
	b.acc, b.n = acc, n
	return k > 1, nil
}

// rareAC is a step of ac at coefficient k where there is more to do, and returns the next
// one.
func (b *bitReader) rareAC(t *table, e entry, to *block, k int) (next int, err error) {
	if e.kind() == unknown {
		e = b.long(t)
	}
	b.skip(e.code())
	if e.kind() == unknown {
		return 0, errCode
	}
	if e.ends() {
		return max(k, 64), nil
	}
	if k += e.zeros(); k >= 64 {
		return k, nil
	}
	if e.kind() == extended {
		to[columns[k&63]] = int16(b.take(e.value()))
	}
	return k + 1, nil
}

// columns has the places of the coefficients as they come, zigzag, in a block that is
// stored column by column.
var columns = transposedZigzag()

func transposedZigzag() (to [64]uint8) {
	x, y, step := 0, 0, -1
	for k := range to {
		to[k] = uint8(8*x + y)
		switch {
		case step < 0 && x == 7 || step > 0 && y < 7 && x == 0:
			y++
			step = -step
		case step < 0 && y == 0 || step > 0 && y == 7:
			x++
			step = -step
		default:
			x -= step
			y += step
		}
	}
	return to
}
