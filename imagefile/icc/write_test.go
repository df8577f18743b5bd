package icc

import (
	"encoding/binary"
	"math"
	"unicode/utf16"
)

// The profiles of the tests are written here: only what a conversion needs.

type tag struct {
	name string
	data []byte
}

// write returns a profile with those tags.
func write(version byte, space, connection string, tags ...tag) []byte {
	p := make([]byte, headerSize)
	p[8] = version
	copy(p[12:], "mntr")
	copy(p[16:], space)
	copy(p[20:], connection)
	copy(p[36:], "acsp")
	p = append32(p, uint32(len(tags)))
	at := len(p) + entrySize*len(tags)
	var data []byte
	for _, t := range tags {
		p = append(p, t.name...)
		p = append32(p, uint32(at+len(data)), uint32(len(t.data)))
		data = append(data, t.data...)
		for len(data)%4 != 0 {
			data = append(data, 0)
		}
	}
	p = append(p, data...)
	binary.BigEndian.PutUint32(p, uint32(len(p)))
	return p
}

func append32(p []byte, numbers ...uint32) []byte {
	for _, v := range numbers {
		p = binary.BigEndian.AppendUint32(p, v)
	}
	return p
}

func appendFixed(p []byte, numbers ...float64) []byte {
	for _, v := range numbers {
		p = append32(p, uint32(int32(math.Round(v*65536))))
	}
	return p
}

func kind(name string) []byte { return append([]byte(name), 0, 0, 0, 0) }

// para is a curve by a formula.
func para(formula uint16, numbers ...float64) []byte {
	return appendFixed(append(binary.BigEndian.AppendUint16(kind("para"), formula), 0, 0), numbers...)
}

// curv is a curve of points; of one, the power with 8 bits behind the point.
func curv(points ...uint16) []byte {
	p := append32(kind("curv"), uint32(len(points)))
	for _, v := range points {
		p = binary.BigEndian.AppendUint16(p, v)
	}
	return p
}

// sampled is a curve of n points of f.
func sampled(n int, f func(float64) float64) []byte {
	points := make([]uint16, n)
	for i := range points {
		points[i] = round16(f(float64(i)/float64(n-1)) * 65535)
	}
	return curv(points...)
}

func power(g float64) func(float64) float64 {
	return func(v float64) float64 { return math.Pow(v, g) }
}

// rgb is a profile with a matrix; the curves are of red, green and blue, or one for
// all.
func rgb(version byte, p Primaries, curves ...[]byte) []byte {
	m, err := p.matrix()
	if err != nil {
		panic(err)
	}
	tags := []tag{{"desc", desc("a test")}}
	for i, c := range []string{"r", "g", "b"} {
		tags = append(tags,
			tag{c + "XYZ", appendFixed(kind("XYZ "), m[0][i], m[1][i], m[2][i])},
			tag{c + "TRC", curves[i%len(curves)]})
	}
	return write(version, "RGB ", "XYZ ", tags...)
}

func desc(name string) []byte {
	return append(append32(kind("desc"), uint32(len(name)+1)), name+"\x00"...)
}

func mluc(name string) []byte {
	text := utf16.Encode([]rune(name))
	p := append(append32(kind("mluc"), 1, 12), "enUS"...)
	p = append32(p, uint32(2*len(text)), 28)
	for _, v := range text {
		p = binary.BigEndian.AppendUint16(p, v)
	}
	return p
}

func gray(connection string, curve []byte) []byte {
	return write(2, "GRAY", connection, tag{"kTRC", curve})
}

// lut16 is a table, of two points a channel, that gives L*, a*, b* for the channels,
// each 0 to 1.
func lut16(channels int, lab func(v []float64) [3]float64) []byte {
	p := append(kind("mft2"), byte(channels), 3, 2, 0)
	p = appendFixed(p, 1, 0, 0, 0, 1, 0, 0, 0, 1)
	p = append(p, 0, 2, 0, 2)
	for range channels {
		p = append(p, 0, 0, 255, 255)
	}
	for i := range 1 << channels {
		v := make([]float64, channels)
		for c := range v {
			v[c] = float64(i >> (channels - 1 - c) & 1)
		}
		// Version 2 has 0xff00 for 100 and 0x8000 for the 0 between -128 and 127.
		c := lab(v)
		p = binary.BigEndian.AppendUint16(p, uint16(c[0]/100*0xff00))
		p = binary.BigEndian.AppendUint16(p, uint16((c[1]+128)*256))
		p = binary.BigEndian.AppendUint16(p, uint16((c[2]+128)*256))
	}
	for range 3 {
		p = append(p, 0, 0, 255, 255)
	}
	return p
}

// stages is a table of version 4: curves, a grid of two points a channel, curves.
func stages(channels int, lab func(v []float64) [3]float64) []byte {
	p := append(kind("mAB "), byte(channels), 3, 0, 0)
	p = append32(p, 0, 0, 0, 0, 0)
	place := func(at int) { binary.BigEndian.PutUint32(p[at:], uint32(len(p))) }
	place(28)
	for range channels {
		p = append(p, curv()...)
	}
	place(24)
	var points [16]byte
	for i := range channels {
		points[i] = 2
	}
	p = append(append(p, points[:]...), 2, 0, 0, 0)
	for i := range 1 << channels {
		v := make([]float64, channels)
		for c := range v {
			v[c] = float64(i >> (channels - 1 - c) & 1)
		}
		c := lab(v) // version 4 has 0xffff for 100 and for 127
		p = binary.BigEndian.AppendUint16(p, uint16(c[0]/100*65535))
		p = binary.BigEndian.AppendUint16(p, uint16((c[1]+128)*257))
		p = binary.BigEndian.AppendUint16(p, uint16((c[2]+128)*257))
	}
	place(12)
	for range 3 {
		p = append(p, para(0, 1)...)
	}
	return p
}

