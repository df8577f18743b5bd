package imagefile

import (
	"encoding/binary"
	"image"

	"kompress/imagefile/bands"
)

// A pngLayout is how pixels of one kind of PNG are in memory: as image/png has them.
type pngLayout struct {
	bytes  int // a pixel
	expand func(h *pngHeader, pix, row []uint8)
	image  func(h *pngHeader, pix []uint8, r image.Rectangle) image.Image
}

func (h *pngHeader) layout() *pngLayout {
	deep := h.depth == 16
	switch h.colorType {
	case pngGray:
		switch {
		case h.key != nil && deep:
			return &pngLayout{8, expandKeyedGray16, asNRGBA64}
		case h.key != nil:
			return &pngLayout{4, h.keyedGray(), asNRGBA}
		case deep:
			return &pngLayout{2, expandCopy, asGray16}
		}
		return &pngLayout{1, h.unpacked(255 / (1<<h.depth - 1)), asGray}
	case pngGrayAlpha:
		if deep {
			return &pngLayout{8, expandGrayAlpha16, asNRGBA64}
		}
		return &pngLayout{4, expandGrayAlpha, asNRGBA}
	case pngRGB:
		switch {
		case h.key != nil && deep:
			return &pngLayout{8, expandKeyedRGB16, asNRGBA64}
		case h.key != nil:
			return &pngLayout{4, expandKeyedRGB, asNRGBA}
		case deep:
			return &pngLayout{8, expandRGB16, asRGBA64}
		}
		return &pngLayout{4, expandRGB, asRGBA}
	case pngIndexed:
		return &pngLayout{1, h.indexed(), asPaletted}
	}
	if deep {
		return &pngLayout{8, expandCopy, asNRGBA64}
	}
	return &pngLayout{4, expandCopy, asNRGBA}
}

func asGray(h *pngHeader, pix []uint8, r image.Rectangle) image.Image {
	return &image.Gray{Pix: pix, Stride: h.width, Rect: r}
}

func asGray16(h *pngHeader, pix []uint8, r image.Rectangle) image.Image {
	return &image.Gray16{Pix: pix, Stride: 2 * h.width, Rect: r}
}

func asPaletted(h *pngHeader, pix []uint8, r image.Rectangle) image.Image {
	return &image.Paletted{Pix: pix, Stride: h.width, Rect: r, Palette: h.palette}
}

func asRGBA(h *pngHeader, pix []uint8, r image.Rectangle) image.Image {
	return &image.RGBA{Pix: pix, Stride: 4 * h.width, Rect: r}
}

func asNRGBA(h *pngHeader, pix []uint8, r image.Rectangle) image.Image {
	return &image.NRGBA{Pix: pix, Stride: 4 * h.width, Rect: r}
}

func asRGBA64(h *pngHeader, pix []uint8, r image.Rectangle) image.Image {
	return &image.RGBA64{Pix: pix, Stride: 8 * h.width, Rect: r}
}

func asNRGBA64(h *pngHeader, pix []uint8, r image.Rectangle) image.Image {
	return &image.NRGBA64{Pix: pix, Stride: 8 * h.width, Rect: r}
}

func expandCopy(_ *pngHeader, pix, row []uint8) { copy(pix, row) }

// unpacked returns a function that gives each sample its own byte, times scale.
func (h *pngHeader) unpacked(scale int) func(_ *pngHeader, pix, row []uint8) {
	if h.depth == 8 {
		return expandCopy
	}
	// What a byte has, the first sample in the lowest eight bits.
	var words [256]uint64
	per := 8 / h.depth
	for b := range words {
		for i := range per {
			sample := b >> (8 - h.depth*(i+1)) & (1<<h.depth - 1)
			words[b] |= uint64(sample*scale) << (8 * i)
		}
	}
	return func(_ *pngHeader, pix, row []uint8) {
		for ; len(pix) >= 8; pix, row = pix[per:], row[1:] {
			binary.LittleEndian.PutUint64(pix, words[row[0]])
		}
		for ; len(pix) > 0; row = row[1:] {
			var word [8]uint8
			binary.LittleEndian.PutUint64(word[:], words[row[0]])
			pix = pix[copy(pix, word[:per]):]
		}
	}
}

