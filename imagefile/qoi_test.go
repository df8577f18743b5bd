package imagefile

import (
	"encoding/binary"
	"image"
	"image/color"
	"slices"
	"testing"
)

// encodeQOI codes each pixel by the plainest code that does.
func encodeQOI(m image.Image) []byte {
	b := append([]byte("qoif"), 0, 0, 0, 0, 0, 0, 0, 0, 4, 0)
	binary.BigEndian.PutUint32(b[4:], uint32(m.Bounds().Dx()))
	binary.BigEndian.PutUint32(b[8:], uint32(m.Bounds().Dy()))
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
			b = append(b, 0xff, c.R, c.G, c.B, c.A)
		}
	}
	return append(b, 0, 0, 0, 0, 0, 0, 0, 1)
}

// Every code, in the order of the specification.
func TestQOICodes(t *testing.T) {
	b := append([]byte("qoif"), 0, 0, 0, 9, 0, 0, 0, 1, 4, 0)
	b = append(b,
		0xfe, 10, 20, 30, // R, G, B
		0xff, 10, 20, 30, 40, // R, G, B, A
		0x40|3<<4|1<<2,              // +1, -1, -2
		0x80|(32+5), (8+2)<<4|(8-3), // +7, +5, +2
		(10*3+20*5+30*7+40*11)%64, // the second pixel
		0xc0|2,                    // three times more
		0xff, 255, 0, 1, 255)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 1)
	f, err := decodeBytes(t, b, DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []uint8{
		10, 20, 30, 255, 10, 20, 30, 40, 11, 19, 28, 40, 18, 24, 30, 40,
		10, 20, 30, 40, 10, 20, 30, 40, 10, 20, 30, 40, 10, 20, 30, 40, 255, 0, 1, 255,
	}
	if got := pixels8(f.Image); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	b[len(b)-1] = 2
	if _, err := decodeBytes(t, b, DecodeOptions{}); err == nil {
		t.Error("got no error of a wrong end")
	}
}
