package imagefile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image/png"
	"io"
)

// What image/png says of such files, too.
const (
	errChunkOrder  = png.FormatError("chunk out of order")
	errChunkSum    = png.FormatError("invalid checksum")
	errFewPixels   = png.FormatError("not enough pixel data")
	errManyPixels  = png.FormatError("too much pixel data")
	errFilter      = png.FormatError("bad filter type")
	errPaletteSize = png.FormatError("bad PLTE length")
	errKeySize     = png.FormatError("bad tRNS length")
)

// A chunkReader reads a PNG's chunks and verifies their checksums. As an io.Reader it
// gives what is in the IDAT chunks.
type chunkReader struct {
	r    io.Reader
	err  error // the first one
	sum  uint32
	kind string
	left uint32 // bytes of the current chunk
}

// fail keeps an error. That there is no more to read is too early for everything here.
func (c *chunkReader) fail(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if c.err == nil {
		c.err = err
	}
	return c.err
}

// next begins a chunk.
func (c *chunkReader) next() error {
	var b [8]byte
	if _, err := io.ReadFull(c.r, b[:]); err != nil {
		return c.fail(err)
	}
	c.left, c.kind = binary.BigEndian.Uint32(b[:]), string(b[4:])
	c.sum = crc32.ChecksumIEEE(b[4:])
	return nil
}

// body reads from the current chunk.
func (c *chunkReader) body(p []byte) (int, error) {
	n, err := c.r.Read(p[:min(int64(len(p)), int64(c.left))])
	c.sum = crc32.Update(c.sum, crc32.IEEETable, p[:n])
	c.left -= uint32(n)
	if err != nil {
		return n, c.fail(err)
	}
	return n, nil
}

// all reads the rest of a small chunk.
func (c *chunkReader) all() ([]byte, error) {
	b := make([]byte, c.left)
	for got := b; len(got) > 0; {
		n, err := c.body(got)
		if err != nil {
			return nil, err
		}
		got = got[n:]
	}
	return b, nil
}

// end skips the rest of the chunk and verifies its checksum.
func (c *chunkReader) end() error {
	if c.err != nil {
		return c.err
	}
	var skipped [4096]byte
	for c.left > 0 {
		if _, err := c.body(skipped[:]); err != nil {
			return err
		}
	}
	var sum [4]byte
	if _, err := io.ReadFull(c.r, sum[:]); err != nil {
		return c.fail(err)
	}
	if binary.BigEndian.Uint32(sum[:]) != c.sum {
		return c.fail(errChunkSum)
	}
	return nil
}

// Read gives what is in this IDAT chunk and those that follow it.
func (c *chunkReader) Read(p []byte) (int, error) {
	for c.left == 0 && c.kind == "IDAT" {
		if err := c.end(); err != nil {
			return 0, err
		}
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	if c.kind != "IDAT" {
		return 0, io.EOF
	}
	return c.body(p)
}

// finish goes on to the end of the file's last chunk. What is left in IDAT chunks is
// ignored.
func (c *chunkReader) finish() error {
	for {
		switch c.kind {
		case "IHDR", "PLTE", "tRNS":
			return errChunkOrder
		case "IDAT":
		case "IEND":
			if c.left != 0 {
				return png.FormatError("bad IEND length")
			}
			return c.end()
		default:
			if err := c.checkLength(); err != nil {
				return err
			}
		}
		if err := c.end(); err != nil {
			return err
		}
		if err := c.next(); err != nil {
			return err
		}
	}
}

// checkLength refuses lengths that no chunk can have.
func (c *chunkReader) checkLength() error {
	if c.left > 0x7fffffff {
		return png.FormatError(fmt.Sprintf("Bad chunk length: %d", c.left))
	}
	return nil
}
