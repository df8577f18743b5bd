package countsfile

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"

	"kompress/quantize"

	"github.com/klauspost/compress/flate"
)

// Decode reads a file. Besides the 8 bytes of each colour it takes an eighth of that while
// it reads, and not more than 8 times what those need that were read, whatever the header
// says.
func Decode(ctx context.Context, r io.Reader) (*File, error) {
	d := &decoder{ctx: ctx, r: bufio.NewReaderSize(r, 16<<10), inflate: flate.NewReader(nil)}
	f, err := d.file()
	var wrong contentError
	if errors.As(err, &wrong) && !d.checksumHolds() {
		return nil, ErrChecksum // of which all else follows
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// A contentError is of what cannot be in a file that is as it was written.
type contentError struct{ error }

func contentErrorf(format string, args ...any) error {
	return contentError{fmt.Errorf("counts file is wrong: "+format, args...)}
}

type decoder struct {
	ctx     context.Context
	r       *bufio.Reader
	sum     uint32 // CRC-32C of what was read
	inflate io.ReadCloser

	next         uint64 // the least key that can follow
	colors       uint64 // that the header says
	keys         []quantize.Key
	counts       []uint32
	packed, raw  []byte
	packedReader bytes.Reader
}

// read fills p.
func (d *decoder) read(p []byte) error {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	n, err := io.ReadFull(d.r, p)
	d.sum = crc32.Update(d.sum, castagnoli, p[:n])
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrTruncated
	}
	return err
}

// checksumHolds reads on to the end. A CRC of what ends in its own CRC is one number.
func (d *decoder) checksumHolds() bool {
	const itself = 0x48674bc7
	piece := make([]byte, 16<<10)
	for {
		n, err := d.r.Read(piece)
		d.sum = crc32.Update(d.sum, castagnoli, piece[:n])
		if err != nil || d.ctx.Err() != nil {
			return d.sum == itself
		}
	}
}

func (d *decoder) file() (*File, error) {
	f, pixels, err := d.header()
	if err != nil {
		return nil, err
	}
	for {
		last, err := d.block()
		if err != nil {
			return nil, err
		}
		if last {
			break
		}
	}
	if err := d.end(); err != nil {
		return nil, err
	}
	if uint64(len(d.keys)) != d.colors {
		return nil, contentErrorf("got %d colors, want %d", len(d.keys), d.colors)
	}
	if f.Counts, err = quantize.NewSum(d.keys, d.counts, pixels); err != nil {
		return nil, contentErrorf("%w", err)
	}
	if err := f.check(); err != nil {
		return nil, contentErrorf("%w", err)
	}
	return f, nil
}

func (d *decoder) header() (f *File, pixels uint64, err error) {
	var h [headerLen]byte
	if err := d.read(h[:len(magic)]); err != nil || string(h[:len(magic)]) != magic {
		if err == nil || errors.Is(err, ErrTruncated) {
			err = ErrFormat
		}
		return nil, 0, err
	}
	rest := h[len(magic):]
	if err := d.read(rest[:4]); err != nil {
		return nil, 0, err
	}
	made, flags := binary.LittleEndian.Uint16(rest), binary.LittleEndian.Uint16(rest[2:])
	switch {
	case made == 0:
		return nil, 0, contentErrorf("got version 0, want %d", version)
	case made > version:
		return nil, 0, fmt.Errorf("%w: got version %d, want %d", ErrNewer, made, version)
	case flags&^flagConverted != 0:
		return nil, 0, fmt.Errorf("%w: got flags %#x, want 0 or %d", ErrNewer, flags, flagConverted)
	}
	if err := d.read(rest[4:]); err != nil {
		return nil, 0, err
	}
	pixels, images := binary.LittleEndian.Uint64(rest[4:]), binary.LittleEndian.Uint64(rest[12:])
	d.colors = binary.LittleEndian.Uint64(rest[20:])
	if d.colors > MaxColors || d.colors > pixels {
		return nil, 0, contentErrorf("got %d colors of %d pixels, want at most as many and %d", d.colors, pixels, MaxColors)
	}
	return &File{Images: images, Converted: flags&flagConverted != 0}, pixels, nil
}

// block reads one, and says whether it was the last, that of no colours.
func (d *decoder) block() (last bool, err error) {
	var head [8]byte
	if err := d.read(head[:]); err != nil {
		return false, err
	}
	colors, length := binary.LittleEndian.Uint32(head[:]), binary.LittleEndian.Uint32(head[4:])
	switch {
	case colors == 0 && length == 0:
		return true, nil
	case colors == 0 || colors > blockColors || length > maxBlock:
		return false, contentErrorf("got a block of %d colors in %d bytes, want at most %d in %d", colors, length, blockColors, maxBlock)
	case uint64(colors) > d.colors-uint64(len(d.keys)):
		return false, contentErrorf("got more colors than %d", d.colors)
	}
	d.packed = slices.Grow(d.packed[:0], int(length))[:length]
	if err := d.read(d.packed); err != nil {
		return false, err
	}
	most := int(colors) * maxRaw
	d.raw = slices.Grow(d.raw[:0], most+1)[:most+1]
	raw, err := d.unpack()
	if err != nil {
		return false, err
	}
	return false, d.take(int(colors), raw)
}

// unpack inflates a block, which has to be shorter than the place for it.
func (d *decoder) unpack() ([]byte, error) {
	d.packedReader.Reset(d.packed)
	if err := d.inflate.(flate.Resetter).Reset(&d.packedReader, nil); err != nil {
		return nil, err
	}
	for n := 0; n < len(d.raw); {
		m, err := d.inflate.Read(d.raw[n:])
		n += m
		switch {
		case err == nil:
		case !errors.Is(err, io.EOF):
			return nil, contentErrorf("a block does not inflate: %w", err)
		case d.packedReader.Len() > 0:
			return nil, contentErrorf("got %d bytes behind a block", d.packedReader.Len())
		default:
			return d.raw[:n], nil
		}
	}
	return nil, contentErrorf("got a block of more than %d bytes", len(d.raw)-1)
}

// grow makes place for so many colours, which are not more than the header says: for an
// eighth of those of the header, an eighth of that and so on, or for all. Append would have
// up to twice the memory while it moves them, and more than they need at the end.
func (d *decoder) grow(colors int) {
	const factor = 8
	if colors <= cap(d.keys) {
		return
	}
	n := int(d.colors)
	for n/factor >= colors {
		n /= factor
	}
	d.keys = append(make([]quantize.Key, 0, n), d.keys...)
	d.counts = append(make([]uint32, 0, n), d.counts...)
}

// take takes so many colours out of what a block has.
func (d *decoder) take(colors int, raw []byte) error {
	d.grow(len(d.keys) + colors)
	for range colors {
		v, n := binary.Uvarint(raw)
		if n <= 0 || v > math.MaxUint32 || d.next+v > math.MaxUint32 {
			return contentErrorf("got a color that is none")
		}
		d.keys = append(d.keys, quantize.Key(d.next+v))
		d.next += v + 1
		raw = raw[n:]
	}
	for range colors {
		v, n := binary.Uvarint(raw)
		if n <= 0 || v >= math.MaxUint32 {
			return contentErrorf("got a count that is none")
		}
		d.counts = append(d.counts, uint32(v+1))
		raw = raw[n:]
	}
	if len(raw) > 0 {
		return contentErrorf("got %d bytes more in a block", len(raw))
	}
	return nil
}

// end reads the checksum, behind which there is nothing.
func (d *decoder) end() error {
	want := d.sum
	var sum [4]byte
	if err := d.read(sum[:]); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(sum[:]) != want {
		return ErrChecksum
	}
	if _, err := d.r.ReadByte(); err == nil {
		return ErrTrailing
	} else if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}
