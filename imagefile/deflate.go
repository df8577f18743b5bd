package imagefile

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/adler32"
	"slices"

	"github.com/klauspost/compress/flate"

	"kompress/imagefile/squeeze"
	"kompress/imagefile/workers"
)

const (
	// blockSize is fixed, so that the output is the same on any machine.
	blockSize = 256 << 10

	// squeezedSize takes some 20 MB a worker.
	squeezedSize = 512 << 10

	// windowSize is how far back deflate can refer. Each block is
	// compressed with as much of the one before it as its dictionary, so
	// little is lost by compressing blocks apart from each other.
	windowSize = 32 << 10

	// Level 6 takes two thirds of the time of 7 for a photo of 256 colors, and
	// makes it 4 % larger: about the size that zlib's level 9 gives, or 1 %
	// above. It is for images whose scanlines are longer than that; with
	// others nobody waits.
	largeLevel, smallLevel = 6, 7
	longLines              = 4 << 20

	fastLevel = 3

	// zlibHeader announces deflate with that window.
	zlibHeader = "\x78\x9c"
)

// deflate compresses the scanlines to one zlib stream and gives its parts to
// emit in order.
//
// Worker i of n compresses blocks i, i+n, i+2n and so on, and may be one
// block ahead of what was taken from it. That bounds the memory, and keeps
// the order without a queue.
func deflate(ctx context.Context, lines *scanlines, o EncodeOptions, emit func([]byte) error) error {
	blocks := ceilDiv(lines.size, o.blockSize())
	most := min(int64(o.workers()), blocks)
	var wg workers.Group
	// The image is the caller's again at return, so all workers must be gone
	// by then. This runs after cancel, which lets them go.
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make([]chan block, most)
	for i := range done {
		done[i] = make(chan block, 1)
		wg.Go(func() {
			whole := false
			defer func() {
				if !whole { // join would wait for what a panic has taken
					cancel()
				}
			}()
			compressor := newBlockCompressor(lines, o)
			for n := int64(i); n < blocks; n += most {
				select {
				case done[i] <- compressor.compress(ctx, n, n == blocks-1):
				case <-ctx.Done():
					return
				}
			}
			whole = true
		})
	}
	return join(ctx, done, blocks, emit)
}

// join takes the blocks in order and emits them as one zlib stream.
func join(ctx context.Context, done []chan block, blocks int64, emit func([]byte) error) error {
	sum := uint32(1) // the Adler-32 of nothing
	var squeezed squeeze.Bits
	for n := range blocks {
		// Select takes either when both are ready.
		if err := ctx.Err(); err != nil {
			return err
		}
		var b block
		select {
		case b = <-done[n%int64(len(done))]:
		case <-ctx.Done():
			return ctx.Err()
		}
		if b.err != nil {
			return b.err
		}
		sum = adlerCombine(sum, b.adler, b.size)
		part := b.data
		if b.bits != nil {
			squeezed.Append(b.bits)
			part = append(part, squeezed.Take()...)
		}
		if n == blocks-1 {
			part = append(part, squeezed.Finish()...)
			part = binary.BigEndian.AppendUint32(part, sum)
		}
		if err := emit(part); err != nil {
			return err
		}
	}
	return nil
}

// A block is a compressed range of the scanlines.
type block struct {
	data  []byte
	bits  *squeeze.Bits // what follows data, or nil
	size  int           // bytes before compression
	adler uint32        // of these
	err   error
}

// A blockCompressor belongs to one worker, which keeps its buffers from one
// block to the next. What it makes of a block does not depend on those before.
type blockCompressor struct {
	lines     lineMaker
	blockSize int64
	level     int
	raw       []byte            // the dictionary and the block
	flate     *flate.Writer     // nil before the first block
	squeeze   *squeeze.Deflater // nil but for the best compression
}

func newBlockCompressor(lines *scanlines, o EncodeOptions) *blockCompressor {
	c := &blockCompressor{lines: lineMaker{scanlines: lines}, blockSize: o.blockSize(), level: o.level(lines.size)}
	if o.Compression == BestCompression {
		c.squeeze = new(squeeze.Deflater)
	}
	return c
}

// compress makes block n of the deflate stream.
func (c *blockCompressor) compress(ctx context.Context, n int64, last bool) block {
	start := n * c.blockSize
	end := min(start+c.blockSize, c.lines.size)
	from := max(start-windowSize, 0)
	c.raw = slices.Grow(c.raw[:0], int(end-from))[:end-from]
	if err := c.lines.fill(c.raw, from); err != nil {
		return block{err: err}
	}
	dictionary, content := c.raw[:start-from], c.raw[start-from:]
	b := block{size: len(content), adler: adler32.Checksum(content)}
	if n == 0 {
		b.data = []byte(zlibHeader)
	}
	if c.squeeze != nil {
		b.bits, b.err = c.squeeze.Compress(ctx, c.raw, len(dictionary), last)
		return b
	}
	out := bytes.NewBuffer(b.data)
	b.err = c.deflate(out, dictionary, content, last)
	b.data = out.Bytes()
	return b
}

func (o EncodeOptions) blockSize() int64 {
	if o.Compression == BestCompression {
		return squeezedSize
	}
	return blockSize
}

func (o EncodeOptions) level(size int64) int {
	if o.Compression == FastCompression {
		return fastLevel
	}
	return level(size)
}

func level(size int64) int {
	if size > longLines {
		return largeLevel
	}
	return smallLevel
}

// deflate ends on a byte boundary, so that the blocks can be put one after the other.
func (c *blockCompressor) deflate(out *bytes.Buffer, dictionary, content []byte, last bool) error {
	if c.flate == nil {
		w, err := flate.NewWriter(nil, c.level)
		if err != nil {
			return err
		}
		c.flate = w
	}
	c.flate.ResetDict(out, dictionary)
	if _, err := c.flate.Write(content); err != nil {
		return err
	}
	if last {
		return c.flate.Close()
	}
	return c.flate.Flush()
}
