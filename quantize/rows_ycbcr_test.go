package quantize

import (
	"bytes"
	"image"
	"image/draw"
	"math/rand/v2"
	"testing"
)

// TestRowsOfYCbCr compares with image/draw, of images that are a part of another too.
func TestRowsOfYCbCr(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for ratio := image.YCbCrSubsampleRatio444; ratio <= image.YCbCrSubsampleRatio410; ratio++ {
		m := image.NewYCbCr(image.Rect(0, 0, 77, 20), ratio)
		for _, plane := range [][]uint8{m.Y, m.Cb, m.Cr} {
			for i := range plane {
				plane[i] = uint8(r.Uint32())
			}
		}
		for _, rect := range []image.Rectangle{m.Rect, image.Rect(4, 4, 60, 19)} {
			part := m.SubImage(rect).(*image.YCbCr)
			want := image.NewRGBA(rect)
			draw.Draw(want, rect, part, rect.Min, draw.Src)
			rows := newRowReader(part)
			for y := rect.Min.Y; y < rect.Max.Y; y++ {
				x := rect.Min.X + 1
				got := rows.piece(x, y, rect.Max.X-x)
				if !bytes.Equal(got, want.Pix[want.PixOffset(x, y):][:len(got)]) {
					t.Fatalf("%v, part %v: row %d differs", ratio, rect, y)
				}
			}
		}
	}
}
