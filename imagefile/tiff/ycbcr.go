package tiff

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"io"

	"kompress/imagefile/bands"
)

// A yCbCrPainter paints blocks of subX x subY values of luma and two of color, in RGB:
// not all of them have a type in package image.
type yCbCrPainter struct {
	h     *Header
	in    *input
	table *yCbCrTable
	row   []byte // of blocks
}

func newYCbCrPainter(h *Header) *yCbCrPainter {
	return &yCbCrPainter{h: h, in: &input{h: h}, table: newYCbCrTable(h.dir), row: make([]byte, h.rowBytes())}
}

func (p *yCbCrPainter) open(i int64) error { return p.in.open(i) }

func (p *yCbCrPainter) paint(to bands.Raster, r image.Rectangle) error {
	for y := range r.Dy() {
		if y%p.h.subY == 0 {
			if err := p.in.rows(p.row); err != nil {
				return err
			}
		}
		p.line(to.At(r.Min.X, r.Min.Y+y, r.Dx()), y%p.h.subY)
	}
	return nil
}

// line puts the pixels of one line of a row of blocks.
func (p *yCbCrPainter) line(pix []uint8, y int) {
	subX := p.h.subX
	size := subX*p.h.subY + 2
	for x := 0; len(pix) > 0; x, pix = x+1, pix[4:] {
		block := p.row[x/subX*size:][:size]
		p.table.put(pix, block[y*subX+x%subX], block[size-2], block[size-1])
	}
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

// A jpegPainter paints strips or tiles that are JPEG files but for the tables.
type jpegPainter struct {
	h      *Header
	in     *input
	tables []byte
	part   image.Image
	top    int // row of part that comes next
}

func newJPEGPainter(h *Header) *jpegPainter {
	const maxTables = 16 << 10 // of which four of each kind take 3 KB; each part needs them
	return &jpegPainter{h: h, in: &input{h: h}, tables: h.dir.Bytes(tagJPEGTables, maxTables)}
}

func (p *jpegPainter) open(i int64) error {
	section, err := p.in.section(i)
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(section)
	if err != nil {
		return err
	}
	file := p.h.jpegFile(p.tables, raw)
	c, err := jpeg.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		return err
	}
	size := p.h.chunkRect(i).Size()
	if c.Width < size.X || c.Height < size.Y || c.Width > p.h.chunkWidth+15 || c.Height > p.h.chunkHeight+15 {
		return fmt.Errorf("a strip or tile of %dx%d, wanted %dx%d", c.Width, c.Height, p.h.chunkWidth, p.h.chunkHeight)
	}
	p.top = 0
	if p.part, err = jpeg.Decode(bytes.NewReader(file)); err != nil {
		return err
	}
	if c, ok := p.part.(*image.YCbCr); ok && p.h.Interpolate != nil {
		p.part = p.h.Interpolate(c)
	}
	return nil
}

func (p *jpegPainter) paint(to bands.Raster, r image.Rectangle) error {
	draw.Draw(to.Image().(draw.Image), r, p.part, image.Pt(0, p.top), draw.Src)
	p.top += r.Dy()
	if p.h.photometric == whiteIsZero {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			pix := to.At(r.Min.X, y, r.Dx())
			for i := range pix {
				pix[i] = ^pix[i]
			}
		}
	}
	return nil
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
