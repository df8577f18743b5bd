package imagefile

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
)

// ErrPalette says that a palette, or an index into it, does not fit a PNG.
var ErrPalette = errors.New("bad palette")

const (
	pngSignature  = "\x89PNG\r\n\x1a\n"
	maxPNGSide    = math.MaxInt32
	maxPaletteLen = 256
)

// EncodePNG writes m to w as an indexed PNG with the fewest bits for each
// pixel that its palette allows. It compresses on all processors; what it
// writes does not depend on how many there are.
//
// An index outside of the palette is an error, found when part of the file
// may have been written. A done ctx ends the work with ctx.Err().
func EncodePNG(ctx context.Context, w io.Writer, m *image.Paletted) error {
	if err := checkPaletted(m); err != nil {
		return fmt.Errorf("cannot encode PNG: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	lines := newScanlines(m)
	c := &chunkWriter{w: w}
	c.writeString(pngSignature)
	c.writeChunk("IHDR", header(m.Rect, lines.depth))
	plte, trns := paletteChunks(m.Palette)
	c.writeChunk("PLTE", plte)
	if len(trns) > 0 {
		c.writeChunk("tRNS", trns)
	}
	if c.err != nil {
		return c.err
	}
	err := deflate(ctx, lines, func(part []byte) error {
		c.writeChunk("IDAT", part)
		return c.err
	})
	if err != nil {
		return err
	}
	c.writeChunk("IEND", nil)
	return c.err
}

// checkPaletted refuses what PNG cannot say, and pixels that are not there.
func checkPaletted(m *image.Paletted) error {
	width, height := m.Rect.Dx(), m.Rect.Dy()
	if width <= 0 || height <= 0 {
		return fmt.Errorf("%w: it is %dx%d", ErrNoPixels, width, height)
	}
	if width > maxPNGSide || height > maxPNGSide {
		return fmt.Errorf("%w: it is %dx%d, sides can be at most %d",
			ErrTooManyPixels, width, height, maxPNGSide)
	}
	if n := len(m.Palette); n < 1 || n > maxPaletteLen {
		return fmt.Errorf("%w: %d colors, want 1 to %d", ErrPalette, n, maxPaletteLen)
	}
	if need := mul(int64(height-1), int64(m.Stride)) + int64(width); m.Stride < width || int64(len(m.Pix)) < need {
		return fmt.Errorf("%w: %d indices with stride %d for %dx%d", ErrNoPixels, len(m.Pix), m.Stride, width, height)
	}
	return nil
}

// header returns the content of IHDR.
func header(r image.Rectangle, depth int) []byte {
	const (
		colorTypeIndexed = 3
		methods          = "\x00\x00\x00" // compression, filter, no interlace
	)
	b := binary.BigEndian.AppendUint32(nil, uint32(r.Dx()))
	b = binary.BigEndian.AppendUint32(b, uint32(r.Dy()))
	b = append(b, byte(depth), colorTypeIndexed)
	return append(b, methods...)
}

// paletteChunks returns the contents of PLTE and of tRNS, which ends with the
// last entry that is not opaque: the others are opaque without it.
func paletteChunks(p color.Palette) (plte, trns []byte) {
	last := 0
	for i, entry := range p {
		c := color.NRGBAModel.Convert(entry).(color.NRGBA)
		plte = append(plte, c.R, c.G, c.B)
		trns = append(trns, c.A)
		if c.A != 0xff {
			last = i + 1
		}
	}
	return plte, trns[:last]
}
