package imagefile

import (
	"bufio"
	"fmt"
	"image"
	"io"
	"math"
)

// leastGIF bounds the first frame, which may be much smaller than the screen
// that c gives.
func leastGIF(r io.ReaderAt, _ int64, c image.Config) (int64, error) {
	frame, err := firstGIFFrame(bufio.NewReader(io.NewSectionReader(r, 0, math.MaxInt64)))
	if err != nil {
		// The decoder will find the same fault, and has words for it.
		return 0, nil
	}
	return int64(frame.X) * int64(frame.Y) / maxLZWRatio, checkScreen(frame, c)
}

// checkScreen refuses a screen that the frame on it is too small for.
func checkScreen(frame image.Point, c image.Config) error {
	pixels, screen := int64(frame.X)*int64(frame.Y), int64(c.Width)*int64(c.Height)
	if screen > emptyScreen && screen/emptyShare > pixels {
		return fmt.Errorf("%w: the first frame is %dx%d, on a screen of %dx%d", ErrTruncated, frame.X, frame.Y, c.Width, c.Height)
	}
	return nil
}

// A large screen that its first frame leaves empty but for a small part is
// damage, or a way for 43 bytes to ask for gigabytes.
const (
	emptyScreen = 16 << 20 // pixels
	emptyShare  = 64
)

// firstGIFFrame returns the width and height in the first image descriptor.
func firstGIFFrame(r *bufio.Reader) (image.Point, error) {
	const (
		screenLen  = 13
		extension  = 0x21
		descriptor = 0x2c
	)
	var b [screenLen]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return image.Point{}, err
	}
	if flags := b[10]; flags&0x80 != 0 {
		if _, err := r.Discard(3 << (1 + flags&7)); err != nil {
			return image.Point{}, err
		}
	}
	for {
		kind, err := r.ReadByte()
		if err != nil {
			return image.Point{}, err
		}
		switch kind {
		case extension:
			err = skipGIFExtension(r)
		case descriptor:
			_, err = io.ReadFull(r, b[:9])
			return image.Pt(int(b[4])|int(b[5])<<8, int(b[6])|int(b[7])<<8), err
		default:
			return image.Point{}, nil
		}
		if err != nil {
			return image.Point{}, err
		}
	}
}

// skipGIFExtension reads past a label and its blocks, the last one empty.
func skipGIFExtension(r *bufio.Reader) error {
	if _, err := r.ReadByte(); err != nil {
		return err
	}
	for {
		n, err := r.ReadByte()
		if err != nil || n == 0 {
			return err
		}
		if _, err := r.Discard(int(n)); err != nil {
			return err
		}
	}
}
