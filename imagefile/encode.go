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

// encodePNG writes a PNG. A tiny one may be smaller without the best compression, whose
// codes take room before they save any.
func encodePNG(ctx context.Context, w io.Writer, m *image.Paletted, o EncodeOptions) error {
	if o.Compression != BestCompression || newScanlines(m).size > fewBytes {
		return encodePNGOnce(ctx, w, m, o)
	}
	var smallest []byte
	for _, o.Compression = range []Compression{BestCompression, DefaultCompression, FastCompression} {
		var b bytes.Buffer
		if err := encodePNGOnce(ctx, &b, m, o); err != nil {
			return err
		}
		if smallest == nil || b.Len() < len(smallest) {
			smallest = b.Bytes()
		}
	}
	_, err := w.Write(smallest)
	return err
}

func encodePNGOnce(ctx context.Context, w io.Writer, m *image.Paletted, o EncodeOptions) error {
	lines, err := planScanlines(ctx, m, o)
	if err != nil {
		return err
	}
	c := &chunkWriter{w: w}
	c.writeString(pngSignature)
	c.writeChunk("IHDR", header(m.Rect, lines.depth))
	c.writeMetadataBefore(o.Metadata)
	plte, trns := paletteChunks(lines.palette())
	c.writeChunk("PLTE", plte)
	if len(trns) > 0 {
		c.writeChunk("tRNS", trns)
	}
	c.writeMetadataAfter(o.Metadata)
	if c.err != nil {
		return c.err
	}
	err = deflate(ctx, lines, o, func(part []byte) error {
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
	width, height := m.Rect.Dx(), m.Rect.Dy()
	if width <= 0 || height <= 0 {
		return fmt.Errorf("%w: it is %dx%d", ErrNoPixels, width, height)
	}
	if width > maxSide || height > maxSide {
		return fmt.Errorf("%w: it is %dx%d, sides can be at most %d",
			ErrTooManyPixels, width, height, maxSide)
	}
	if n := len(m.Palette); n < 1 || n > maxPaletteLen {
		return fmt.Errorf("%w: %d colors, want 1 to %d", ErrPalette, n, maxPaletteLen)
	}
	if need := mul(int64(height-1), int64(m.Stride)) + int64(width); m.Stride < width || int64(len(m.Pix)) < need {
		return fmt.Errorf("%w: %d indices with stride %d for %dx%d", ErrNoPixels, len(m.Pix), m.Stride, width, height)
	}
	return nil
}

// checkIndices refuses an index outside of the palette.
func checkIndices(m *image.Paletted) error {
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride:][:m.Rect.Dx()]
		if x := indexNotBelow(row, len(m.Palette)); x >= 0 {
			return badIndex(m, x, y)
		}
	}
	return nil
}

func badIndex(m *image.Paletted, x, y int) error {
	return fmt.Errorf("%w: index %d at (%d, %d), there are %d colors", ErrPalette,
		m.Pix[y*m.Stride+x], m.Rect.Min.X+x, m.Rect.Min.Y+y, len(m.Palette))
}

// indexNotBelow returns where the first index is that is not below n, or -1.
func indexNotBelow(indices []uint8, n int) int {
	if n >= maxPaletteLen {
		return -1
	}
	for x, v := range indices {
		if int(v) >= n {
			return x
		}
	}
	return -1
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
