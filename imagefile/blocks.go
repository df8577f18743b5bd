package imagefile

import (
	"bytes"
	"context"
	"hash/adler32"

	"github.com/klauspost/compress/flate"

	"kompress/imagefile/squeeze"
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

// A block is a range of the scanlines, to be compressed.
type block struct {
	from, to int64
	first    bool
	last     bool

	// What the block before ends with, and what this one does: each takes the first
	// before it gives the second. Both have room for it.
	before, after chan []byte

	done  chan struct{} // closed when what follows is known
	data  []byte
	bits  *squeeze.Bits // what follows data, or nil
	adler uint32        // of the range
	err   error
}

// A blockCompressor belongs to one worker, which keeps its buffers from one
// block to the next. What it makes of a block does not depend on those before.
type blockCompressor struct {
	lines   *lineMaker
	level   int
	room    int               // for what a block becomes
	raw     []byte            // windowSize bytes of the block before, and the block
	flate   *flate.Writer     // nil before the first block
	squeeze *squeeze.Deflater // nil but for the best compression
}

func newBlockCompressor(r *rowRing, o EncodeOptions) *blockCompressor {
	c := &blockCompressor{lines: newLineMaker(r), level: o.level(r.length)}
	c.raw = make([]byte, windowSize+min(o.blockSize(), r.length))
	if o.Compression == BestCompression {
		c.squeeze = new(squeeze.Deflater)
	}
	return c
}

// compress makes a block of the deflate stream.
func (c *blockCompressor) compress(ctx context.Context, b *block) {
	content := c.raw[windowSize:][:b.to-b.from]
	c.lines.fill(content, b.from)
	if !b.last {
		b.after <- bytes.Clone(content[len(content)-windowSize:])
	}
	dictionary := c.raw[windowSize:windowSize]
	if b.first {
		b.data = []byte(zlibHeader)
	} else {
		select {
		case before := <-b.before:
			dictionary = c.raw[:copy(c.raw, before)]
		case <-ctx.Done():
			b.err = ctx.Err()
			return
		}
	}
	b.adler = adler32.Checksum(content)
	if c.squeeze != nil {
		b.bits, b.err = c.squeeze.Compress(ctx, c.raw[windowSize-len(dictionary):][:len(dictionary)+len(content)], len(dictionary), b.last)
		return
	}
	// Most blocks are about as long as the one before.
	out := bytes.NewBuffer(append(make([]byte, 0, c.room), b.data...))
	b.err = c.deflate(out, dictionary, content, b.last)
	b.data = out.Bytes()
	c.room = out.Len() + out.Len()/4
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

func (o EncodeOptions) blockSize() int64 {
	if o.Compression == BestCompression {
		return squeezedSize
	}
	return blockSize
}

func (o EncodeOptions) level(length int64) int {
	if o.Compression == FastCompression {
		return fastLevel
	}
	return level(length)
}

func level(length int64) int {
	if length > longLines {
		return largeLevel
	}
	return smallLevel
}
