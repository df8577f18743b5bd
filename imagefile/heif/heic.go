package heif

import (
	"context"
	"fmt"
	"image"
)

// Numbers of libheif.
const (
	heicYCbCr = 0
	heicRGB   = 1
	heicGray  = 2

	heic420 = 1
	heic422 = 2
	heic444 = 3
)

// heicHeader is what the decoder says of the main picture.
type heicHeader struct {
	size          image.Point
	space, chroma uint32
	premultiplied bool
}

// HEIC decodes the main picture of a HEIC file, turned and cropped as the file says,
// to an *image.YCbCr, *image.Gray, *image.RGBA or *image.NRGBA of 8 bits a channel.
// The numbers are as they were coded, even if those of YCbCr do not mean what they
// mean in a JPEG. Pictures of more than pixels are refused.
func HEIC(ctx context.Context, file []byte, pixels int64) (image.Image, error) {
	m, err := start(ctx, heic, 96<<20+2*int64(len(file))+16*pixels)
	if err != nil {
		return nil, err
	}
	defer m.close()
	in, err := m.put(file)
	if err != nil {
		return nil, err
	}
	head, err := m.room(4 * 5)
	if err != nil {
		return nil, err
	}
	decode := func(headerOnly, out uint64) (h heicHeader, err error) {
		ok, err := m.call("decode", in, uint64(len(file)), headerOnly, head, head+4, head+8, head+12, head+16, out)
		if err != nil {
			return h, err
		}
		if ok == 0 {
			return h, ErrDecode
		}
		n, err := m.numbers(head, 5)
		if err != nil {
			return h, err
		}
		return heicHeader{image.Pt(int(n[0]), int(n[1])), n[2], n[3], n[4] == 1}, nil
	}
	h, err := decode(1, 0)
	if err != nil {
		return nil, err
	}
	if err := checkPixels(h.size, pixels); err != nil {
		return nil, err
	}
	out, err := m.room(h.bytes())
	if err != nil {
		return nil, err
	}
	if again, err := decode(0, out); err != nil || again != h {
		return nil, orDecode(err)
	}
	pix, err := m.take(out, h.bytes())
	if err != nil {
		return nil, err
	}
	return h.image(pix)
}

func orDecode(err error) error {
	if err == nil {
		return ErrDecode
	}
	return err
}

func checkPixels(size image.Point, pixels int64) error {
	if size.X < 1 || size.Y < 1 || int64(size.X) > pixels/int64(size.Y) {
		return fmt.Errorf("%w: its data is %dx%d, wanted at most %d pixels", ErrDecode, size.X, size.Y, pixels)
	}
	return nil
}

// align returns how long the decoder's rows of n pixels of size bytes are: none has
// fewer than 64 pixels or an odd number of them, and the length is a multiple of 16.
func align(n, size int) int { return (max(n+n&1, 64)*size + 15) &^ 15 }

// planes returns how long the rows of luma and colors are, and the planes' bytes.
func (h heicHeader) planes() (stride, colorStride int, luma, color int64) {
	width, height := h.size.X, h.size.Y
	colorWidth, colorHeight := width, height
	if h.chroma != heic444 {
		colorWidth = (width + 1) / 2
	}
	if h.chroma == heic420 {
		colorHeight = (height + 1) / 2
	}
	stride, colorStride = align(width, 1), align(colorWidth, 1)
	return stride, colorStride, int64(stride) * int64(height), int64(colorStride) * int64(colorHeight)
}

// bytes is how many bytes the decoder writes.
func (h heicHeader) bytes() int64 {
	switch h.space {
	case heicYCbCr:
		_, _, luma, color := h.planes()
		return luma + 2*color
	case heicGray:
		return int64(align(h.size.X, 1)) * int64(h.size.Y)
	}
	return int64(align(h.size.X, 4)) * int64(h.size.Y)
}

func (h heicHeader) image(pix []byte) (image.Image, error) {
	rect := image.Rectangle{Max: h.size}
	stride := align(h.size.X, 4)
	switch {
	case h.space == heicYCbCr:
		return h.yCbCr(pix)
	case h.space == heicGray:
		return &image.Gray{Pix: pix, Stride: align(h.size.X, 1), Rect: rect}, nil
	case h.space == heicRGB && h.premultiplied:
		return &image.RGBA{Pix: pix, Stride: stride, Rect: rect}, nil
	case h.space == heicRGB:
		return &image.NRGBA{Pix: pix, Stride: stride, Rect: rect}, nil
	}
	return nil, ErrDecode
}

func (h heicHeader) yCbCr(pix []byte) (image.Image, error) {
	ratio, ok := map[uint32]image.YCbCrSubsampleRatio{
		heic420: image.YCbCrSubsampleRatio420,
		heic422: image.YCbCrSubsampleRatio422,
		heic444: image.YCbCrSubsampleRatio444,
	}[h.chroma]
	if !ok {
		return nil, ErrDecode
	}
	stride, colorStride, luma, color := h.planes()
	return &image.YCbCr{
		Y: pix[:luma], Cb: pix[luma : luma+color], Cr: pix[luma+color:],
		YStride: stride, CStride: colorStride,
		SubsampleRatio: ratio,
		Rect:           image.Rectangle{Max: h.size},
	}, nil
}
