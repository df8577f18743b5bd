package squeeze

// Bits are bits, the first in the lowest place of the first byte.
type Bits struct {
	Bytes []byte // the last may be begun only
	Len   int    // in bits

	acc  uint64
	held uint
}

// put appends the n low bits of v, n at most 32.
func (b *Bits) put(v uint32, n uint) {
	b.acc |= uint64(v) << b.held
	b.held += n
	b.Len += int(n)
	for b.held >= 8 {
		b.Bytes = append(b.Bytes, byte(b.acc))
		b.acc >>= 8
		b.held -= 8
	}
}

// Append appends other bits.
func (b *Bits) Append(other *Bits) {
	for _, v := range other.Bytes {
		b.put(uint32(v), 8)
	}
	b.put(uint32(other.acc), other.held)
}

// Take returns the whole bytes and keeps the rest.
func (b *Bits) Take() []byte {
	whole := b.Bytes
	b.Bytes = nil
	return whole
}

// Finish fills the last byte with zeros and returns all.
func (b *Bits) Finish() []byte {
	if b.held > 0 {
		b.put(0, 8-b.held)
	}
	return b.Bytes
}
