package palettefile

import (
	"encoding/binary"
	"fmt"
	"image/color"
	"io"
	"slices"

	"kompress/quantize"
)

// An .act, Adobe's color table, has room for 256 colours of 3 bytes. Photoshop adds how
// many of them are in use and which is transparent, as 16-bit numbers, the high byte
// first.
const (
	actTable = 3 * quantize.MaxColors
	actLong  = actTable + 4
	actNone  = 0xffff // no colour is transparent
)

func looksLikeACT(data []byte) bool {
	return (len(data) == actTable || len(data) == actLong) && looksBinary(data)
}

func decodeACT(data []byte) (*Palette, error) {
	if len(data) != actTable && len(data) != actLong {
		return nil, fmt.Errorf("got %d bytes, want %d or %d in an .act", len(data), actTable, actLong)
	}
	n, clear := quantize.MaxColors, actNone
	if len(data) == actLong {
		// Some programs write 0 for all, and more than there can be.
		if used := int(binary.BigEndian.Uint16(data[actTable:])); used > 0 {
			n = min(n, used)
		}
		clear = int(binary.BigEndian.Uint16(data[actTable+2:]))
	}
	p := &Palette{Colors: make([]Color, n)}
	for i := range p.Colors {
		p.Colors[i].NRGBA = color.NRGBA{R: data[3*i], G: data[3*i+1], B: data[3*i+2], A: 255}
	}
	if clear < n {
		p.Colors[clear].A = 0
	}
	return p, nil
}

func encodeACT(w io.Writer, p *Palette) error {
	data := make([]byte, actTable, actLong)
	for i, c := range p.Colors {
		copy(data[3*i:], []byte{c.R, c.G, c.B})
	}
	clear := slices.IndexFunc(p.Colors, func(c Color) bool { return c.A == 0 })
	if clear < 0 {
		clear = actNone
	}
	data = binary.BigEndian.AppendUint16(data, uint16(len(p.Colors)))
	data = binary.BigEndian.AppendUint16(data, uint16(clear))
	_, err := w.Write(data)
	return err
}
