package imagefile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io"
)

// A QOI file is 14 bytes of header, pixels in codes of one to five bytes, and eight
// bytes that end it. See "The Quite OK Image Format" 1.0 (Szablewski 2022).
const (
	qoiHeaderLen = 14
	qoiEndLen    = 8
	qoiLongRun   = 62 // pixels that one byte can repeat
)

func readQOIHeader(r io.Reader) (c image.Config, channels byte, err error) {
	var b [qoiHeaderLen]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return c, 0, noEOF(err)
	}
	c.Width, c.Height = int(binary.BigEndian.Uint32(b[4:])), int(binary.BigEndian.Uint32(b[8:]))
	c.ColorModel = color.NRGBAModel
	if b[12] != 3 && b[12] != 4 {
		return c, 0, errors.New("channels are neither 3 nor 4")
	}
	return c, b[12], nil
}

func qoiConfig(r io.Reader) (image.Config, error) {
	c, _, err := readQOIHeader(r)
	return c, err
}

func leastQOI(_ io.ReaderAt, _ int64, c image.Config) (int64, error) {
	return qoiHeaderLen + qoiEndLen + mul(int64(c.Width), int64(c.Height))/qoiLongRun, nil
}

func decodeQOI(reader io.Reader) (image.Image, error) {
	r := bufio.NewReaderSize(reader, readBufferSize)
	c, channels, err := readQOIHeader(r)
	if err != nil {
		return nil, err
	}
	m := image.NewNRGBA(image.Rect(0, 0, c.Width, c.Height))
	if err := qoiPixels(r, m.Pix); err != nil {
		return nil, noEOF(err)
	}
	var end [qoiEndLen]byte
	if _, err := io.ReadFull(r, end[:]); err != nil {
		return nil, noEOF(err)
	}
	if end != [qoiEndLen]byte{7: 1} {
		return nil, errors.New("it does not end as it must")
	}
	if channels == 3 {
		return &image.RGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}, nil
	}
	return m, nil
}

// qoiPixels fills pix with R, G, B, A.
func qoiPixels(r *bufio.Reader, pix []uint8) error {
	var seen [64][4]uint8
	p := [4]uint8{3: 255}
	for len(pix) > 0 {
		b, err := r.ReadByte()
		if err != nil {
			return err
		}
		n := 1
		switch {
		case b == 0xfe:
			_, err = io.ReadFull(r, p[:3])
		case b == 0xff:
			_, err = io.ReadFull(r, p[:])
		case b>>6 == 0:
			p = seen[b]
		case b>>6 == 1: // small differences
			p[0] += b>>4&3 - 2
			p[1] += b>>2&3 - 2
			p[2] += b&3 - 2
		case b>>6 == 2: // difference of green, and of the others from it
			var c byte
			c, err = r.ReadByte()
			green := b&63 - 32
			p[0] += green + c>>4 - 8
			p[1] += green
			p[2] += green + c&15 - 8
		default:
			n = int(b&63) + 1
		}
		if err != nil {
			return err
		}
		seen[(p[0]*3+p[1]*5+p[2]*7+p[3]*11)%64] = p
		for ; n > 0 && len(pix) > 0; n-- {
			copy(pix[:4], p[:])
			pix = pix[4:]
		}
	}
	return nil
}
