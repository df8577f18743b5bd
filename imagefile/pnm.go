package imagefile

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"
)

// A pnmHeader is the header of a file of the Netpbm family: PBM, PGM, PPM or PAM. The
// only library that was found takes pixels of the values of spaces for spaces.
type pnmHeader struct {
	width, height int
	channels      int  // gray, gray and alpha, RGB, or RGBA
	most          int  // value of white, 1 to 65535
	text          bool // samples are decimal numbers
	bits          bool // eight pixels a byte, or digits that need no space between; 1 is black
}

// pnmMagics are a letter, a digit, and the space that must come behind.
func pnmMagics() (magics []string) {
	for kind := '1'; kind <= '7'; kind++ {
		for _, space := range "\n\r\t #" {
			magics = append(magics, "P"+string(kind)+string(space))
		}
	}
	return magics
}

func pnmConfig(r io.Reader) (image.Config, error) {
	h, err := readPNMHeader(bufio.NewReader(r))
	if err != nil {
		return image.Config{}, err
	}
	return image.Config{Width: h.width, Height: h.height, ColorModel: color.NRGBA64Model}, nil
}

// readPNMHeader reads up to the samples.
func readPNMHeader(r *bufio.Reader) (h pnmHeader, err error) {
	var magic [2]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil {
		return h, err
	}
	kind := magic[1] - '0'
	if kind == 7 {
		h, err = readPAMHeader(r)
	} else {
		h, err = readOldHeader(r, kind)
	}
	if err == nil && (h.most < 1 || h.most > 0xffff) {
		err = fmt.Errorf("a largest value of %d, wanted 1 to 65535", h.most)
	}
	return h, err
}

func readOldHeader(r *bufio.Reader, kind byte) (h pnmHeader, err error) {
	h = pnmHeader{channels: 1, most: 1, text: kind <= 3, bits: kind == 1 || kind == 4}
	if kind == 3 || kind == 6 {
		h.channels = 3
	}
	fields := []*int{&h.width, &h.height, &h.most}
	if h.bits {
		fields = fields[:2]
	}
	for _, f := range fields {
		if *f, err = pnmNumber(r); err != nil {
			return h, err
		}
	}
	return h, nil
}

// pnmNumber reads a number and the one space behind it. Comments may stand before it.
func pnmNumber(r *bufio.Reader) (int, error) {
	const most = math.MaxInt32/10 - 1 // ten times that and a digit fit an int of 32 bits
	n, digits := 0, 0
	for {
		c, err := r.ReadByte()
		if err == io.EOF && digits > 0 {
			return n, nil
		}
		if err != nil {
			return 0, noEOF(err)
		}
		switch {
		case c >= '0' && c <= '9' && n < most:
			n, digits = 10*n+int(c-'0'), digits+1
		case c == '#' && digits == 0:
			if err := skipLine(r); err != nil {
				return 0, err
			}
		case !isPNMSpace(c):
			return 0, fmt.Errorf("%q where a number should be", c)
		case digits > 0:
			return n, nil
		}
	}
}

func isPNMSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func skipLine(r *bufio.Reader) error {
	for {
		c, err := r.ReadByte()
		if err != nil {
			return noEOF(err)
		}
		if c == '\n' || c == '\r' {
			return nil
		}
	}
}

// readPAMHeader reads lines of a name and a value up to ENDHDR.
func readPAMHeader(r *bufio.Reader) (h pnmHeader, err error) {
	fields := map[string]*int{"WIDTH": &h.width, "HEIGHT": &h.height, "DEPTH": &h.channels, "MAXVAL": &h.most}
	for {
		line, err := r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return h, noEOF(err)
		}
		name, value, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		if name == "ENDHDR" {
			break
		}
		if f := fields[name]; f != nil {
			if *f, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return h, fmt.Errorf("%s %.20q, wanted a number", name, value)
			}
		}
	}
	if h.channels < 1 || h.channels > 4 {
		return h, fmt.Errorf("%d samples a pixel, wanted 1 to 4", h.channels)
	}
	return h, nil
}

// leastPNM: a sample is a byte or two or, as text, a digit with a space between two.
func leastPNM(r io.ReaderAt, size int64, _ image.Config) (int64, error) {
	h, err := readPNMHeader(bufio.NewReader(io.NewSectionReader(r, 0, size)))
	if err != nil {
		return 0, err
	}
	if h.text && !h.bits {
		return mul(mul(int64(h.width), int64(h.height)), int64(2*h.channels)), nil
	}
	return mul(int64(h.rowBytes()), int64(h.height)), nil
}

