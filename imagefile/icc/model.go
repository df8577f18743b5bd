package icc

import (
	"encoding/binary"
	"math"
)

// A model is a profile's matrix and tone curves joined with those of sRGB, in
// LittleCMS's arithmetic.
type model struct {
	curves   [3]*curve
	matrix   matrix // linear RGB to linear sRGB
	offset   vector // what is added then
	identity bool   // the matrix and the offset change nothing
}

// toSRGB is the matrix from XYZ to linear sRGB.
var toSRGB = func() matrix {
	m, err := SRGBPrimaries.matrix()
	if err != nil {
		panic(err)
	}
	inverse, _ := m.inverse()
	return inverse
}()

func (p *Profile) model() *model {
	m := &model{curves: p.curves, matrix: toSRGB.mul(&p.matrix)}
	black := p.black()
	if black > 0 {
		scale := 1 / (1 - black)
		for i, white := range toSRGB.apply(d50) {
			m.offset[i] = -white * black * scale
			for j := range 3 {
				m.matrix[i][j] *= scale
			}
		}
	}
	m.identity = black == 0 && m.matrix.isIdentity()
	return m
}

// A table8 converts colors of 8 bits a channel.
type table8 struct {
	light  [3][256]int64 // with oneBits behind the point
	matrix [3][3]int64   // as well
	offset [3]int64      // as well
	out    *[one + 1]uint8
}

// A lookup8 does that where channels do not mix.
type lookup8 [3][256]uint8

// joinedPoints is how many points LittleCMS joins two curves at.
const joinedPoints = 4096

func (m *model) lookup8() *lookup8 {
	t := new(lookup8)
	for c, curve := range m.curves {
		if c > 0 && curve.equal(m.curves[c-1]) {
			t[c] = t[c-1]
			continue
		}
		var joined [joinedPoints]uint16
		for i := range joined {
			joined[i] = encode16(curve.at(float32(float64(i) / (joinedPoints - 1))))
		}
		for v := range 256 {
			t[c][v] = narrow(between(joined[:], uint16(v)*257))
		}
	}
	return t
}

func (t *lookup8) convert(dst, src []byte) {
	for i := 0; i+4 <= len(src) && i+4 <= len(dst); i += 4 {
		d, s := dst[i:i+4:i+4], src[i:i+4:i+4]
		d[0], d[1], d[2], d[3] = t[0][s[0]], t[1][s[1]], t[2][s[2]], s[3]
	}
}

func (m *model) table8() *table8 {
	t := &table8{out: encoded8()}
	for c, curve := range m.curves {
		for v := range 256 {
			t.light[c][v] = fixed(min(float64(curve.at(float32(float64(v)/255))), 1<<17))
		}
	}
	for i := range 3 {
		for j := range 3 {
			t.matrix[i][j] = fixed(m.matrix[i][j])
		}
		t.offset[i] = fixed(m.offset[i])<<oneBits + one/2
	}
	return t
}

// fixed rounds to a number with oneBits behind the point.
func fixed(v float64) int64 { return int64(math.Floor(float64(v*one) + 0.5)) }

// at converts one color.
func (t *table8) at(r, g, b uint8) (uint8, uint8, uint8) {
	x, y, z := t.light[0][r], t.light[1][g], t.light[2][b]
	return t.encode(0, x, y, z), t.encode(1, x, y, z), t.encode(2, x, y, z)
}

func (t *table8) encode(c int, x, y, z int64) uint8 {
	row := &t.matrix[c]
	light := (row[0]*x + row[1]*y + row[2]*z + t.offset[c]) >> oneBits
	return t.out[max(0, min(light, one))]
}

// convert converts pixels of R, G, B and another byte, which stays.
func (t *table8) convert(dst, src []byte) {
	for i := 0; i+4 <= len(src) && i+4 <= len(dst); i += 4 {
		d, s := dst[i:i+4:i+4], src[i:i+4:i+4]
		d[0], d[1], d[2] = t.at(s[0], s[1], s[2])
		d[3] = s[3]
	}
}

// A table16 converts colors of 16 bits a channel.
type table16 struct {
	light  [3][]float32
	matrix *matrix // nil where channels do not mix
	offset vector
	out    *steps
}

func (m *model) table16() *table16 {
	t := &table16{out: encoded16(), offset: m.offset}
	if !m.identity {
		t.matrix = &m.matrix
	}
	for c, curve := range m.curves {
		if c > 0 && curve.equal(m.curves[c-1]) {
			t.light[c] = t.light[c-1]
			continue
		}
		t.light[c] = make([]float32, 1<<16)
		for v := range t.light[c] {
			t.light[c][v] = curve.at(float32(v) / 65535)
		}
	}
	return t
}

// convert converts pixels of R, G, B and another number, which stays, all big-endian.
func (t *table16) convert(dst, src []byte) {
	for i := 0; i+8 <= len(src) && i+8 <= len(dst); i += 8 {
		d, s := dst[i:i+8:i+8], src[i:i+8:i+8]
		light := vector{}
		for c := range light {
			light[c] = float64(t.light[c][binary.BigEndian.Uint16(s[2*c:])])
		}
		if t.matrix != nil {
			light = t.matrix.apply(light)
		}
		for c := range light {
			binary.BigEndian.PutUint16(d[2*c:], t.out.at(float32(light[c]+t.offset[c])))
		}
		d[6], d[7] = s[6], s[7]
	}
}
