package imagefile

import (
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"math"
	"math/bits"
)

// Each function here is a format.least: a lower bound on the length of a
// complete file that codes c.Width x c.Height pixels.

const (
	// A deflate stream gives its longest match, 258 bytes, for no less
	// than two bits: one for the length code and one for the distance.
	maxDeflateRatio = 258 * 8 / 2

	// LZW codes in GIF have at most 12 bits, and each stands for
	// a string at most one longer than the one before it, so for no more
	// than 1<<12 bytes. With n bits in place of 12 the ratio is lower.
	maxLZWRatio = (1<<12)*8/12 + 1
)

// leastPNG: the rows, each with its filter byte, are one deflate stream. An
// interlaced image has at least as many rows and bytes.
func leastPNG(r io.ReaderAt, _ int64, c image.Config) (int64, error) {
	const depthOffset, colorTypeOffset = 24, 25
	var b [2]byte
	if _, err := r.ReadAt(b[:], depthOffset); err != nil {
		return 0, err
	}
	channels := map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[b[colorTypeOffset-depthOffset]]
	row := ceilDiv(int64(c.Width)*channels*int64(b[0]), 8) + 1
	return mul(row, int64(c.Height)) / maxDeflateRatio, nil
}

// leastJPEG: a Huffman code has at least one bit, and every 8x8 block of the
// first component has one for its DC coefficient, in progressive files too.
// That component has the full resolution in all subsamplings the decoder
// knows. Runs of empty blocks code only AC coefficients.
func leastJPEG(_ io.ReaderAt, _ int64, c image.Config) (int64, error) {
	return ceilDiv(int64(c.Width), 8) * ceilDiv(int64(c.Height), 8) / 8, nil
}

// leastWebP gives no bound, since lossless files code a plain picture of any size in
// some bytes. But no frame has a side over 1<<14, a still one fills the canvas, and the
// first of an animation must fill some of it. And a RIFF chunk longer than the file,
// which the decoder would allocate, is truncated.
func leastWebP(r io.ReaderAt, size int64, c image.Config) (int64, error) {
	w := &window{r: r, size: size}
	head := w.peek(0, riffHeaderLen)
	if head == nil {
		return 0, nil // the decoder will find out
	}
	least := int64(binary.LittleEndian.Uint32(head[4:])) + 8
	if c.Width > webpMaxSide || c.Height > webpMaxSide {
		return 0, fmt.Errorf("%w: a WebP canvas of %dx%d, sides can be at most %d",
			ErrTruncated, c.Width, c.Height, webpMaxSide)
	}
	if _, animated := animatedCanvas(w); animated {
		f, err := firstWebPFrame(w)
		if err != nil {
			return 0, fmt.Errorf("%w: %w", ErrTruncated, err)
		}
		return least, checkScreen(f.place.Size(), c)
	}
	return least, nil
}

func ceilDiv(a, b int64) int64 { return (a + b - 1) / b }

// mul multiplies non-negative numbers, to the largest int64 on overflow.
func mul(a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 || lo > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(lo)
}
