package tiff

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/image/ccitt"
	"golang.org/x/image/tiff/lzw"
)

// Values of Compression.
const (
	compressionNone     = 1
	compressionFax3     = 3
	compressionFax4     = 4
	compressionLZW      = 5
	compressionJPEG     = 7
	compressionDeflate  = 8
	compressionDeflate2 = 32946
	compressionPackBits = 32773
	compressionZstd     = 50000
)

// ratios has what compressions there are, and what they can gain at the most: deflate
// gives 258 bytes for two bits, LZW 4096 for twelve, PackBits 128 for two bytes.
// Zstandard gives a block of 128 KB for four bytes.
var ratios = map[uint64]int64{
	compressionNone:     1,
	compressionFax3:     1,
	compressionFax4:     1,
	compressionLZW:      4096*8/12 + 1,
	compressionJPEG:     1,
	compressionDeflate:  258 * 8 / 2,
	compressionDeflate2: 258 * 8 / 2,
	compressionPackBits: 128 / 2,
	compressionZstd:     128 << 10 / 4,
}

func (h *Header) fax() bool {
	return h.compression == compressionFax3 || h.compression == compressionFax4
}

// place returns where the bytes of a strip or tile are in the file, as it says, and the
// number that it has there.
func (h *Header) place(i int64) (number int64, at, n uint64) {
	if h.split <= 1 {
		return i, h.offsets[i], h.counts[i]
	}
	across, down := h.across(), h.down()
	plane, row, column := i/(across*down), i/across%down, i%across
	parts := int64(h.split)
	number = (plane*((down+parts-1)/parts)+row/parts)*across + column
	skipped := uint64(row % parts * h.chunkBytes())
	at, n = h.offsets[number], h.counts[number]
	return number, min(at, math.MaxInt64/2) + skipped, n - min(n, skipped)
}

// An input decompresses strips or tiles, one after the other, for one goroutine.
type input struct {
	h      *Header
	number int64     // of that in the file
	r      io.Reader // of its samples

	// What can be used again for the next one.
	buffer *bufio.Reader
	zlib   io.ReadCloser
	zstd   *zstd.Decoder
}

// section returns the bytes of a strip or tile as they are in the file.
func (in *input) section(i int64) (io.Reader, error) {
	h := in.h
	number, at, n := h.place(i)
	in.number = number
	if at > uint64(h.size) || n > uint64(h.size)-at {
		return nil, io.ErrUnexpectedEOF
	}
	r := io.NewSectionReader(h.dir.file.r, int64(at), int64(n))
	if h.fillOrder == 2 && h.compression != compressionJPEG {
		return reversed{r}, nil
	}
	return r, nil
}

// reversed gives bytes whose bits are in the other order.
type reversed struct{ r io.Reader }

func (r reversed) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	for i := range p[:n] {
		p[i] = bits.Reverse8(p[i])
	}
	return n, err
}

// open begins a strip or tile.
func (in *input) open(i int64) error {
	raw, err := in.section(i)
	if err != nil {
		return err
	}
	in.r = raw
	if in.h.compression == compressionNone {
		return nil
	}
	if in.buffer == nil {
		in.buffer = bufio.NewReaderSize(raw, 16<<10)
	}
	in.buffer.Reset(raw)
	in.r, err = in.decompressor()
	return err
}

// rows fills to with whole rows, those that come next.
func (in *input) rows(to []byte) error {
	if _, err := io.ReadFull(in.r, to); err != nil {
		return fmt.Errorf("strip or tile %d: %w", in.number, in.h.explained(noEOF(err)))
	}
	return in.h.undoPredictor(to)
}

func (in *input) decompressor() (io.Reader, error) {
	switch in.h.compression {
	case compressionFax3, compressionFax4:
		return in.h.faxReader(in.buffer)
	case compressionLZW:
		if b, _ := in.buffer.Peek(2); len(b) > 1 && b[0] == 0 && b[1]&1 == 1 {
			return nil, errors.New("LZW of the kind before TIFF 6.0 is not supported")
		}
		return lzw.NewReader(in.buffer, lzw.MSB, 8), nil
	case compressionPackBits:
		return &runs{r: in.buffer}, nil
	case compressionZstd:
		return in.openZstd()
	}
	return in.openZlib()
}