// ink is a simple press: each ink darkens and tints.
func ink(v []float64) [3]float64 {
	c, m, y, k := v[0], v[1], v[2], v[3]
	return [3]float64{100 * (1 - 0.45*c) * (1 - 0.52*m) * (1 - 0.1*y) * (1 - 0.85*k),
		(-37*c + 74*m - 5*y) * (1 - k), (-50*c - 3*m + 93*y) * (1 - k)}
}

var (
	adobeRGB  = Primaries{White: SRGBPrimaries.White, Red: [2]float64{0.64, 0.33}, Green: [2]float64{0.21, 0.71}, Blue: [2]float64{0.15, 0.06}}
	displayP3 = Primaries{White: SRGBPrimaries.White, Red: [2]float64{0.68, 0.32}, Green: [2]float64{0.265, 0.69}, Blue: [2]float64{0.15, 0.06}}
	proPhoto  = Primaries{White: [2]float64{0.3457, 0.3585}, Red: [2]float64{0.7347, 0.2653}, Green: [2]float64{0.1596, 0.8404}, Blue: [2]float64{0.0366, 0.0001}}
	rec2020   = Primaries{White: SRGBPrimaries.White, Red: [2]float64{0.708, 0.292}, Green: [2]float64{0.17, 0.797}, Blue: [2]float64{0.131, 0.046}}
	turned    = Primaries{White: SRGBPrimaries.White, Red: SRGBPrimaries.Green, Green: SRGBPrimaries.Blue, Blue: SRGBPrimaries.Red}
)

// srgbPara is sRGB's tone curve as profiles of version 4 have it.
func srgbPara() []byte { return para(3, 2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045) }

type testProfile struct {
	name string
	data []byte
}

// matrixProfiles are of all kinds of curves and of the spaces that files have.
func matrixProfiles() []testProfile {
	return []testProfile{
		{"Adobe RGB", rgb(2, adobeRGB, curv(563))},
		{"Display P3", rgb(4, displayP3, srgbPara())},
		{"ProPhoto", rgb(2, proPhoto, curv(0x1cd))},
		{"linear BT.2020", rgb(2, rec2020, curv(256))},
		{"no points", rgb(2, rec2020, curv())},
		{"turned", rgb(2, turned, curv(563))},
		{"sRGB of 1024 points", rgb(2, SRGBPrimaries, sampled(1024, srgbCurve.at))},
		{"26 points", rgb(2, displayP3, sampled(26, srgbCurve.at))},
		{"2 points", rgb(2, displayP3, curv(0, 65535))},
		{"4096 points", rgb(2, adobeRGB, sampled(4096, power(2.2)))},
		{"three curves", rgb(2, displayP3, curv(400), sampled(300, power(1.8)), srgbPara())},
		{"formula 0", rgb(4, adobeRGB, para(0, 2.2))},
		{"formula 1", rgb(4, adobeRGB, para(1, 2, 1.2, -0.2))},
		{"formula 2", rgb(4, adobeRGB, para(2, 2, 1.1, -0.1, 0.0))},
		{"formula 4", rgb(4, adobeRGB, para(4, 2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045, 0, 0))},
		{"sRGB's primaries, other curve", rgb(2, SRGBPrimaries, curv(0x180))},
	}
}

// veiledProfiles have a black that is not black.
func veiledProfiles() []testProfile {
	return []testProfile{
		{"formula 1", rgb(4, adobeRGB, para(1, 2, 0.9, 0.1))},
		{"formula 4", rgb(4, displayP3, para(4, 2.4, 0.95/1.055, 0.055/1.055, 1/12.92, 0.04045, 0.02, 0.02))},
		{"points", rgb(2, displayP3, sampled(256, func(v float64) float64 { return 0.01 + 0.99*v*v }))},
		{"hardly", rgb(2, displayP3, sampled(256, func(v float64) float64 { return 0.0001 + 0.9999*v*v }))},
		{"half", rgb(2, adobeRGB, curv(40000, 65535))},
	}
}

func grayProfiles() []testProfile {
	return []testProfile{
		{"gamma 2.2", gray("XYZ ", curv(563))},
		{"gamma 1", gray("XYZ ", curv())},
		{"20 % dot gain", gray("XYZ ", sampled(256, func(v float64) float64 { return math.Pow(v, 1.75) }))},
		{"lightness", gray("Lab ", curv(256))},
		{"lightness of 50 points", gray("Lab ", sampled(50, power(1.2)))},
	}
}

// press4 is a press in a profile of version 4.
func press4() []byte { return write(4, "CMYK", "Lab ", tag{"A2B0", stages(4, ink)}) }

func cmyk() []byte { return write(2, "CMYK", "Lab ", tag{"A2B0", lut16(4, ink)}) }

// rgbTable is a profile for RGB that has a table.
func rgbTable() []byte {
	return write(2, "RGB ", "Lab ", tag{"A2B0", lut16(3, func(v []float64) [3]float64 {
		return [3]float64{20*v[0] + 70*v[1] + 10*v[2], 80*v[0] - 90*v[1] + 40*v[2], 60*v[0] + 60*v[1] - 110*v[2]}
	})})
}

// grayTable is a profile for gray that has a table: from black to a white of that a*
// and b*.
func grayTable(a, b float64) []byte {
	return write(2, "GRAY", "Lab ", tag{"A2B0", lut16(1, func(v []float64) [3]float64 {
		return [3]float64{100 * v[0], a * v[0], b * v[0]}
	})})
}