// rowBytes is the length of a row that is not text.
func (h pnmHeader) rowBytes() int {
	switch {
	case h.bits && h.text:
		return h.width
	case h.bits:
		return (h.width + 7) / 8
	case h.most > 255:
		return 2 * h.channels * h.width
	}
	return h.channels * h.width
}

func (h pnmHeader) textRow(r *bufio.Reader, samples []uint16) error {
	for i := range samples {
		var v int
		var err error
		if h.bits {
			v, err = pnmDigit(r)
		} else {
			v, err = pnmNumber(r)
		}
		if err != nil {
			return err
		}
		samples[i] = uint16(min(v, 0xffff))
	}
	return nil
}

// pnmDigit reads a pixel of a PBM, whose 1 is black.
func pnmDigit(r *bufio.Reader) (int, error) {
	for {
		c, err := r.ReadByte()
		switch {
		case err != nil:
			return 0, noEOF(err)
		case c == '0' || c == '1':
			return int('1' - c), nil
		case c == '#':
			if err := skipLine(r); err != nil {
				return 0, err
			}
		case !isPNMSpace(c):
			return 0, fmt.Errorf("%q where a 0 or a 1 should be", c)
		}
	}
}

func (h pnmHeader) binaryRow(raw []byte, samples []uint16) {
	switch {
	case h.bits:
		for i := range samples {
			samples[i] = uint16(^raw[i/8] >> (7 - i%8) & 1)
		}
	case h.most > 255:
		for i := range samples {
			samples[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
		}
	default:
		for i := range samples {
			samples[i] = uint16(raw[i])
		}
	}
}

// newImage returns an image of the type that fits.
func (h pnmHeader) newImage(r image.Rectangle) image.Image {
	switch {
	case h.most > 255 && h.channels == 1:
		return image.NewGray16(r)
	case h.most > 255:
		return image.NewNRGBA64(r)
	case h.channels == 1:
		return image.NewGray(r)
	case h.channels == 3:
		return image.NewRGBA(r)
	}
	return image.NewNRGBA(r)
}

// put returns what makes a row of such an image of samples.
func (h pnmHeader) put() func(pix []uint8, samples []uint16) {
	size := 4
	if h.channels == 1 {
		size = 1
	}
	if h.most > 255 {
		scale := func(v uint16) uint16 {
			return uint16((2*0xffff*min(uint64(v), uint64(h.most)) + uint64(h.most)) / uint64(2*h.most))
		}
		return func(pix []uint8, samples []uint16) { put16(pix, samples, h.channels, size, scale) }
	}
	scale := new([256]uint8)
	for i := range scale {
		scale[i] = uint8((2*255*min(i, h.most) + h.most) / (2 * h.most))
	}
	return func(pix []uint8, samples []uint16) { put8(pix, samples, h.channels, size, scale) }
}

// put8 writes pixels of n channels, 1 to 4, as such of size bytes, 1 or 4.
func put8(pix []uint8, samples []uint16, n, size int, scale *[256]uint8) {
	at := func(i int) uint8 { return scale[min(samples[i], 255)] }
	for ; len(samples) > 0; samples, pix = samples[n:], pix[size:] {
		switch {
		case size == 1:
			pix[0] = at(0)
		case n == 2:
			v := at(0)
			pix[0], pix[1], pix[2], pix[3] = v, v, v, at(1)
		case n == 3:
			pix[0], pix[1], pix[2], pix[3] = at(0), at(1), at(2), 255
		default:
			pix[0], pix[1], pix[2], pix[3] = at(0), at(1), at(2), at(3)
		}
	}
}

// put16 does the same with two bytes a channel, the higher one first.
func put16(pix []uint8, samples []uint16, n, size int, scale func(uint16) uint16) {
	for ; len(samples) > 0; samples, pix = samples[n:], pix[2*size:] {
		for i := range size {
			v := uint16(0xffff) // alpha that is not there
			switch {
			case n <= 2 && i < 3:
				v = scale(samples[0])
			case n == 2:
				v = scale(samples[1])
			case i < n:
				v = scale(samples[i])
			}
			pix[2*i], pix[2*i+1] = uint8(v>>8), uint8(v)
		}
	}
}
