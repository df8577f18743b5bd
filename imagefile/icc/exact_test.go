package icc

import (
	"math"
	"testing"
)

// The same in plain mathematics: light by the curve, a matrix from sRGB's and the
// space's chromaticities, and back by sRGB's curve.
func TestOwnIsExact(t *testing.T) {
	srgb := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	// From W3C's CSS Color 4, by way of XYZ: linear Display P3, Adobe RGB and
	// ProPhoto to linear sRGB.
	tests := []struct {
		name   string
		data   []byte
		light  func(float64) float64
		matrix matrix
	}{
		{"Display P3", rgb(4, displayP3, srgbPara()), srgb, matrix{
			{1.2249401763, -0.2249401763, 0},
			{-0.0420569547, 1.0420569547, 0},
			{-0.0196375546, -0.0786360456, 1.0982736002}}},
		{"Adobe RGB", rgb(2, adobeRGB, curv(563)), power(563.0 / 256), matrix{
			{1.3983557440, -0.3983557440, 0},
			{0, 1, 0},
			{0, -0.0429289893, 1.0429289893}}},
		{"ProPhoto", rgb(2, proPhoto, curv(0x1cd)), power(0x1cd / 256.0), matrix{
			{2.0343808495, -0.7276357899, -0.3067450596},
			{-0.2288257316, 1.2317425412, -0.0029168096},
			{-0.0085588288, -0.1532667021, 1.1618255309}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, err := Parse(test.data)
			if err != nil {
				t.Fatal(err)
			}
			src := lattice8()
			got := make([]byte, len(src))
			p.own(8).Convert(got, src)
			for i := 0; i < len(src); i += 4 {
				var light vector
				for c := range light {
					light[c] = test.light(float64(src[i+c]) / 255)
				}
				for c, v := range test.matrix.apply(light) {
					want := 255 * encodeSlowly(v)
					if math.Abs(float64(got[i+c])-want) > 1 {
						t.Fatalf("%v: got %v, want %.2f for channel %d", src[i:i+3], got[i:i+3], want, c)
					}
				}
				if got[i+3] != src[i+3] {
					t.Fatalf("got alpha %d, want %d", got[i+3], src[i+3])
				}
			}
		})
	}
}

func encodeSlowly(light float64) float64 {
	light = max(0, min(light, 1))
	if light <= 0.0031308 {
		return 12.92 * light
	}
	return 1.055*math.Pow(light, 1/2.4) - 0.055
}

// The steps are as good as the function that they stand for.
func TestStepsAreEncode16(t *testing.T) {
	s := encoded16()
	for i := range 200_000 {
		light := float32(i)/180_000 - 0.05
		if got, want := s.at(light), encode16(light); got != want {
			t.Fatalf("%v: got %d, want %d", light, got, want)
		}
	}
	for v := 1; v <= 65535; v += 7 {
		below := math.Nextafter32(s.least[v], -1)
		if s.at(s.least[v]) != uint16(v) || s.at(below) != uint16(v-1) {
			t.Fatalf("got %d at the least light for %d and %d below it", s.at(s.least[v]), v, s.at(below))
		}
	}
}

func TestEncode16(t *testing.T) {
	for i := range 10_000 {
		light := float64(i) / 9_999
		if got, want := float64(encode16(float32(light))), 65535*encodeSlowly(light); math.Abs(got-want) > 0.6 {
			t.Fatalf("%v: got %v, want %.2f", light, got, want)
		}
	}
}
