package squeeze

import (
	"context"
	"image/color"
)

// An Indexed is a picture whose pixels are indices into a palette, packed as WebP wants
// them: see [PackedWidth].
type Indexed struct {
	Width, Height int // each 1 to 16,384
	Palette       []color.NRGBA
	Packed        []byte // PackedWidth(Width, len(Palette)) for each row
}

// PackedWidth returns how many bytes hold a row of that many pixels, and how many
// pixels a byte holds, the first in its lowest bits.
func PackedWidth(width, colors int) (bytes, perByte int) {
	bits := packBits(colors)
	return (width + 1<<bits - 1) >> bits, 1 << bits
}

func packBits(colors int) int {
	switch {
	case colors <= 2:
		return 3
	case colors <= 4:
		return 2
	case colors <= 16:
		return 1
	}
	return 0
}

// WebPOptions say how hard to try and on how many processors at most.
type WebPOptions struct {
	Passes  int // parses of the whole picture, at least 1
	Depth   int // of the search for what is alike
	Workers int // at least 1
}

// VP8L returns the content of a WebP's VP8L chunk (RFC 9649).
func VP8L(ctx context.Context, m Indexed, o WebPOptions) ([]byte, error) {
	out := new(Bits)
	writeWebPHeader(out, m)
	packed, _ := PackedWidth(m.Width, len(m.Palette))
	p := &picture{width: packed, height: m.Height, pixels: m.Packed}
	if err := p.optimize(ctx, o); err != nil {
		return nil, err
	}
	p.write(out, true)
	return out.Finish(), nil
}

func writeWebPHeader(out *Bits, m Indexed) {
	const signature, colorIndexing = 0x2f, 3
	out.put(signature, 8)
	out.put(uint32(m.Width-1), 14)
	out.put(uint32(m.Height-1), 14)
	alpha := uint32(0)
	for _, c := range m.Palette {
		if c.A != 0xff {
			alpha = 1
		}
	}
	out.put(alpha, 1)
	out.put(0, 3) // version
	out.put(1, 1) // a transform follows
	out.put(colorIndexing, 2)
	out.put(uint32(len(m.Palette)-1), 8)
	writePalette(out, m.Palette)
	out.put(0, 1) // no other transform
}

// writePalette writes the palette as a picture of one row, each color as its
// difference from the one before.
func writePalette(out *Bits, palette []color.NRGBA) {
	var channels [4][]byte // green, red, blue, alpha: the order in which they are written
	var last color.NRGBA
	for _, c := range palette {
		channels[0] = append(channels[0], c.G-last.G)
		channels[1] = append(channels[1], c.R-last.R)
		channels[2] = append(channels[2], c.B-last.B)
		channels[3] = append(channels[3], c.A-last.A)
		last = c
	}
	out.put(0, 1) // no color cache
	var codes [4]*prefixCode
	for i, channel := range channels {
		counts := make([]uint32, 256)
		for _, v := range channel {
			counts[v]++
		}
		size := 256
		if i == 0 {
			size = greens
		}
		codes[i] = newPrefixCode(counts, size)
		codes[i].writeTo(out)
	}
	newPrefixCode(nil, webpDistances).writeTo(out)
	for i := range palette {
		for c, channel := range channels {
			codes[c].put(out, int(channel[i]))
		}
	}
}
