package icc

import (
	"bytes"
	"crypto/sha256"
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

	// Tinted says that grays of the profile are colors in sRGB, such as those of a warm
	// paper. Convert then takes pixels of RGB whose R, G and B are the gray.
	Tinted bool

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
	if p.data == nil {
		return p.own(bits), nil
	}
	key := knownKey{sha256.Sum256(p.data), bits}
	if convert := known.get(key); convert != nil {
		return &Transform{Convert: convert}, nil
	}
	t, err := p.viaLCMS(bits)
	if p.tables {
		return t, err
	}
	if err != nil {
		return p.own(bits), nil
	}
	// The package's own arithmetic takes a third of LittleCMS's time, so it does the
	// work if it gives the same numbers.
	if own := p.own(bits); p.Space == RGB && alike(t, own, bits) {
		t.Close()
		known.put(key, own.Convert)
		return own, nil
	}
	return t, nil
}

// alike says whether two conversions of RGB give the same for all grays and for some
// thousand other colors.
func alike(a, b *Transform, bits int) bool {
	src := probes(bits / 8)
	dstA, dstB := make([]byte, len(src)), make([]byte, len(src))
	a.Convert(dstA, src)
	b.Convert(dstB, src)
	return bytes.Equal(dstA, dstB)
}

// probes returns colors of numbers with that many bytes: the grays, 13 levels of each
// channel with each of the others, and as many that are anywhere.
func probes(size int) []byte {
	const levels = 13
	var p []byte
	for v := range 256 {
		p = append(p, bytes.Repeat([]byte{byte(v)}, 4*size)...)
	}
	state := uint32(1)
	for i := range levels * levels * levels {
		for _, v := range []int{i % levels, i / levels % levels, i / levels / levels, 0} {
			p = append(p, bytes.Repeat([]byte{byte(v * 255 / (levels - 1))}, size)...)
		}
		for range 4 * size {
			state = state*1664525 + 1013904223
			p = append(p, byte(state>>24))
		}
	}
	return p
}

func (p *Profile) viaLCMS(bits int) (*Transform, error) {
	l, err := newLCMS(p, bits)
	if err != nil {
		return nil, err
	}
	switch p.Space {
	case Gray:
		defer l.close()
		colors := l.grays(bits)
		if p.tables && colors.tinted() {
			return &Transform{Convert: colors.converter(bits), Tinted: true}, nil
		}
		return grayTransform(colors.green(), bits), nil
	case CMYK:
		return &Transform{Convert: l.cmyk, close: l.close}, nil
	}
	return &Transform{Convert: l.rgb(bits), close: l.close}, nil
}

// rgb copies alpha beside, which LittleCMS leaves as it is in dst.
func (t *lcmsTransform) rgb(bits int) func(dst, src []byte) {
	size, color := bits/2, bits/8*3
	return func(dst, src []byte) {
		t.convert(dst, src)
		if len(src) == 0 || &dst[0] == &src[0] {
			return
		}
		for i := 0; i+size <= len(src); i += size {
			copy(dst[i+color:i+size], src[i+color:i+size])
		}
	}
}

func (t *lcmsTransform) cmyk(dst, src []byte) {
	t.convert(dst, src)
	for i := 3; i < len(src); i += 4 {
		dst[i] = 255
	}
}

// widen makes 16 bits of 8 or 16.
func widen(v, bits int) uint16 {
	if bits == 8 {
		v *= 257
	}
	return uint16(v)
}

// grayTransform looks up.
func grayTransform(grays []uint16, bits int) *Transform {
	if bits == 8 {
		return &Transform{Convert: func(dst, src []byte) {
			for i, v := range src {
				dst[i] = narrow(grays[v])
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
		return grayTransform(p.grays(bits), bits)
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

// grays returns what that of an lcmsTransform does.
func (p *Profile) grays(bits int) []uint16 {
	black := p.black()
	grays := make([]uint16, 1<<bits)
	for v := range grays {
		grays[v] = encode16(p.grayLight(widen(v, bits), black))
	}
	return grays
}

// grayLight returns the linear light in sRGB for a gray, where black has that much.
func (p *Profile) grayLight(v uint16, black float64) float32 {
	light := p.curves[0].at(float32(v) / 65535)
	if p.lightness {
		light = lightOf(light)
	}
	if black > 0 {
		light = float32((float64(light) - black) / (1 - black))
	}
	return green(light)
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
	f := (float64(float64(lightness)*100) + 16) / 116
	if f <= 24.0/116 {
		return float32((108.0 / 841) * (f - 16.0/116))
	}
	return float32(f * f * f)
}
