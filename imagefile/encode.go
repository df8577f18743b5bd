package imagefile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
)

// ErrPalette says that a palette, or an index into it, cannot be written.
var ErrPalette = errors.New("bad palette")

const (
	pngSignature  = "\x89PNG\r\n\x1a\n"
	maxSide       = math.MaxInt32 // of PNG, the format with the largest
	maxPaletteLen = 256
)

// encodePNG writes a PNG of an image that is in memory.
func encodePNG(ctx context.Context, w io.Writer, m *image.Paletted, o EncodeOptions) error {
	return encodeBanded(ctx, w, bandOf(m), o)
}

// encodeBanded writes a PNG. A tiny one may be smaller without the best compression,
// whose codes take room before they save any.
func encodeBanded(ctx context.Context, w io.Writer, m *Banded, o EncodeOptions) error {
	if o.Compression != BestCompression || newScanlines(m.Size, m.Palette).length > fewBytes {
		return encodeOnce(ctx, w, m, o)
	}
	whole, err := m.Gather(ctx)
	if err != nil {
		return err
	}
	var smallest []byte
	for _, o.Compression = range []Compression{BestCompression, DefaultCompression, FastCompression} {
		var b bytes.Buffer
		if err := encodeOnce(ctx, &b, bandOf(whole), o); err != nil {
			return err
		}
		if smallest == nil || b.Len() < len(smallest) {
			smallest = b.Bytes()
		}
	}
	_, err = w.Write(smallest)
	return err
}

func encodeOnce(ctx context.Context, w io.Writer, m *Banded, o EncodeOptions) error {
	lines, err := planScanlines(ctx, m, o)
	if err != nil {
		return err
	}
	c := &chunkWriter{w: w}
	c.writeString(pngSignature)
	c.writeChunk("IHDR", header(m.Size, lines.depth))
	c.writeMetadataBefore(o.Metadata)
	plte, trns := paletteChunks(lines.inOrder())
	c.writeChunk("PLTE", plte)
	if len(trns) > 0 {
		c.writeChunk("tRNS", trns)
	}
	c.writeMetadataAfter(o.Metadata)
	if c.err != nil {
		return c.err
	}
	err = deflate(ctx, m, lines, o, func(part []byte) error {
		c.writeChunk("IDAT", part)
		return c.err
	})
	if err != nil {
		return err
	}
	c.writeChunk("IEND", nil)
	return c.err
}

// checkPaletted refuses what no format can say, and pixels that are not there.
func checkPaletted(m *image.Paletted) error {
	if err := checkPalettedAs(m.Rect.Size(), m.Palette); err != nil {
		return err
	}
	return checkPix(m)
}

func checkPalettedAs(size image.Point, p color.Palette) error {
	if size.X <= 0 || size.Y <= 0 {
		return fmt.Errorf("%w: it is %dx%d", ErrNoPixels, size.X, size.Y)
	}
	if size.X > maxSide || size.Y > maxSide {
		return fmt.Errorf("%w: it is %dx%d, sides can be at most %d",
			ErrTooManyPixels, size.X, size.Y, maxSide)
	}
	if n := len(p); n < 1 || n > maxPaletteLen {
		return fmt.Errorf("%w: %d colors, want 1 to %d", ErrPalette, n, maxPaletteLen)
	}
	return nil
}

// checkPix refuses an image that is not empty and has fewer pixels than its size says.
func checkPix(m *image.Paletted) error {
	width, height := m.Rect.Dx(), m.Rect.Dy()
	need := mul(int64(height-1), int64(m.Stride)) + int64(width)
	if m.Stride < width || int64(len(m.Pix)) < need {
		return fmt.Errorf("%w: %d indices with stride %d for %dx%d", ErrNoPixels, len(m.Pix), m.Stride, width, height)
	}
	return nil
}

// checkIndices refuses an index outside of the palette.
func checkIndices(m *image.Paletted) error {
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride:][:m.Rect.Dx()]
		if x := indexNotBelow(row, len(m.Palette)); x >= 0 {
			return badIndex(row[x], x, y, len(m.Palette))
		}
	}
	return nil
}

// header returns the content of IHDR.
func header(size image.Point, depth int) []byte {
	const (
		colorTypeIndexed = 3
		methods          = "\x00\x00\x00" // compression, filter, no interlace
	)
	b := binary.BigEndian.AppendUint32(nil, uint32(size.X))
	b = binary.BigEndian.AppendUint32(b, uint32(size.Y))
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