// indexed returns a function that unpacks indices and lengthens the palette to what they
// need.
func (h *pngHeader) indexed() func(h *pngHeader, pix, row []uint8) {
	unpack := h.unpacked(1)
	return func(h *pngHeader, pix, row []uint8) {
		unpack(h, pix, row)
		if len(h.palette) < 1<<h.depth {
			h.palette = h.palette[:max(len(h.palette), 1+int(highest(pix)))]
		}
	}
}

func highest(pix []uint8) (most uint8) {
	for _, v := range pix {
		most = max(most, v)
	}
	return most
}

// keyedGray returns a function that unpacks to the end of pix first, where samples are
// read before pixels are written over them.
func (h *pngHeader) keyedGray() func(h *pngHeader, pix, row []uint8) {
	scale := 255 / (1<<h.depth - 1)
	unpack, key := h.unpacked(scale), h.key[1]*uint8(scale)
	return func(h *pngHeader, pix, row []uint8) {
		samples := pix[len(pix)-h.width:]
		unpack(h, samples, row)
		for x := range h.width {
			v, alpha := samples[x], uint8(255)
			if v == key {
				alpha = 0
			}
			p := pix[4*x : 4*x+4]
			p[0], p[1], p[2], p[3] = v, v, v, alpha
		}
	}
}

func expandGrayAlpha(_ *pngHeader, pix, row []uint8) {
	for ; len(pix) >= 4 && len(row) >= 2; pix, row = pix[4:], row[2:] {
		pix[0], pix[1], pix[2], pix[3] = row[0], row[0], row[0], row[1]
	}
}

func expandRGB(_ *pngHeader, pix, row []uint8) { bands.Opaque(pix, row) }

func expandKeyedRGB(h *pngHeader, pix, row []uint8) {
	r, g, b := h.key[1], h.key[3], h.key[5]
	for ; len(row) >= 3 && len(pix) >= 4; row, pix = row[3:], pix[4:] {
		pix[0], pix[1], pix[2], pix[3] = row[0], row[1], row[2], 255
		if row[0] == r && row[1] == g && row[2] == b {
			pix[3] = 0
		}
	}
}

// deepPixel writes a pixel of four samples of 16 bits, whose bytes are in the order that
// PNG has them in, too.
func deepPixel(pix []uint8, r, g, b, a uint16) {
	binary.BigEndian.PutUint64(pix, uint64(r)<<48|uint64(g)<<32|uint64(b)<<16|uint64(a))
}

func expandKeyedGray16(h *pngHeader, pix, row []uint8) {
	key := binary.BigEndian.Uint16(h.key)
	for ; len(row) >= 2 && len(pix) >= 8; row, pix = row[2:], pix[8:] {
		v, alpha := binary.BigEndian.Uint16(row), uint16(0xffff)
		if v == key {
			alpha = 0
		}
		deepPixel(pix, v, v, v, alpha)
	}
}

func expandGrayAlpha16(_ *pngHeader, pix, row []uint8) {
	for ; len(row) >= 4 && len(pix) >= 8; row, pix = row[4:], pix[8:] {
		v := binary.BigEndian.Uint16(row)
		deepPixel(pix, v, v, v, binary.BigEndian.Uint16(row[2:]))
	}
}

func expandRGB16(_ *pngHeader, pix, row []uint8) {
	for ; len(row) >= 6 && len(pix) >= 8; row, pix = row[6:], pix[8:] {
		copy(pix[:6], row)
		pix[6], pix[7] = 255, 255
	}
}

func expandKeyedRGB16(h *pngHeader, pix, row []uint8) {
	key := [6]uint8(h.key)
	for ; len(row) >= 6 && len(pix) >= 8; row, pix = row[6:], pix[8:] {
		copy(pix[:6], row)
		pix[6], pix[7] = 255, 255
		if [6]uint8(row) == key {
			pix[6], pix[7] = 0, 0
		}
	}
}
