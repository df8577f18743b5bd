package imagefile

import (
	"context"
	"errors"
	"image"
	"image/color"
	"io"
	"math"

	"kompress/imagefile/heif"
)

// heifConfig reads what the meta box declares.
func heifConfig(r io.Reader) (image.Config, error) {
	h, err := itemsOf(r)
	if err != nil {
		return image.Config{}, err
	}
	if h.coding() == "" {
		return image.Config{}, errors.New("its picture is neither HEVC nor AV1")
	}
	width, height := h.size()
	return image.Config{Width: width, Height: height, ColorModel: color.NRGBAModel}, nil
}

func itemsOf(r io.Reader) (*heifItems, error) {
	s, ok := r.(*source)
	if !ok {
		return nil, errors.New("only open files can be decoded")
	}
	return readItems(&window{r: s, size: s.size})
}

// leastHEIF: a plain block of 64 x 64 pixels can take less than a bit, but a large
// picture of nothing else is damage, or a way for a few bytes to ask for gigabytes.
func leastHEIF(_ io.ReaderAt, _ int64, c image.Config) (int64, error) {
	const block = 64 * 64
	pixels := mul(int64(c.Width), int64(c.Height))
	if pixels <= emptyScreen {
		return 0, nil
	}
	return pixels / block, nil
}

// maxHEIF is the largest file for the decoders, which hold all of it.
const maxHEIF = 1 << 30

func decodeHEIF(r io.Reader) (image.Image, error) {
	h, err := itemsOf(r)
	if err != nil {
		return nil, err
	}
	s := r.(*source)
	if h.cutOff(s.size) || cutBox(&window{r: s, size: s.size}) {
		return nil, io.ErrUnexpectedEOF
	}
	if s.size > maxHEIF {
		return nil, errors.New("files of more than a gigabyte are not read")
	}
	file := make([]byte, s.size)
	if _, err := io.ReadFull(s, file); err != nil {
		return nil, err
	}
	width, height := h.size()
	pixels := int64(width) * int64(height)
	if h.coding() == "av1C" {
		return decodeAVIF(s.ctx, file, pixels, h)
	}
	// The decoder trusts the main brand, which may be one that says nothing of HEVC.
	copy(file[8:12], "heic")
	m, err := heif.HEIC(s.ctx, file, pixels)
	if err != nil {
		return nil, err
	}
	if c, ok := m.(*image.YCbCr); ok {
		_, numbers := h.colors()
		return numbers.toRGB(c), nil
	}
	return m, nil
}

func decodeAVIF(ctx context.Context, file []byte, pixels int64, h *heifItems) (image.Image, error) {
	m, err := heif.AVIF(ctx, file, pixels)
	for _, orientation := range h.turns() {
		if err == nil {
			m, err = orient(ctx, m, orientation)
		}
	}
	return m, err
}

// toRGB converts colors that are not coded as in a JPEG, in which YCbCr of BT.601 has
// all values from 0 to 255. Without numbers they are taken for such.
func (n *nclx) toRGB(m *image.YCbCr) image.Image {
	if n == nil || n.fullRange && n.red() == bt601.red() && n.blue() == bt601.blue() {
		return m
	}
	to := image.NewRGBA(m.Rect)
	table := n.table()
	const rows = 32
	forBands(m.Rect.Dy(), rows, func(top int) {
		for y := top; y < min(top+rows, m.Rect.Dy()); y++ {
			for x := range m.Rect.Dx() {
				luma, c := m.Y[m.YOffset(x, y)], m.COffset(x, y)
				table.put(to.Pix[to.PixOffset(x, y):], luma, m.Cb[c], m.Cr[c])
			}
		}
	})
	return to
}

var bt601 = &nclx{matrix: 6}

// red and blue are how much luma they make.
func (n *nclx) red() float64 {
	switch n.matrix {
	case 1:
		return 0.2126
	case 9, 10:
		return 0.2627
	}
	return 0.299
}

func (n *nclx) blue() float64 {
	switch n.matrix {
	case 1:
		return 0.0722
	case 9, 10:
		return 0.0593
	}
	return 0.114
}

// A yuvTable has what each value adds to a channel, in 1/65536.
type yuvTable struct {
	luma, crRed, cbGreen, crGreen, cbBlue [256]int32
}

func (n *nclx) table() *yuvTable {
	kr, kb := n.red(), n.blue()
	kg := 1 - kr - kb
	black, white, span := 0.0, 255.0, 255.0
	if !n.fullRange {
		black, white, span = 16, 235, 224
	}
	fixed := func(v float64) int32 { return int32(math.Round(v * 65536)) }
	t := new(yuvTable)
	for i := range 256 {
		c := (float64(i) - 128) * 255 / span
		t.luma[i] = fixed((float64(i)-black)*255/(white-black)) + 1<<15
		t.crRed[i] = fixed(2 * (1 - kr) * c)
		t.cbBlue[i] = fixed(2 * (1 - kb) * c)
		t.crGreen[i] = fixed(-2 * (1 - kr) * kr / kg * c)
		t.cbGreen[i] = fixed(-2 * (1 - kb) * kb / kg * c)
	}
	return t
}

func (t *yuvTable) put(pix []uint8, luma, cb, cr uint8) {
	y := t.luma[luma]
	pix[0] = clip16(y + t.crRed[cr])
	pix[1] = clip16(y + t.cbGreen[cb] + t.crGreen[cr])
	pix[2] = clip16(y + t.cbBlue[cb])
	pix[3] = 255
}

// clip16 drops 16 bits behind the point and keeps to 0 to 255.
func clip16(v int32) uint8 { return uint8(max(0, min(v>>16, 255))) }
