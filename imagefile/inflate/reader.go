package inflate

import (
	"encoding/binary"
	"errors"
	"hash"
	"hash/adler32"
	"io"
)

// Errors of streams that are not as they should be. One that ends too early is
// io.ErrUnexpectedEOF.
var (
	ErrHeader     = errors.New("zlib: invalid header")
	ErrDictionary = errors.New("zlib: invalid dictionary")
	ErrChecksum   = errors.New("zlib: invalid checksum")
	ErrCorrupt    = errors.New("zlib: corrupt deflate data")
)

const (
	// Window is how many bytes a stream may refer back.
	Window = 32 << 10

	// Slack is what Fill needs at the end of its memory to write without looking whether
	// there is room: for eight literals, a match of 258 bytes and what is copied in excess.
	Slack = 320

	inputSize = 64 << 10

	// margin is the input that has to be there to decode without looking whether it is:
	// that of a block's header is up to 570 bytes.
	margin = 640
)

type stage uint8

const (
	atHeader stage = iota
	atBlock
	inStored
	inSymbols
	atChecksum
)

// A Reader inflates one zlib stream.
type Reader struct {
	r       io.Reader
	readErr error // what ended the input

	input [inputSize + 2*margin]byte
	at    int // next byte of the input that is not in bits
	end   int // of what r has given
	limit int // of what may be looked at: beyond the end of all input there are zeros

	bits  uint64 // of input, the next one lowest; those beyond count are 0 or what follows
	count uint   // of bits that are from before at

	stage  stage
	err    error
	final  bool        // the block is the last one
	fixed  bool        // the tables are those of the fixed codes
	stored int         // bytes left of a stored block
	sum    hash.Hash32 // nil if it is left to the caller
	want   uint32      // what the sum should be, once err is io.EOF

	literals  [literalRoom]uint32
	distances [distanceRoom]uint32
	code      code
}

// NewReader returns a Reader of the zlib stream that r gives. It may read more of r than
// the stream has.
func NewReader(r io.Reader) *Reader {
	z := &Reader{}
	z.Reset(r)
	return z
}

// Reset makes z a Reader of another stream, without the memory that a new one takes.
func (z *Reader) Reset(r io.Reader) {
	z.r, z.readErr = r, nil
	z.at, z.end, z.limit = 0, 0, 0
	z.bits, z.count = 0, 0
	z.stage, z.err = atHeader, nil
	z.sum = adler32.New()
}

// LeaveSum leaves it to the caller to compare the checksum of this stream, the Adler-32
// of all bytes, with Sum.
func (z *Reader) LeaveSum() { z.sum = nil }

// Sum returns the checksum that the stream says it has, once Fill has returned io.EOF.
func (z *Reader) Sum() uint32 { return z.want }

// Fill inflates into b, behind its first n bytes, until at most Slack bytes of it are
// left, and returns how many it has then. Those first n bytes have to be what was inflated
// before, at least the last Window bytes of it if there were so many. All of b behind
// them may be overwritten.
//
// The error is io.EOF at the end of the stream, after its checksum has been verified, if
// that is not left to the caller; there may be bytes before it, and before other errors.
func (z *Reader) Fill(b []byte, n int) (int, error) {
	from := n
	for z.err == nil && z.stage != atChecksum && n < len(b)-Slack {
		n = z.step(b, n)
	}
	if z.sum != nil {
		z.sum.Write(b[from:n])
	}
	if z.err == nil && z.stage == atChecksum {
		z.err = z.verify()
	}
	return n, z.err
}

func (z *Reader) step(b []byte, n int) int {
	if z.limit-z.at < margin {
		z.more()
	}
	switch z.stage {
	case atHeader:
		z.err = z.header()
	case atBlock:
		z.err = z.block()
	case inStored:
		n = z.copyStored(b, n)
	case inSymbols:
		n = z.symbols(b, n)
	}
	z.checkEnd()
	return n
}

// more reads as much input as there is room for, behind what is left of it.
func (z *Reader) more() {
	if z.readErr != nil {
		return
	}
	z.unread()
	z.end = copy(z.input[:], z.input[z.at:z.end])
	z.at = 0
	for z.end < inputSize && z.readErr == nil {
		var n int
		n, z.readErr = z.r.Read(z.input[z.end:inputSize])
		z.end += n
	}
	z.limit = z.end
	if z.readErr != nil {
		clear(z.input[z.end : z.end+2*margin])
		z.limit += 2 * margin
	}
}

// unread gives whole bytes of bits back to the input.
func (z *Reader) unread() {
	z.at -= int(z.count >> 3)
	z.count &= 7
	z.bits &= 1<<z.count - 1
}

// checkEnd makes it an error that more input was taken than there is.
func (z *Reader) checkEnd() {
	if 8*z.at-int(z.count) > 8*z.end {
		z.endEarly()
	}
}

func (z *Reader) endEarly() {
	z.err = z.readErr
	if z.err == io.EOF {
		z.err = io.ErrUnexpectedEOF
	}
}

// take returns the next n bits, at most 32, of which there have to be as many in the
// input.
func (z *Reader) take(n uint) uint32 {
	if z.count < n {
		z.bits |= uint64(binary.LittleEndian.Uint32(z.input[z.at:])) << z.count
		z.at += int(31-z.count) >> 3
		z.count += (31 - z.count) &^ 7
	}
	v := uint32(z.bits & (1<<n - 1))
	z.bits >>= n
	z.count -= n
	return v
}

// bytes returns the next n bytes. Bits that are left of the byte before are dropped.
func (z *Reader) bytes(n int) []byte {
	z.unread()
	z.bits, z.count = 0, 0
	z.at += n
	return z.input[z.at-n : z.at]
}

func (z *Reader) header() error {
	h := z.bytes(2)
	if h[0]&15 != 8 || h[0]>>4 > 7 || binary.BigEndian.Uint16(h)%31 != 0 {
		return ErrHeader
	}
	const preset, empty = 0x20, 1 // the Adler-32 of the only dictionary there is here
	if h[1]&preset != 0 && binary.BigEndian.Uint32(z.bytes(4)) != empty {
		return ErrDictionary
	}
	z.stage = atBlock
	return nil
}

func (z *Reader) verify() error {
	if z.limit-z.at < margin {
		z.more()
	}
	z.want = binary.BigEndian.Uint32(z.bytes(4))
	if z.checkEnd(); z.err != nil {
		return z.err
	}
	if z.sum != nil && z.want != z.sum.Sum32() {
		return ErrChecksum
	}
	return io.EOF
}

// endBlock goes on to what is behind a block.
func (z *Reader) endBlock() {
	z.stage = atBlock
	if z.final {
		z.stage = atChecksum
	}
}

func (z *Reader) copyStored(b []byte, n int) int {
	in := z.input[z.at:max(z.at, z.end)]
	if len(in) == 0 && z.stored > 0 {
		z.endEarly()
		return n
	}
	m := copy(b[n:len(b)-Slack], in[:min(z.stored, len(in))])
	z.at += m
	z.stored -= m
	if z.stored == 0 {
		z.endBlock()
	}
	return n + m
}
