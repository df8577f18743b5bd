package imagefile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math/bits"
)

// A bmpHeader is the header of a BMP, of Windows or OS/2. There are more kinds of
// them than golang.org/x/image/bmp reads, and than github.com/jsummers/gobmp tells
// from files that were cut off.
type bmpHeader struct {
	width, height int
	topDown       bool
	depth         int // bits a pixel
	coding        bmpCoding
	masks         [4]uint32 // where R, G, B and A are in a pixel of 16 or 32 bits
	fields        bool      // the file gives the masks
	pixelsAt      int       // offset of the pixels
	palette       color.Palette
}

type bmpCoding int

const (
	bmpPlain bmpCoding = iota
	bmpRLE8
	bmpRLE4
	bmpRLE24
)

// Lengths of the header behind that of the file, and numbers of compressions.
const (
	bmpCoreLen  = 12
	bmpInfoLen  = 40
	bmpMasksLen = 52 // from here on, masks are in the header, and at 4 more that of alpha

	bmpBitFields      = 3
	bmpAlphaBitFields = 6
)

func bmpConfig(r io.Reader) (image.Config, error) {
	h, err := readBMPHeader(r)
	if err != nil {
		return image.Config{}, err
	}
	return image.Config{Width: h.width, Height: h.height, ColorModel: color.NRGBAModel}, nil
}

// readBMPHeader reads up to the pixels.
func readBMPHeader(r io.Reader) (*bmpHeader, error) {
	var start [18]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return nil, err
	}
	h := &bmpHeader{pixelsAt: int(binary.LittleEndian.Uint32(start[10:]))}
	size := int(binary.LittleEndian.Uint32(start[14:]))
	const longest = 124
	if size < bmpCoreLen || size > longest {
		return nil, fmt.Errorf("a header of %d bytes", size)
	}
	info := make([]byte, size)
	copy(info, start[14:])
	if _, err := io.ReadFull(r, info[4:]); err != nil {
		return nil, err
	}
	if size == bmpCoreLen {
		h.width, h.height = int(binary.LittleEndian.Uint16(info[4:])), int(binary.LittleEndian.Uint16(info[6:]))
		h.depth = int(binary.LittleEndian.Uint16(info[10:]))
		return h, h.rest(r, size, 3, 0)
	}
	if err := h.info(r, info); err != nil {
		return nil, err
	}
	return h, nil
}

// info reads a header of 16 bytes or more, the fields that are not there being zero.
func (h *bmpHeader) info(r io.Reader, info []byte) error {
	size := len(info)
	b := make([]byte, 124)
	copy(b, info)
	h.width, h.height = int(int32(binary.LittleEndian.Uint32(b[4:]))), int(int32(binary.LittleEndian.Uint32(b[8:])))
	if h.height < 0 {
		h.height, h.topDown = -h.height, true
	}
	h.depth = int(binary.LittleEndian.Uint16(b[14:]))
	compression := binary.LittleEndian.Uint32(b[16:])
	if err := h.setCoding(compression, size); err != nil {
		return err
	}
	if size == bmpInfoLen {
		n := map[uint32]int{bmpBitFields: 12, bmpAlphaBitFields: 16}[compression]
		if _, err := io.ReadFull(r, b[bmpInfoLen:bmpInfoLen+n]); err != nil {
			return err
		}
		size += n
	}
	h.setMasks(b, compression)
	return h.rest(r, size, 4, int(min(binary.LittleEndian.Uint32(b[32:]), 1<<16)))
}

