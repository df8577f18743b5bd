package icc

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Reasons a profile that is in order cannot be used, for use with [errors.Is].
var (
	ErrNoLittleCMS = errors.New("LittleCMS is missing (on Debian: apt-get install liblcms2-2)")
	ErrLittleCMS   = errors.New("LittleCMS refuses the color profile")
)

// A Transform converts colors to sRGB. Many goroutines may use one.
type Transform struct {
	// Convert converts the pixels in src to sRGB and puts them into dst, which has
	// room for them and may be src. In 8 bits a pixel has the bytes
	//
	//	R, G, B, alpha  of RGB; alpha is copied
	//	gray            of gray, in dst too
	//	C, M, Y, K      of CMYK, 255 for full ink; R, G, B, 255 in dst
	//
	// In 16 bits it has as many numbers, the high byte first. CMYK has 8 bits only.
	Convert func(dst, src []byte)

	close func()
}

// Close frees what LittleCMS holds. No Convert may run or follow.
func (t *Transform) Close() {
	if t.close != nil {
		t.close()
	}
	t.close = nil
}

// Transform returns the conversion to sRGB for numbers of 8 or 16 bits.
//
// The error wraps [ErrNoLittleCMS] or [ErrLittleCMS].
func (p *Profile) Transform(bits int) (*Transform, error) {
	if bits != 8 && (bits != 16 || p.Space == CMYK) {
		return nil, fmt.Errorf("cannot convert %s with %d bits", p.Space, bits)
	}
	if p.data != nil {
		t, err := p.viaLCMS(bits)
		if err == nil || p.tables {
			return t, err
		}
	}
	return p.own(bits), nil
}

func (p *Profile) viaLCMS(bits int) (*Transform, error) {
	l, err := newLCMS(p, bits)
	if err != nil {
		return nil, err
	}
	switch p.Space {
	case Gray:
		defer l.close()
		return grayTransform(l.grays(), bits), nil
	case CMYK:
		return &Transform{Convert: l.cmyk, close: l.close}, nil
	}
	return &Transform{Convert: l.rgb(bits), close: l.close}, nil
}

// rgb copies alpha beside, which LittleCMS leaves as it is in dst.
func (l *lcmsTransform) rgb(bits int) func(dst, src []byte) {
	size, color := bits/2, bits/8*3
	return func(dst, src []byte) {
		l.convert(dst, src)
		if len(src) == 0 || &dst[0] == &src[0] {
			return
		}
		for i := 0; i+size <= len(src); i += size {
			copy(dst[i+color:i+size], src[i+color:i+size])
		}
	}
}

func (l *lcmsTransform) cmyk(dst, src []byte) {
	l.convert(dst, src)
	for i := 3; i < len(src); i += 4 {
		dst[i] = 255
	}
}

// grays returns the sRGB values of all grays. Those of the three channels differ by
// a rounding at most, and green stands for most of the light.
func (l *lcmsTransform) grays() []uint16 {
	const n = 1 << 16
	src, dst := make([]byte, 2*n), make([]byte, 8*n)
	for v := range n {
		binary.BigEndian.PutUint16(src[2*v:], uint16(v))
	}
	l.convert(dst, src)
	grays := make([]uint16, n)
	for v := range grays {
		grays[v] = uint16At(dst, 8*v+2)
	}
	return grays
}

// grayTransform looks up.
func grayTransform(grays []uint16, bits int) *Transform {
	if bits == 8 {
		var table [256]uint8
		for v := range table {
			table[v] = narrow(grays[v*257])
		}
		return &Transform{Convert: func(dst, src []byte) {
			for i, v := range src {
				dst[i] = table[v]
			}
		}}
	}
	return &Transform{Convert: func(dst, src []byte) {
		for i := 0; i+2 <= len(src); i += 2 {
			binary.BigEndian.PutUint16(dst[i:], grays[uint16At(src, i)])
		}
	}}
}

// own is the conversion without LittleCMS of a profile that has no tables.
func (p *Profile) own(bits int) *Transform {
	if p.Space == Gray {
		return grayTransform(p.grays(), bits)
	}
	m := p.model()
	switch {
	case bits == 16:
		return &Transform{Convert: m.table16().convert}
	case m.identity:
		return &Transform{Convert: m.lookup8().convert}
	}
	return &Transform{Convert: m.table8().convert}
}

// grays returns the sRGB values of all grays.
func (p *Profile) grays() []uint16 {
	out := encoded16()
	grays := make([]uint16, 1<<16)
	black := p.black()
	for v := range grays {
		light := p.curves[0].at(float32(v) / 65535)
		if p.lightness {
			light = lightOf(light)
		}
		if black > 0 {
			light = float32((float64(light) - black) / (1 - black))
		}
		grays[v] = out.at(green(light))
	}
	return grays
}

// green returns how much linear green in sRGB has some light of the connection
// space's white. That it is not the same light to the last bit is LittleCMS's rounding.
func green(light float32) float32 {
	const scale = 1 + 32767.0/32768 // numbers of the connection space are below 2
	var v vector
	for i := range v {
		v[i] = float64(float32(float64(light) * (d50[i] / scale)))
	}
	return float32(float64(toSRGB[1][0]*scale*v[0]) + float64(toSRGB[1][1]*scale*v[1]) + float64(toSRGB[1][2]*scale*v[2]))
}

// lightOf returns Y for a lightness L* / 100.
func lightOf(lightness float32) float32 {
	f := (float64(lightness)*100 + 16) / 116
	if f <= 24.0/116 {
		return float32((108.0 / 841) * (f - 16.0/116))
	}
	return float32(f * f * f)
}
