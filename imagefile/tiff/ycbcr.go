package tiff

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
)

// decodeYCbCr decodes blocks of subX x subY values of luma and two of color, to RGB:
// not all of them have a type in package image.
func (h *Header) decodeYCbCr(ctx context.Context) (image.Image, error) {
	m := image.NewRGBA(image.Rect(0, 0, h.Width, h.Height))
	b := make([]byte, h.chunkBytes())
	rowBytes := int(h.rowBytes())
	block := h.subX*h.subY + 2
	if h.subX*h.subY == 1 {
		block = 3
	}
	table := newYCbCrTable(h.dir)
	err := h.eachChunk(ctx, func(i int64, r image.Rectangle) error {
		bands := int(ceilDiv(h.rows(r), h.subY))
		if err := h.chunk(i, b[:bands*rowBytes]); err != nil {
			return err
		}
		for y := range r.Dy() {
			row := b[y/h.subY*rowBytes:]
			for x := range r.Dx() {
				c := row[x/h.subX*block:][:block]
				luma := c[y%h.subY*h.subX+x%h.subX]
				table.put(m.Pix[m.PixOffset(r.Min.X+x, r.Min.Y+y):], luma, c[block-2], c[block-1])
			}
		}
		return nil
	})
	return m, err
}

const (
	tagCoefficients = 529 // of red, green and blue in luma
	tagReference    = 532 // black and white of luma and both colors
)

// A yCbCrTable has what each value adds to a channel, in 1/65536.
type yCbCrTable struct {
	luma, crRed, cbGreen, crGreen, cbBlue [256]int32
}

func newYCbCrTable(d *Directory) *yCbCrTable {
	k := d.rationals(tagCoefficients, []float64{0.299, 0.587, 0.114})
	if !(k[1] > 0) {
		k = []float64{0.299, 0.587, 0.114}
	}
	ref := d.rationals(tagReference, []float64{0, 255, 128, 255, 128, 255})
	t := new(yCbCrTable)
	for i := range 256 {
		v := float64(i)
		cb, cr := scaled(v, ref[2], ref[3], 127), scaled(v, ref[4], ref[5], 127)
		t.luma[i] = fixed(scaled(v, ref[0], ref[1], 255)) + 1<<15
		t.crRed[i] = fixed(2 * (1 - k[0]) * cr)
		t.cbBlue[i] = fixed(2 * (1 - k[2]) * cb)
		t.crGreen[i] = fixed(-2 * (1 - k[0]) * k[0] / k[1] * cr)
		t.cbGreen[i] = fixed(-2 * (1 - k[2]) * k[2] / k[1] * cb)
	}
	return t
}

// scaled maps black to 0 and white to span.
func scaled(v, black, white, span float64) float64 {
	if white <= black {
		white = black + span
	}
	return (v - black) * span / (white - black)
}

// fixed keeps within what three of these can be added up without overflow.
func fixed(v float64) int32 { return int32(max(-8000, min(v, 8000)) * 65536) }

// rationals returns as many fractions as there are in absent, or that.
func (d *Directory) rationals(tag uint16, absent []float64) []float64 {
	b := d.Bytes(tag, 64)
	if d.entries[tag].Type != 5 || len(b) != 8*len(absent) {
		return absent
	}
	values := make([]float64, len(absent))
	for i := range values {
		n, of := d.file.order.Uint32(b[8*i:]), d.file.order.Uint32(b[8*i+4:])
		if of == 0 {
			return absent
		}
		values[i] = float64(n) / float64(of)
	}
	return values
}

func (t *yCbCrTable) put(pix []uint8, luma, cb, cr uint8) {
	y := t.luma[luma]
	pix[0] = clip(y + t.crRed[cr])
	pix[1] = clip(y + t.cbGreen[cb] + t.crGreen[cr])
	pix[2] = clip(y + t.cbBlue[cb])
	pix[3] = 255
}

func clip(v int32) uint8 { return uint8(max(0, min(v>>16, 255))) }

// checkJPEG refuses what the JPEG decoder, or its caller here, does not know.
func (h *Header) checkJPEG() error {
	if h.bits != 8 || h.planes != 1 || h.alpha != 0 || h.predictor != 1 || h.format != unsigned {
		return errors.New("JPEG of this kind is not supported in TIFF")
	}
	switch {
	case h.samples == 3 && (h.photometric == yCbCr || h.photometric == rgb):
	case h.samples == 1 && (h.photometric == blackIsZero || h.photometric == whiteIsZero):
	default:
		return fmt.Errorf("JPEG of %d samples is not supported in TIFF", h.samples)
	}
	// A block of 8 x 8 pixels has a bit at the least.
	blocks := mul(ceilDiv(h.Width, 8), ceilDiv(h.Height, 8))
	if n := h.claimed(); n < blocks/8 || n > h.size {
		return h.short()
	}
	return nil
}

// decodeJPEG decodes strips or tiles that are JPEG files but for the tables.
func (h *Header) decodeJPEG(ctx context.Context) (image.Image, error) {
	var m draw.Image = image.NewRGBA(image.Rect(0, 0, h.Width, h.Height))
	if h.samples == 1 {
		m = image.NewGray(m.Bounds())
	}
	const maxTables = 16 << 10 // of which four of each kind take 3 KB; each part needs them
	tables := h.dir.Bytes(tagJPEGTables, maxTables)
	err := h.eachChunk(ctx, func(i int64, r image.Rectangle) error {
		raw, err := h.raw(i, 0)
		if err != nil {
			return err
		}
		file := h.jpegFile(tables, raw)
		c, err := jpeg.DecodeConfig(bytes.NewReader(file))
		if err != nil {
			return err
		}
		if c.Width < r.Dx() || c.Height < r.Dy() || c.Width > h.chunkWidth+15 || c.Height > h.chunkHeight+15 {
			return fmt.Errorf("a strip or tile of %dx%d, wanted %dx%d", c.Width, c.Height, h.chunkWidth, h.chunkHeight)
		}
		part, err := jpeg.Decode(bytes.NewReader(file))
		if err != nil {
			return err
		}
		if c, ok := part.(*image.YCbCr); ok && h.Interpolate != nil {
			part = h.Interpolate(c)
		}
		draw.Draw(m, r, part, image.Point{}, draw.Src)
		return nil
	})
	if g, ok := m.(*image.Gray); ok && h.photometric == whiteIsZero {
		for i := range g.Pix {
			g.Pix[i] = ^g.Pix[i]
		}
	}
	return m, err
}

// jpegFile puts the tables, which are a file with no picture, before a picture with no
// tables, and says of RGB that it is that.
func (h *Header) jpegFile(tables, picture []byte) []byte {
	file := []byte{0xff, 0xd8}
	if h.photometric == rgb {
		file = append(file, "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"...)
	}
	if len(tables) > 4 {
		file = append(file, tables[2:len(tables)-2]...)
	}
	return append(file, picture[min(2, len(picture)):]...)
}