// setCoding checks that a compression is one that pixels of this depth can have. OS/2,
// whose headers have 16 or 64 bytes, gives the numbers 3 and 4 another meaning.
func (h *bmpHeader) setCoding(compression uint32, size int) error {
	ofOS2 := size == 16 || size == 64
	switch {
	case compression == 0:
		h.coding = bmpPlain
	case compression == 1 && h.depth == 8:
		h.coding = bmpRLE8
	case compression == 2 && h.depth == 4:
		h.coding = bmpRLE4
	case compression == 4 && h.depth == 24 && ofOS2:
		h.coding = bmpRLE24
	case (compression == bmpBitFields || compression == bmpAlphaBitFields) && (h.depth == 16 || h.depth == 32) && !ofOS2:
		h.coding = bmpPlain
	default:
		return fmt.Errorf("compression %d of %d bits a pixel is not supported", compression, h.depth)
	}
	return nil
}

// setMasks finds where the channels are in a pixel. Without masks there is no alpha,
// but in a header that has a mask for it.
func (h *bmpHeader) setMasks(b []byte, compression uint32) {
	switch {
	case compression == bmpBitFields || compression == bmpAlphaBitFields:
		h.fields = true
		for i := range h.masks {
			h.masks[i] = binary.LittleEndian.Uint32(b[bmpInfoLen+4*i:])
		}
	case h.depth == 16:
		h.masks = [4]uint32{0x7c00, 0x3e0, 0x1f, 0}
	case h.depth == 32:
		h.masks = [4]uint32{0xff0000, 0xff00, 0xff, binary.LittleEndian.Uint32(b[bmpMasksLen:])}
	}
}

// rest reads the palette, and goes to the pixels. The palette begins at, has entries of
// a size, and as many as are used, or as the pixels can number.
func (h *bmpHeader) rest(r io.Reader, at, size, used int) error {
	const fileHeader = 14
	at += fileHeader
	switch h.depth {
	case 1, 2, 4, 8:
		n := 1 << h.depth
		if used > 0 {
			n = min(n, used)
		}
		// Where pixels begin within it, it is shorter.
		if room := (h.pixelsAt - at) / size; room > 0 {
			n = min(n, room)
		}
		if err := h.readPalette(r, n, size); err != nil {
			return err
		}
		at += n * size
	case 16, 24, 32:
	default:
		return fmt.Errorf("%d bits a pixel", h.depth)
	}
	if h.pixelsAt < at {
		return errors.New("the pixels begin within the header")
	}
	_, err := io.CopyN(io.Discard, r, int64(h.pixelsAt-at))
	return err
}

// readPalette reads n colors. Those that are missing are black.
func (h *bmpHeader) readPalette(r io.Reader, n, size int) error {
	b := make([]byte, n*size)
	if _, err := io.ReadFull(r, b); err != nil {
		return err
	}
	h.palette = make(color.Palette, 1<<h.depth)
	for i := range h.palette {
		c := color.RGBA{A: 255}
		if i < n {
			c.B, c.G, c.R = b[i*size], b[i*size+1], b[i*size+2]
		}
		h.palette[i] = c
	}
	return nil
}

// stride is the length of a row that is not compressed.
func (h *bmpHeader) stride() int64 { return ceilDiv(mul(int64(h.width), int64(h.depth)), 32) * 4 }

// leastBMP: rows that are not compressed are padded to four bytes. Two bytes can code
// a run of 255 pixels, and a few may skip many that stay as they are; a large picture
// of next to nothing but those is damage, or a way to ask for gigabytes.
func leastBMP(r io.ReaderAt, size int64, _ image.Config) (int64, error) {
	h, err := readBMPHeader(bufio.NewReader(io.NewSectionReader(r, 0, size)))
	if err != nil {
		return 0, err
	}
	if h.coding == bmpPlain {
		return mul(h.stride(), int64(h.height)) + int64(h.pixelsAt), nil
	}
	pixels := mul(int64(h.width), int64(h.height))
	if pixels <= emptyScreen {
		return 0, nil
	}
	return pixels / 128 / emptyShare, nil
}

