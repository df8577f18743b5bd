package inflate

import "encoding/binary"

// symbols decodes symbols of a block into b, behind its first n bytes, to the block's end
// or until there is too little room or input for another round, and returns how many
// bytes b has then.
//
// One round takes at most 8 bytes of input twice, and writes at most 6 literals and a match:
// less than margin and Slack.
func (z *Reader) symbols(b []byte, n int) int {
	in, at, bits, count, literals := z.input[:z.limit], z.at, z.bits, z.count, &z.literals
	for at <= len(in)-margin && n < len(b)-Slack {
		// Refilled, there are at least 56 bits: enough for five first entries, or a length
		// and a distance. Only the lowest six bits of count are right from here on.
		bits |= binary.LittleEndian.Uint64(in[at:]) << (count & 63)
		at += int(63-count&63) >> 3
		count |= 56
		e := literals[bits&(1<<literalBits-1)]
		if e&literal != 0 {
			text, size := uint64(e>>8&0xffff), e>>24
			bits >>= e & 63
			count -= uint(e)
			e = literals[bits&(1<<literalBits-1)]
			if e&literal != 0 {
				text |= uint64(e>>8&0xffff) << (size & 31)
				size += e >> 24
				bits >>= e & 63
				count -= uint(e)
				e = literals[bits&(1<<literalBits-1)]
				if e&literal != 0 {
					text |= uint64(e>>8&0xffff) << (size & 63)
					size += e >> 24
					bits >>= e & 63
					count -= uint(e)
					e = literals[bits&(1<<literalBits-1)]
				}
			}
			binary.LittleEndian.PutUint64(b[n:], text)
			n += int(size & 127 >> 3)
			if e&literal != 0 {
				continue // e, which is not taken yet, is found again
			}
			bits |= binary.LittleEndian.Uint64(in[at:]) << (count & 63)
			at += int(63-count&63) >> 3
			count |= 56
		}
		if e&special != 0 {
			if e&(blockEnd|invalid) == 0 {
				e = literals[second(e, bits>>literalBits)&(literalRoom-1)]
			}
			if e&literal != 0 {
				b[n] = uint8(e >> 8)
				n++
				bits >>= e & 63
				count -= uint(e)
				continue
			}
			if e&invalid != 0 {
				z.err = ErrCorrupt
				break
			}
			if e&blockEnd != 0 {
				bits >>= e & 63
				count -= uint(e)
				z.endBlock()
				break
			}
		}
		length := value(e, bits)
		bits >>= e & 63
		count -= uint(e)
		e = z.distance(bits)
		distance := value(e, bits)
		if e&invalid != 0 || distance > n {
			z.err = ErrCorrupt
			break
		}
		bits >>= e & 63
		count -= uint(e)
		if distance >= 8 && length <= 16 {
			copy16(b, n, n-distance) // without a call, most matches
		} else {
			copyMatch(b, n, distance, length)
		}
		n += length
	}
	z.at, z.bits, z.count = at, bits, count&63
	return n
}

// distance returns the entry of the distance that comes next.
func (z *Reader) distance(bits uint64) uint32 {
	e := z.distances[bits&(1<<distanceBits-1)]
	if e&(special|invalid) == special {
		e = z.distances[second(e, bits>>distanceBits)&(distanceRoom-1)]
	}
	return e
}

// second returns where the entry is that a special one leads to.
func second(e uint32, bits uint64) uint32 { return e>>16 + uint32(bits)&(1<<(e>>8&31)-1) }

// value returns the length or distance of an entry and the bits behind its code.
func value(e uint32, bits uint64) int {
	return int(e>>16 + uint32(bits&(1<<(e&63)-1)>>(e>>8&31)))
}
