package imagefile

import (
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"io"

	"kompress/imagefile/squeeze"
)

const maxWebPSide = 1<<14 - 1 // that of libwebp; the format itself has one more

func encodeWebP(ctx context.Context, w io.Writer, m *image.Paletted, o EncodeOptions) error {
	if err := checkSides(m, "WebP", maxWebPSide); err != nil {
		return err
	}
	indexed, err := packWebP(m)
	if err != nil {
		return err
	}
	pixels, err := squeeze.VP8L(ctx, indexed, webpOptions(o))
	if err != nil {
		return err
	}
	meta := o.Metadata
	if len(meta.EXIF) == 0 { // a WebP has no other place for a resolution
		meta.EXIF = resolutionEXIF(meta.Density)
	}
	c := &riffWriter{}
	if meta.inWebP() {
		c.chunk("VP8X", extendedHeader(indexed, meta))
		c.chunk("ICCP", meta.Profile)
	}
	c.chunk("VP8L", pixels)
	c.chunk("EXIF", meta.EXIF)
	c.chunk("XMP ", meta.XMP)
	_, err = w.Write(c.file())
	return err
}

func webpOptions(o EncodeOptions) squeeze.WebPOptions {
	switch o.Compression {
	case FastCompression:
		return squeeze.WebPOptions{Passes: 1, Depth: 4, Workers: o.workers()}
	case BestCompression:
		return squeeze.WebPOptions{Passes: 6, Depth: 128, Workers: o.workers()}
	}
	return squeeze.WebPOptions{Passes: 2, Depth: 16, Workers: o.workers()}
}

// packWebP packs the indices as WebP wants them.
func packWebP(m *image.Paletted) (squeeze.Indexed, error) {
	x := squeeze.Indexed{Width: m.Rect.Dx(), Height: m.Rect.Dy()}
	for _, c := range m.Palette {
		x.Palette = append(x.Palette, color.NRGBAModel.Convert(c).(color.NRGBA))
	}
	width, perByte := squeeze.PackedWidth(x.Width, len(x.Palette))
	bits := 8 / perByte
	x.Packed = make([]byte, width*x.Height)
	for y := range x.Height {
		row := m.Pix[y*m.Stride:][:x.Width]
		if i := indexNotBelow(row, len(m.Palette)); i >= 0 {
			return x, badIndex(row[i], i, y, len(m.Palette))
		}
		packed := x.Packed[y*width:][:width]
		if perByte == 1 {
			copy(packed, row)
			continue
		}
		for i, v := range row {
			packed[i/perByte] |= v << (i % perByte * bits)
		}
	}
	return x, nil
}

// inWebP says whether there is metadata that a WebP can carry.
func (m Metadata) inWebP() bool { return len(m.Profile)+len(m.EXIF)+len(m.XMP) > 0 }

// extendedHeader returns the content of VP8X.
func extendedHeader(x squeeze.Indexed, m Metadata) []byte {
	const hasXMP, hasEXIF, hasAlpha, hasProfile = 1 << 2, 1 << 3, 1 << 4, 1 << 5
	var flags uint32
	for _, c := range x.Palette {
		if c.A != 0xff {
			flags |= hasAlpha
		}
	}
	if len(m.Profile) > 0 {
		flags |= hasProfile
	}
	if len(m.EXIF) > 0 {
		flags |= hasEXIF
	}
	if len(m.XMP) > 0 {
		flags |= hasXMP
	}
	b := binary.LittleEndian.AppendUint32(nil, flags)
	width, height := uint32(x.Width-1), uint32(x.Height-1) // 24 bits each
	return append(b, byte(width), byte(width>>8), byte(width>>16), byte(height), byte(height>>8), byte(height>>16))
}

// A riffWriter gathers the chunks of a WebP.
type riffWriter struct{ body []byte }

// chunk adds one, unless it is empty. Its length is even in the file.
func (r *riffWriter) chunk(kind string, data []byte) {
	if len(data) == 0 {
		return
	}
	r.body = binary.LittleEndian.AppendUint32(append(r.body, kind...), uint32(len(data)))
	r.body = append(r.body, data...)
	if len(data)%2 == 1 {
		r.body = append(r.body, 0)
	}
}

func (r *riffWriter) file() []byte {
	const kind = "WEBP"
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(kind)+len(r.body)))
	return append(append(b, kind...), r.body...)
}
