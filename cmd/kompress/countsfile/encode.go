package countsfile

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"

	"kompress/quantize"

	"github.com/klauspost/compress/flate"
)

// level is of deflate: 3 % fewer bytes than level 1, in 30 ns a colour.
const level = 6

// Encode writes a file. The same counts give the same bytes.
func Encode(w io.Writer, f *File) error {
	if err := f.check(); err != nil {
		return err
	}
	e, err := newEncoder(w)
	if err != nil {
		return err
	}
	e.write(f.header())
	for k, n := range f.All() {
		e.add(k, n)
	}
	if e.colors > 0 {
		e.block()
	}
	e.write(make([]byte, 8)) // a block of no colours
	e.write(binary.LittleEndian.AppendUint32(nil, e.sum))
	return e.err
}

func (f *File) header() []byte {
	flags := uint16(0)
	if f.Converted {
		flags |= flagConverted
	}
	h := append(make([]byte, 0, headerLen), magic...)
	h = binary.LittleEndian.AppendUint16(h, version)
	h = binary.LittleEndian.AppendUint16(h, flags)
	h = binary.LittleEndian.AppendUint64(h, f.Pixels())
	h = binary.LittleEndian.AppendUint64(h, f.Images)
	return binary.LittleEndian.AppendUint64(h, uint64(f.Distinct()))
}

// An encoder gathers colours until they are a block. It keeps the first error.
type encoder struct {
	w       io.Writer
	sum     uint32 // CRC-32C of what is written
	err     error
	deflate *flate.Writer

	next         uint64 // the least key that can follow
	colors       uint32 // in the block
	keys, counts []byte
	packed       bytes.Buffer
}

func newEncoder(w io.Writer) (*encoder, error) {
	deflate, err := flate.NewWriter(nil, level)
	return &encoder{w: w, deflate: deflate}, err
}

func (e *encoder) write(p []byte) {
	e.sum = crc32.Update(e.sum, castagnoli, p)
	if e.err == nil {
		_, e.err = e.w.Write(p)
	}
}

func (e *encoder) add(k quantize.Key, n uint32) {
	e.keys = binary.AppendUvarint(e.keys, uint64(k)-e.next)
	e.counts = binary.AppendUvarint(e.counts, uint64(n-1))
	e.next = uint64(k) + 1
	if e.colors++; e.colors == blockColors {
		e.block()
	}
}

// block writes the colours that are gathered.
func (e *encoder) block() {
	e.packed.Reset()
	e.deflate.Reset(&e.packed)
	for _, part := range [][]byte{e.keys, e.counts} {
		if _, err := e.deflate.Write(part); err != nil && e.err == nil {
			e.err = err
		}
	}
	if err := e.deflate.Close(); err != nil && e.err == nil {
		e.err = err
	}
	head := binary.LittleEndian.AppendUint32(nil, e.colors)
	e.write(binary.LittleEndian.AppendUint32(head, uint32(e.packed.Len())))
	e.write(e.packed.Bytes())
	e.colors, e.keys, e.counts = 0, e.keys[:0], e.counts[:0]
}