func decodeBMP(r io.Reader) (image.Image, error) {
	h, err := readBMPHeader(r)
	if err != nil {
		return nil, err
	}
	rect := image.Rect(0, 0, h.width, h.height)
	if h.palette != nil {
		m := image.NewPaletted(rect, h.palette)
		if h.coding == bmpPlain {
			return m, h.rows(r, func(y int, row []byte) { unpackBits(m.Pix[y*m.Stride:][:h.width], row, h.depth) })
		}
		return m, h.runs(bufio.NewReader(r), m.Pix)
	}
	m := image.NewRGBA(rect)
	if h.coding == bmpRLE24 {
		for i := 3; i < len(m.Pix); i += 4 {
			m.Pix[i] = 255
		}
		return m, h.runs(bufio.NewReader(r), m.Pix)
	}
	convert := h.converter()
	if err := h.rows(r, func(y int, row []byte) { convert(m.Pix[y*m.Stride:][:m.Stride], row) }); err != nil {
		return nil, err
	}
	if h.masks[3] == 0 {
		return m, nil
	}
	if h.fields {
		return &image.NRGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}, nil
	}
	return bmpAlpha(m), nil
}

// bmpAlpha takes the fourth channel for alpha, although the header does not make use of
// its masks. Where it is nowhere but 0 it was not meant.
func bmpAlpha(m *image.RGBA) image.Image {
	for i := 3; i < len(m.Pix); i += 4 {
		if m.Pix[i] != 0 {
			return &image.NRGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}
		}
	}
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	return m
}

// rows reads all rows, in the order of the file.
func (h *bmpHeader) rows(r io.Reader, do func(y int, row []byte)) error {
	row := make([]byte, h.stride())
	for i := range h.height {
		if _, err := io.ReadFull(r, row); err != nil {
			return noEOF(err)
		}
		do(h.row(i), row)
	}
	return nil
}

// noEOF tells pixels that are not all there from the end of the file.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// row returns which row of the picture is the i-th in the file.
func (h *bmpHeader) row(i int) int {
	if h.topDown {
		return i
	}
	return h.height - 1 - i
}

// unpackBits spreads samples of 1, 2, 4 or 8 bits, the highest bits first.
func unpackBits(to, from []byte, depth int) {
	if depth == 8 {
		copy(to, from)
		return
	}
	perByte, mask := 8/depth, byte(1<<depth-1)
	for i := range to {
		shift := 8 - depth*(i%perByte+1)
		to[i] = from[i/perByte] >> shift & mask
	}
}

// converter returns a function that makes R, G, B, A of a row.
func (h *bmpHeader) converter() func(to, from []byte) {
	if h.depth == 24 {
		return bgrRow
	}
	var scales [4][]uint8
	var shifts [4]int
	for i, mask := range h.masks {
		// The highest eight bits do.
		shifts[i] = max(0, min(bits.TrailingZeros32(mask), bits.Len32(mask)-1), bits.Len32(mask)-8)
		scales[i] = scaleTo8(mask)
	}
	size := h.depth / 8
	return func(to, from []byte) {
		for ; len(to) >= 4; to, from = to[4:], from[size:] {
			v := uint32(from[0]) | uint32(from[1])<<8
			if size == 4 {
				v |= uint32(from[2])<<16 | uint32(from[3])<<24
			}
			for i, mask := range h.masks {
				to[i] = scales[i][v&mask>>shifts[i]&0xff]
			}
		}
	}
}

func bgrRow(to, from []byte) {
	for ; len(to) >= 4; to, from = to[4:], from[3:] {
		to[0], to[1], to[2], to[3] = from[2], from[1], from[0], 255
	}
}

// scaleTo8 returns what a channel's highest 8 bits are as a number from 0 to 255. One
// that has no bits is 255, as alpha must be that is not there.
func scaleTo8(mask uint32) []uint8 {
	table := bytes.Repeat([]uint8{255}, 256)
	if mask == 0 {
		return table
	}
	most := 1<<min(bits.Len32(mask)-bits.TrailingZeros32(mask), 8) - 1
	for i := range most {
		table[i] = uint8((2*255*i + most) / (2 * most))
	}
	return table
}
