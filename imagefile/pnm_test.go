package imagefile

import (
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"
)

// encodePPM drops alpha.
func encodePPM(m image.Image) []byte {
	b := fmt.Appendf(nil, "P6\n# a comment\n%d %d\n255\n", m.Bounds().Dx(), m.Bounds().Dy())
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
			b = append(b, c.R, c.G, c.B)
		}
	}
	return b
}

func TestPNMKinds(t *testing.T) {
	tests := []struct {
		name, file, kind string
		want             []uint8 // R, G, B, A in 8 bits
	}{
		{"P1", "P1 # bits\n3 1\n01 1", "*image.Gray", []uint8{255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255}},
		{"P2", "P2\n2 1 100\n0 50\n", "*image.Gray", []uint8{0, 0, 0, 255, 128, 128, 128, 255}},
		{"P2 over the largest value", "P2\n2 1 100\n200 70000", "*image.Gray", []uint8{255, 255, 255, 255, 255, 255, 255, 255}},
		{"P3", "P3 1 1 15 15 0 3", "*image.RGBA", []uint8{255, 0, 51, 255}},
		{"P3 deep", "P3 1 1 1023 1023 0 512", "*image.NRGBA64", []uint8{255, 0, 128, 255}},
		{"P4", "P4 9 1 \xaa\x80", "*image.Gray", slices.Concat(slices.Repeat([]uint8{0, 0, 0, 255, 255, 255, 255, 255}, 4), []uint8{0, 0, 0, 255})},
		{"P5", "P5 2 1 255\n \n", "*image.Gray", []uint8{32, 32, 32, 255, 10, 10, 10, 255}},
		{"P5 deep", "P5 1 1 65535\n\x80\x80", "*image.Gray16", []uint8{128, 128, 128, 255}},
		{"P6", "P6 1 1 255 #ab", "*image.RGBA", []uint8{35, 97, 98, 255}},
		{"P7 gray and alpha", "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 255\nTUPLTYPE GRAYSCALE_ALPHA\nENDHDR\nab", "*image.NRGBA", []uint8{97, 97, 97, 98}},
		{"P7 deep gray and alpha", "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 2\nMAXVAL 65535\nENDHDR\naabb", "*image.NRGBA64", []uint8{97, 97, 97, 98}},
		{"P7 RGBA", "P7\n# note\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nENDHDR\nabcd", "*image.NRGBA", []uint8{97, 98, 99, 100}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := decodeBytes(t, []byte(test.file), DecodeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%T", f.Image); got != test.kind {
				t.Errorf("got a %s, want a %s", got, test.kind)
			}
			if got := pixels8(f.Image); !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// pixels8 returns R, G, B, A, not premultiplied and rounded.
func pixels8(m image.Image) (pix []uint8) {
	r := m.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if c, ok := straight(m.At(x, y)).(color.NRGBA); ok {
				pix = append(pix, c.R, c.G, c.B, c.A)
				continue
			}
			c := color.NRGBA64Model.Convert(m.At(x, y)).(color.NRGBA64)
			for _, v := range []uint16{c.R, c.G, c.B, c.A} {
				pix = append(pix, uint8((uint32(v)+128)/257))
			}
		}
	}
	return pix
}

func TestPNMRefuses(t *testing.T) {
	for _, file := range []string{
		"P6 1 1 0 abc", "P6 1 1 65536 abcabc", "P2 1 1 255 x", "P1 2 1 02", "P6 1 -1 255 abc", "P6 99999999999999999999 1 255 abc",
		"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nENDHDR\nabcde", "P7\nWIDTH x\nENDHDR\n", "P7\nWIDTH 1\n", "P5 1", "P5 1 1 255 ",
		"P2 1 1 255 # " + strings.Repeat("x", 100),
	} {
		if f, err := decodeBytes(t, []byte(file), DecodeOptions{}); err == nil {
			t.Errorf("%q: got a %T of %v", file, f.Image, f.Image.Bounds())
		}
	}
}
