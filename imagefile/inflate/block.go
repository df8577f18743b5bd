package inflate

import "encoding/binary"

// block begins a block.
func (z *Reader) block() error {
	z.final = z.take(1) == 1
	switch z.take(2) {
	case 0:
		return z.storedBlock()
	case 1:
		z.fixedCodes()
	case 2:
		if err := z.dynamicCodes(); err != nil {
			return err
		}
	default:
		return ErrCorrupt
	}
	z.stage = inSymbols
	return nil
}

func (z *Reader) storedBlock() error {
	size := z.bytes(4)
	n := binary.LittleEndian.Uint16(size)
	if n != ^binary.LittleEndian.Uint16(size[2:]) {
		return ErrCorrupt
	}
	z.stored = int(n)
	z.stage = inStored
	return nil
}

// fixedCodes makes the tables of the codes that are the same in all streams.
func (z *Reader) fixedCodes() {
	if z.fixed {
		return
	}
	var lengths [288]uint8
	for i := range lengths {
		switch {
		case i < 144, i >= 280:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		default:
			lengths[i] = 7
		}
	}
	z.makeTables(lengths[:], []uint8{
		5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5,
	})
	z.fixed = true
}

// makeTables makes the tables of codes with these lengths, if there are such codes.
func (z *Reader) makeTables(literals, distances []uint8) bool {
	z.fixed = false
	if !z.code.sort(literals) {
		return false
	}
	z.code.fill(z.literals[:], literalEntries[:], literalBits)
	pair(&z.literals)
	if !z.code.sort(distances) {
		return false
	}
	z.code.fill(z.distances[:], distanceEntries[:], distanceBits)
	return true
}

// The lengths of codes are coded themselves. Those are the symbols of that code in the
// order in which their codes' lengths come.
var lengthOrder = [...]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// lengthEntries have the symbols in bits 16 and up, and how many more bits belong to them.
var lengthEntries = func() (e [len(lengthOrder)]uint32) {
	for i := range e {
		e[i] = uint32(i) << 16
	}
	return e
}()

const lengthBits = 7 // of the longest code there can be

// dynamicCodes makes the tables of the codes that the block begins with.
func (z *Reader) dynamicCodes() error {
	literals, distances := int(z.take(5))+257, int(z.take(5))+1
	if literals > maxLiterals || distances > maxDistances {
		return ErrCorrupt
	}
	var ofLengths [len(lengthOrder)]uint8
	for _, symbol := range lengthOrder[:z.take(4)+4] {
		ofLengths[symbol] = uint8(z.take(3))
	}
	var table [1 << lengthBits]uint32
	for i := range table {
		table[i] = special | invalid
	}
	if !z.code.sort(ofLengths[:]) {
		return ErrCorrupt
	}
	z.code.fill(table[:], lengthEntries[:], lengthBits)
	var lengths [maxLiterals + maxDistances]uint8
	if !z.lengths(lengths[:literals+distances], &table) {
		return ErrCorrupt
	}
	if !z.makeTables(lengths[:literals], lengths[literals:literals+distances]) {
		return ErrCorrupt
	}
	return nil
}

// lengths reads lengths of codes, and says whether they are in order.
func (z *Reader) lengths(lengths []uint8, table *[1 << lengthBits]uint32) bool {
	for i := 0; i < len(lengths); {
		e := table[z.peek(lengthBits)]
		if e&special != 0 {
			return false
		}
		z.take(uint(e & 63))
		symbol, value, repeat := uint8(e>>16), uint8(0), 0
		switch {
		case symbol < 16:
			lengths[i] = symbol
			i++
			continue
		case symbol == 16:
			if i == 0 {
				return false
			}
			value, repeat = lengths[i-1], 3+int(z.take(2))
		case symbol == 17:
			repeat = 3 + int(z.take(3))
		default:
			repeat = 11 + int(z.take(7))
		}
		if repeat > len(lengths)-i {
			return false
		}
		for range repeat {
			lengths[i] = value
			i++
		}
	}
	return true
}

// peek returns the next n bits, at most 8, without taking them.
func (z *Reader) peek(n uint) uint32 {
	v := z.take(n)
	z.bits = z.bits<<n | uint64(v)
	z.count += n
	return v
}
