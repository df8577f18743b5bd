package icc

import "testing"

// MB/s here are megapixels a second on one core.
func BenchmarkConvert(b *testing.B) {
	const pixels = 1 << 16
	for _, test := range []struct {
		name string
		data []byte
		bits int
		own  bool
	}{
		{"matrix 8 own", rgb(4, displayP3, srgbPara()), 8, true},
		{"matrix 8 LittleCMS", rgb(4, displayP3, srgbPara()), 8, false},
		{"matrix 16 own", rgb(4, displayP3, srgbPara()), 16, true},
		{"matrix 16 LittleCMS", rgb(4, displayP3, srgbPara()), 16, false},
		{"table 8 LittleCMS", rgbTable(), 8, false},
		{"table 16 LittleCMS", rgbTable(), 16, false},
		{"CMYK LittleCMS", cmyk(), 8, false},
	} {
		b.Run(test.name, func(b *testing.B) {
			p, err := Parse(test.data)
			if err != nil {
				b.Fatal(err)
			}
			var t *Transform
			if test.own {
				t = p.own(test.bits)
			} else {
				requireLCMS(b)
				if t, err = p.viaLCMS(test.bits); err != nil {
					b.Fatal(err)
				}
				defer t.Close()
			}
			src, dst := make([]byte, pixels*test.bits/2), make([]byte, pixels*test.bits/2)
			for i := range src {
				src[i] = byte(i * i / 7)
			}
			b.SetBytes(pixels)
			for b.Loop() {
				t.Convert(dst, src)
			}
		})
	}
}

// BenchmarkStart is what a profile costs before the first pixel.
func BenchmarkStart(b *testing.B) {
	for _, test := range []testProfile{
		{"sRGB is found", rgb(2, SRGBPrimaries, sampled(1024, srgbCurve.at))},
		{"Display P3", rgb(4, displayP3, srgbPara())},
	} {
		b.Run(test.name, func(b *testing.B) {
			for b.Loop() {
				p, err := Parse(test.data)
				if err != nil {
					b.Fatal(err)
				}
				if !p.IsSRGB() {
					p.own(8)
				}
			}
		})
	}
}
