package imagefile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
)

// Lengths of the header of a RIFF file and of a chunk, and of what stands before the
// chunks of a frame.
const (
	riffHeaderLen  = 12
	riffChunkLen   = 8
	webpFrameLen   = 16
	webpMaxSide    = 1 << 14
	webpAnimation  = 1 << 1 // flags of VP8X
	webpAlpha      = 1 << 4
	webpFlagsAt    = riffHeaderLen + riffChunkLen
	webpCanvasAt   = webpFlagsAt + 4
	webpVP8XHeader = webpFlagsAt + 10
)

// eachRIFFChunk calls do with every chunk from the offset at on, until it returns false.
func eachRIFFChunk(w *window, at int64, do func(kind string, at, n int64) bool) {
	for {
		head := w.peek(at, riffChunkLen)
		if head == nil {
			return
		}
		kind, n := string(head[:4]), int64(binary.LittleEndian.Uint32(head[4:]))
		if !do(kind, at+riffChunkLen, n) {
			return
		}
		at += riffChunkLen + n + n&1
	}
}

// animatedCanvas returns the size of an animation's canvas.
func animatedCanvas(w *window) (size image.Point, animated bool) {
	b := w.peek(0, webpVP8XHeader)
	if b == nil || string(b[riffHeaderLen:riffHeaderLen+4]) != "VP8X" || b[webpFlagsAt]&webpAnimation == 0 {
		return image.Point{}, false
	}
	return image.Pt(1+uint24(b[webpCanvasAt:]), 1+uint24(b[webpCanvasAt+3:])), true
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// A webpFrame is a frame of an animation.
type webpFrame struct {
	place image.Rectangle // on the canvas
	at, n int64           // its chunks
}

var errNoFrame = errors.New("it is animated, but there is no frame")

func firstWebPFrame(w *window) (f webpFrame, err error) {
	err = errNoFrame
	eachRIFFChunk(w, riffHeaderLen, func(kind string, at, n int64) bool {
		if kind != "ANMF" {
			return true
		}
		b := w.peek(at, webpFrameLen)
		if b == nil || n < webpFrameLen || at+n > w.size {
			err = io.ErrUnexpectedEOF
			return false
		}
		corner := image.Pt(2*uint24(b), 2*uint24(b[3:]))
		size := image.Pt(1+uint24(b[6:]), 1+uint24(b[9:]))
		f, err = webpFrame{image.Rectangle{corner, corner.Add(size)}, at + webpFrameLen, n - webpFrameLen}, nil
		return false
	})
	return f, err
}

// still makes a file of the frame alone, that the decoder reads.
func (f webpFrame) still(w *window) ([]byte, error) {
	chunks := w.take(f.at, f.n, w.size)
	if chunks == nil {
		return nil, io.ErrUnexpectedEOF
	}
	body := []byte("WEBP")
	if bytes.HasPrefix(chunks, []byte("ALPH")) {
		body = append(body, "VP8X\x0a\x00\x00\x00"...)
		body = append(body, webpAlpha, 0, 0, 0)
		for _, side := range []int{f.place.Dx() - 1, f.place.Dy() - 1} {
			body = append(body, byte(side), byte(side>>8), byte(side>>16))
		}
	}
	body = append(body, chunks...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...), nil
}

// decodeFirstFrame decodes the first frame on its canvas, which is transparent elsewhere.
func decodeFirstFrame(w *window, canvas image.Point) (image.Image, error) {
	f, err := firstWebPFrame(w)
	if err != nil {
		return nil, err
	}
	file, err := f.still(w)
	if err != nil {
		return nil, err
	}
	c, err := webpConfig(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	if size := f.place.Size(); c.Width != size.X || c.Height != size.Y || !f.place.In(image.Rectangle{Max: canvas}) {
		return nil, fmt.Errorf("%w: a frame of %dx%d, at %v on a canvas of %v", ErrTruncated, c.Width, c.Height, f.place, canvas)
	}
	m, err := decodeStillWebP(bytes.NewReader(file))
	if err != nil || f.place == (image.Rectangle{Max: canvas}) {
		return m, err
	}
	placed := image.NewNRGBA(image.Rectangle{Max: canvas})
	var pix []uint8
	switch m := m.(type) { // both have no color that was multiplied
	case *image.RGBA:
		pix = m.Pix
	case *image.NRGBA:
		pix = m.Pix
	}
	for y := f.place.Min.Y; y < f.place.Max.Y; y++ {
		n := copy(placed.Pix[placed.PixOffset(f.place.Min.X, y):], pix[:4*f.place.Dx()])
		pix = pix[n:]
	}
	return placed, nil
}
