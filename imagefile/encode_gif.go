package imagefile

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/gif"
	"io"
)

const maxGIFSide = 1<<16 - 1

func encodeGIF(ctx context.Context, w io.Writer, m *image.Paletted, o EncodeOptions) error {
	if err := checkSides(m, "GIF", maxGIFSide); err != nil {
		return err
	}
	if err := checkIndices(m); err != nil {
		return err
	}
	m = withoutSoftEdges(m)
	insert := &inserter{ctx: ctx, w: w, extra: gifExtensions(o.Metadata), at: gifHeaderLen(len(m.Palette))}
	if err := gif.Encode(insert, m, nil); err != nil {
		return err
	}
	return ctx.Err()
}

// gifHeaderLen returns where the global color table of a GIF ends.
func gifHeaderLen(colors int) int {
	const before = 6 + 7 // signature and screen descriptor
	n := 2
	for n < colors {
		n *= 2
	}
	return before + 3*n
}

// withoutSoftEdges returns m with a palette whose entries are opaque but for one, the
// only that a GIF can have.
func withoutSoftEdges(m *image.Paletted) *image.Paletted {
	clear := -1
	changed := false
	var place [maxPaletteLen]uint8
	p := make(color.Palette, len(m.Palette))
	for i, entry := range m.Palette {
		c := color.NRGBAModel.Convert(entry).(color.NRGBA)
		place[i] = uint8(i)
		opaque := c.A >= 128
		c.A = 0xff
		p[i] = c
		if opaque {
			continue
		}
		if clear >= 0 { // the pixels of this one get the first one's index
			place[i], changed = uint8(clear), true
			continue
		}
		clear, p[i] = i, color.NRGBA{}
	}
	n := *m
	n.Palette = p
	if changed {
		n = *mapped(&n, &place)
	}
	return &n
}

// mapped returns m with other indices, and the same palette.
func mapped(m *image.Paletted, place *[maxPaletteLen]uint8) *image.Paletted {
	n := image.NewPaletted(m.Rect, m.Palette)
	for y := range m.Rect.Dy() {
		row := n.Pix[y*n.Stride:][:m.Rect.Dx()]
		for x, v := range m.Pix[y*m.Stride:][:len(row)] {
			row[x] = place[v]
		}
	}
	return n
}

// gifExtensions returns the extension blocks for the metadata that GIF can carry.
func gifExtensions(m Metadata) []byte {
	var b []byte
	if len(m.Profile) > 0 {
		b = append(b, "\x21\xff\x0bICCRGBG1012"...)
		b = appendSubBlocks(b, m.Profile)
	}
	if len(m.XMP) > 0 && bytes.IndexByte(m.XMP, 0) < 0 {
		b = appendXMP(b, m.XMP)
	}
	for _, t := range m.Text {
		text := t.Value
		if t.Key != "Comment" {
			text = t.Key + ": " + text
		}
		b = append(b, "\x21\xfe"...)
		b = appendSubBlocks(b, []byte(text))
	}
	return b
}

// appendSubBlocks appends data in pieces of at most 255 bytes, and the end mark.
func appendSubBlocks(b, data []byte) []byte {
	for len(data) > 0 {
		n := min(len(data), 255)
		b = append(append(b, byte(n)), data[:n]...)
		data = data[n:]
	}
	return append(b, 0)
}

// appendXMP appends the packet as it is, not in sub-blocks. Whoever reads it as such
// takes its bytes for lengths and ends up somewhere in the trailer, which leads from
// any place to its end (XMP specification, part 3, 1.1.2).
func appendXMP(b, packet []byte) []byte {
	b = append(b, "\x21\xff\x0bXMP DataXMP"...)
	b = append(append(b, packet...), 1)
	for v := 255; v >= 0; v-- {
		b = append(b, byte(v))
	}
	return append(b, 0)
}

// An inserter writes extra after the first at bytes. It fails when ctx is done.
type inserter struct {
	ctx   context.Context
	w     io.Writer
	extra []byte
	at    int // bytes still to go; negative when extra is written
}

func (i *inserter) Write(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	if i.at < 0 || len(p) < i.at {
		i.at -= max(0, min(len(p), i.at))
		return i.w.Write(p)
	}
	n, err := i.w.Write(p[:i.at])
	if err != nil {
		return n, err
	}
	i.at = -1
	if _, err := i.w.Write(i.extra); err != nil {
		return n, err
	}
	rest, err := i.w.Write(p[n:])
	return n + rest, err
}
