package palettefile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image/color"
	"io"

	"kompress/imagefile"

	"golang.org/x/image/riff"
)

// decodeRIFF reads a .pal of Windows: a chunk with a version, how many colours there
// are, both as 16-bit numbers, and red, green, blue and flags of each.
func decodeRIFF(data []byte) (*Palette, error) {
	_, chunks, err := riff.NewReader(bytes.NewReader(data))
	for err == nil {
		var id riff.FourCC
		var chunk io.Reader
		if id, _, chunk, err = chunks.Next(); err == nil && id == (riff.FourCC{'d', 'a', 't', 'a'}) {
			return decodePALChunk(chunk)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the RIFF file has no colors in it")
	}
	return nil, fmt.Errorf("%w: %w", imagefile.ErrTruncated, err)
}

func decodePALChunk(chunk io.Reader) (*Palette, error) {
	data, err := io.ReadAll(chunk)
	if err != nil || len(data) < 4 {
		return nil, imagefile.ErrTruncated
	}
	n := int(binary.LittleEndian.Uint16(data[2:]))
	data = data[4:]
	if len(data) < 4*n {
		return nil, fmt.Errorf("%w: it has %d of %d colors", imagefile.ErrTruncated, len(data)/4, n)
	}
	p := new(Palette)
	for i := range n {
		p.Colors = append(p.Colors, Color{NRGBA: color.NRGBA{R: data[4*i], G: data[4*i+1], B: data[4*i+2], A: 255}})
	}
	return p, nil
}
