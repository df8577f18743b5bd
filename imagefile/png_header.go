package imagefile

import (
	"encoding/binary"
	"fmt"
	"image/color"
	"image/png"
	"io"
	"math"
)

// Color types of PNG.
const (
	pngGray      = 0
	pngRGB       = 2
	pngIndexed   = 3
	pngGrayAlpha = 4
	pngRGBA      = 6
)

// A pngHeader is what comes before the pixels of a PNG.
type pngHeader struct {
	width, height int
	depth         int // bits a sample
	colorType     int
	interlaced    bool

	palette color.Palette // with room for 256
	key     []byte        // tRNS: the color that is transparent, two bytes a sample; nil if none is
}

func (h *pngHeader) samples() int {
	return map[int]int{pngGray: 1, pngRGB: 3, pngIndexed: 1, pngGrayAlpha: 2, pngRGBA: 4}[h.colorType]
}

func (h *pngHeader) bitsPerPixel() int { return h.depth * h.samples() }

// wholeSamples says whether pixels are three or four bytes that become samples as they
// are.
func (h *pngHeader) wholeSamples() bool {
	return h.depth == 8 && (h.colorType == pngRGBA || h.colorType == pngRGB && h.key == nil)
}

// rowBytes is the length of a row with the number of its filter.
func (h *pngHeader) rowBytes() int { return 1 + (h.bitsPerPixel()*h.width+7)/8 }

// header reads what there is up to the first IDAT chunk. What it accepts is what
// image/png does.
func (c *chunkReader) header() (*pngHeader, error) {
	var signature [len(pngSignature)]byte
	if _, err := io.ReadFull(c.r, signature[:]); err != nil {
		return nil, c.fail(err)
	}
	if string(signature[:]) != pngSignature {
		return nil, png.FormatError("not a PNG file")
	}
	h := &pngHeader{}
	for last := ""; ; { // the last chunk of those in which order matters
		if err := c.next(); err != nil {
			return nil, err
		}
		if !h.mayFollow(c.kind, last) {
			return nil, errChunkOrder
		}
		if c.kind == "IDAT" {
			return h, nil
		}
		known, err := h.take(c)
		if err != nil {
			return nil, err
		}
		if known {
			last = c.kind
		}
		if err := c.end(); err != nil {
			return nil, err
		}
	}
}

// mayFollow says whether a chunk may come after the last one in which order matters.
func (h *pngHeader) mayFollow(kind, last string) bool {
	switch kind {
	case "IHDR":
		return last == ""
	case "PLTE":
		return last == "IHDR"
	case "tRNS":
		switch h.colorType {
		case pngIndexed:
			return last == "PLTE"
		case pngRGB:
			return last == "IHDR" || last == "PLTE"
		}
		return last == "IHDR"
	case "IDAT":
		return last != "" && (h.colorType != pngIndexed || last != "IHDR")
	case "IEND":
		return false
	}
	return true
}

// take reads a chunk before the pixels, if it matters.
func (h *pngHeader) take(c *chunkReader) (known bool, err error) {
	switch c.kind {
	case "IHDR":
		return true, h.takeHeader(c)
	case "PLTE":
		return true, h.takePalette(c)
	case "tRNS":
		return true, h.takeTransparency(c)
	}
	return false, c.checkLength()
}

func (h *pngHeader) takeHeader(c *chunkReader) error {
	if c.left != 13 {
		return png.FormatError("bad IHDR length")
	}
	b, err := c.all()
	if err != nil {
		return err
	}
	switch {
	case b[10] != 0:
		return png.UnsupportedError("compression method")
	case b[11] != 0:
		return png.UnsupportedError("filter method")
	case b[12] > 1:
		return png.FormatError("invalid interlace method")
	}
	width, height := int32(binary.BigEndian.Uint32(b)), int32(binary.BigEndian.Uint32(b[4:]))
	if width <= 0 || height <= 0 {
		return png.FormatError("non-positive dimension")
	}
	if int64(width)*int64(height) > math.MaxInt/8 {
		return png.UnsupportedError("dimension overflow")
	}
	h.width, h.height = int(width), int(height)
	h.depth, h.colorType, h.interlaced = int(b[8]), int(b[9]), b[12] == 1
	if !h.depthExists() {
		return png.UnsupportedError(fmt.Sprintf("bit depth %d, color type %d", h.depth, h.colorType))
	}
	return nil
}

func (h *pngHeader) depthExists() bool {
	switch h.colorType {
	case pngGray:
		return h.depth == 1 || h.depth == 2 || h.depth == 4 || h.depth == 8 || h.depth == 16
	case pngIndexed:
		return h.depth == 1 || h.depth == 2 || h.depth == 4 || h.depth == 8
	case pngRGB, pngGrayAlpha, pngRGBA:
		return h.depth == 8 || h.depth == 16
	}
	return false
}

func (h *pngHeader) takePalette(c *chunkReader) error {
	n := int(c.left / 3)
	if c.left%3 != 0 || n == 0 || n > 256 || h.depth < 8 && n > 1<<h.depth {
		return errPaletteSize
	}
	switch h.colorType {
	case pngGray, pngGrayAlpha:
		return png.FormatError("PLTE, color type mismatch")
	case pngRGB, pngRGBA:
		return nil // it is a suggestion
	}
	b, err := c.all()
	if err != nil {
		return err
	}
	// What pixels have beyond the palette is black.
	h.palette = make(color.Palette, 256)
	for i := range h.palette {
		h.palette[i] = color.RGBA{A: 255}
	}
	for i := range n {
		h.palette[i] = color.RGBA{b[3*i], b[3*i+1], b[3*i+2], 255}
	}
	h.palette = h.palette[:n]
	return nil
}

func (h *pngHeader) takeTransparency(c *chunkReader) error {
	want := map[int]uint32{pngGray: 2, pngRGB: 6}[h.colorType]
	switch {
	case h.colorType == pngGrayAlpha || h.colorType == pngRGBA:
		return png.FormatError("tRNS, color type mismatch")
	case want == 0 && c.left > 256, want != 0 && c.left != want:
		return errKeySize
	}
	b, err := c.all()
	if err != nil {
		return err
	}
	if h.colorType != pngIndexed {
		h.key = b
		return nil
	}
	h.palette = h.palette[:max(len(h.palette), len(b))]
	for i, alpha := range b {
		p := h.palette[i].(color.RGBA)
		h.palette[i] = color.NRGBA{p.R, p.G, p.B, alpha}
	}
	return nil
}