func (in *input) openZlib() (_ io.Reader, err error) {
	if in.zlib == nil {
		in.zlib, err = zlib.NewReader(in.buffer)
		return in.zlib, err
	}
	return in.zlib, in.zlib.(zlib.Resetter).Reset(in.buffer, nil)
}

func (in *input) openZstd() (_ io.Reader, err error) {
	if in.zstd == nil {
		in.zstd, err = zstd.NewReader(in.buffer, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		return in.zstd, err
	}
	return in.zstd, in.zstd.Reset(in.buffer)
}

// faxReader decodes fax. Its white is 0 in TIFF, whatever color that is declared to be.
func (h *Header) faxReader(raw io.Reader) (io.Reader, error) {
	kind := ccitt.Group4
	if h.compression == compressionFax3 {
		kind = ccitt.Group3
		if h.dir.Uint(tagT4Options, 0)&1 != 0 {
			return nil, errors.New("two-dimensional fax of group 3 is not supported")
		}
	}
	return ccitt.NewReader(raw, ccitt.MSB, kind, h.chunkWidth, ccitt.AutoDetectHeight, &ccitt.Options{Invert: true}), nil
}

// explained says why a fax cannot be decoded: the decoder takes no zeros before the end of
// a line, which T4Options announces.
func (h *Header) explained(err error) error {
	const fill = 4
	if h.compression == compressionFax3 && h.dir.Uint(tagT4Options, 0)&fill != 0 {
		return fmt.Errorf("fax of group 3 with fill bits is not supported: %w", err)
	}
	return err
}

// runs decodes PackBits.
type runs struct {
	r       *bufio.Reader
	left    int  // bytes of a run
	literal bool // they follow, else value is repeated
	value   byte
}

func (r *runs) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if r.left == 0 {
			if err := r.next(); err != nil {
				return n, err
			}
			continue
		}
		part := p[n:min(len(p), n+r.left)]
		if r.literal {
			if _, err := io.ReadFull(r.r, part); err != nil {
				return n, noEOF(err)
			}
		} else {
			for i := range part {
				part[i] = r.value
			}
		}
		r.left -= len(part)
		n += len(part)
	}
	return n, nil
}

// next begins a run.
func (r *runs) next() error {
	b, err := r.r.ReadByte()
	if err != nil {
		return err
	}
	count := int(int8(b))
	switch {
	case count == -128: // nothing
		return nil
	case count >= 0:
		r.literal, r.left = true, count+1
		return nil
	}
	r.literal, r.left = false, 1-count
	r.value, err = r.r.ReadByte()
	return noEOF(err)
}

// undoPredictor turns differences back to samples, row by row.
func (h *Header) undoPredictor(b []byte) error {
	if h.predictor == 1 {
		return nil
	}
	row := int(h.rowBytes())
	for ; len(b) >= row; b = b[row:] {
		if h.predictor == 3 {
			h.sumFloats(b[:row])
		} else {
			h.sum(b[:row])
		}
	}
	return nil
}

// sum adds to each sample that of the pixel before.
func (h *Header) sum(row []byte) {
	n := h.inChunk()
	switch h.bits {
	case 8:
		for i := n; i < len(row); i++ {
			row[i] += row[i-n]
		}
	case 16:
		for i := 2 * n; i+2 <= len(row); i += 2 {
			h.dir.file.order.PutUint16(row[i:], h.dir.file.order.Uint16(row[i:])+h.dir.file.order.Uint16(row[i-2*n:]))
		}
	case 32:
		for i := 4 * n; i+4 <= len(row); i += 4 {
			h.dir.file.order.PutUint32(row[i:], h.dir.file.order.Uint32(row[i:])+h.dir.file.order.Uint32(row[i-4*n:]))
		}
	}
}

// sumFloats undoes the predictor of floating-point numbers: a row has first the highest
// bytes of all samples, then the next ones, and all as differences. It leaves the
// samples in the byte order of the file.
func (h *Header) sumFloats(row []byte) {
	n := h.inChunk()
	for i := n; i < len(row); i++ {
		row[i] += row[i-n]
	}
	size := h.bits / 8
	samples := len(row) / size
	planes := bytes.Clone(row)
	for i := range samples {
		for j := range size {
			to := j
			if h.dir.file.order == binary.ByteOrder(binary.LittleEndian) {
				to = size - 1 - j
			}
			row[i*size+to] = planes[j*samples+i]
		}
	}
}
