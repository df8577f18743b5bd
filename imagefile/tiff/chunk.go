package tiff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
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

// raw reads the bytes of a strip or tile as they are in the file. They decompress to
// length bytes.
func (h *Header) raw(i int64, length int) ([]byte, error) {
	at, n := h.offsets[i], h.counts[i]
	if at > uint64(h.size) || n > uint64(h.size)-at {
		return nil, io.ErrUnexpectedEOF
	}
	if h.compression == compressionNone {
		n = min(n, uint64(length))
	}
	b := make([]byte, n)
	if _, err := h.dir.file.r.ReadAt(b, int64(at)); err != nil {
		return nil, noEOF(err)
	}
	if h.fillOrder == 2 && h.compression != compressionJPEG {
		for i := range b {
			b[i] = bits.Reverse8(b[i])
		}
	}
	return b, nil
}

// chunk fills to, whole rows of a strip or tile, with what it decompresses to.
func (h *Header) chunk(i int64, to []byte) error {
	raw, err := h.raw(i, len(to))
	if err != nil {
		return err
	}
	r, err := h.decompressor(raw, len(to))
	if err != nil {
		return err
	}
	if _, err := io.ReadFull(r, to); err != nil {
		return fmt.Errorf("strip or tile %d: %w", i, h.explained(noEOF(err)))
	}
	return h.undoPredictor(to)
}

func (h *Header) decompressor(raw []byte, n int) (io.Reader, error) {
	switch h.compression {
	case compressionFax3, compressionFax4:
		return h.faxReader(raw)
	case compressionLZW:
		if len(raw) > 1 && raw[0] == 0 && raw[1]&1 == 1 {
			return nil, errors.New("LZW of the kind before TIFF 6.0 is not supported")
		}
		return lzw.NewReader(bytes.NewReader(raw), lzw.MSB, 8), nil
	case compressionDeflate, compressionDeflate2:
		return zlib.NewReader(bytes.NewReader(raw))
	case compressionPackBits:
		b, err := unpackRuns(raw, n)
		return bytes.NewReader(b), err
	case compressionZstd:
		z, err := zstd.NewReader(bytes.NewReader(raw), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	}
	return bytes.NewReader(raw), nil
}

// faxReader decodes fax. Its white is 0 in TIFF, whatever color that is declared to be.
func (h *Header) faxReader(raw []byte) (io.Reader, error) {
	kind := ccitt.Group4
	if h.compression == compressionFax3 {
		kind = ccitt.Group3
		if h.dir.Uint(tagT4Options, 0)&1 != 0 {
			return nil, errors.New("two-dimensional fax of group 3 is not supported")
		}
	}
	return ccitt.NewReader(bytes.NewReader(raw), ccitt.MSB, kind, h.chunkWidth, ccitt.AutoDetectHeight, &ccitt.Options{Invert: true}), nil
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

// unpackRuns decodes PackBits to n bytes, or fewer if there are no more.
func unpackRuns(b []byte, n int) ([]byte, error) {
	to := make([]byte, 0, n)
	for len(b) > 1 && len(to) < n {
		count := int(int8(b[0]))
		switch {
		case count == -128:
			b = b[1:]
		case count < 0:
			to = append(to, bytes.Repeat(b[1:2], 1-count)...)
			b = b[2:]
		case count+2 > len(b):
			return nil, io.ErrUnexpectedEOF
		default:
			to = append(to, b[1:count+2]...)
			b = b[count+2:]
		}
	}
	return to[:min(len(to), n)], nil
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
