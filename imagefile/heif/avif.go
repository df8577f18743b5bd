package heif

import (
	"context"
	"image"
)

// AVIF decodes the main picture, or the first frame, of an AVIF file. It is not turned
// or cropped. The result is an *image.RGBA or, with more than 8 bits a channel, an
// *image.RGBA64. Pictures of more than pixels are refused.
func AVIF(ctx context.Context, file []byte, pixels int64) (image.Image, error) {
	m, err := start(ctx, avif, 96<<20+2*int64(len(file))+40*pixels)
	if err != nil {
		return nil, err
	}
	defer m.close()
	in, err := m.put(file)
	if err != nil {
		return nil, err
	}
	head, err := m.room(4*4 + 8) // four numbers and a duration
	if err != nil {
		return nil, err
	}
	decode := func(headerOnly, out uint64) ([]uint32, error) {
		ok, err := m.call("decode", in, uint64(len(file)), headerOnly, 0, head, head+4, head+8, head+12, head+16, out)
		if err != nil {
			return nil, err
		}
		if ok == 0 {
			return nil, ErrDecode
		}
		return m.numbers(head, 4)
	}
	h, err := decode(1, 0)
	if err != nil {
		return nil, err
	}
	size, deep := image.Pt(int(h[0]), int(h[1])), h[2] > 8
	if err := checkPixels(size, pixels); err != nil {
		return nil, err
	}
	n := 4 * int64(size.X) * int64(size.Y)
	if deep {
		n *= 2
	}
	out, err := m.room(n)
	if err != nil {
		return nil, err
	}
	// A picture that cannot be decoded leaves the room as it was, and is no failure to
	// the decoder. No color has more than its alpha, so that this one is none.
	mark := "\xff\xff\xff\x00"
	if deep {
		mark = "\xff\xff\xff\xff\xff\xff\x00\x00"
	}
	if !m.module.Memory().WriteString(uint32(out), mark) {
		return nil, errTooLarge
	}
	again, err := decode(0, out)
	if err != nil || again[0] != h[0] || again[1] != h[1] || again[2] != h[2] {
		return nil, orDecode(err)
	}
	pix, err := m.take(out, n)
	if err != nil {
		return nil, err
	}
	if string(pix[:len(mark)]) == mark {
		return nil, ErrDecode
	}
	if deep {
		swapBytes(pix)
		return &image.RGBA64{Pix: pix, Stride: 8 * size.X, Rect: image.Rectangle{Max: size}}, nil
	}
	return &image.RGBA{Pix: pix, Stride: 4 * size.X, Rect: image.Rectangle{Max: size}}, nil
}

// swapBytes makes little-endian numbers big-endian.
func swapBytes(pix []byte) {
	for i := 0; i+1 < len(pix); i += 2 {
		pix[i], pix[i+1] = pix[i+1], pix[i]
	}
}
