package imagefile

import "encoding/binary"

// describeBMP reads the resolution and, in the newest of the headers, the profile.
func describeBMP(w *window, d *description) {
	const (
		headerAt  = 14
		v5Len     = 124
		embedded  = "DEBM" // 'MBED', little-endian
		fullLen   = headerAt + 40
		profileAt = headerAt + 112
	)
	b := w.peek(0, fullLen)
	if b == nil {
		return
	}
	headerLen := binary.LittleEndian.Uint32(b[headerAt:])
	if headerLen < 40 {
		return
	}
	x, y := binary.LittleEndian.Uint32(b[38:]), binary.LittleEndian.Uint32(b[42:])
	d.Density = perMetre(float64(int32(x)), float64(int32(y)))
	b = w.peek(0, headerAt+v5Len)
	if headerLen < v5Len || b == nil || string(b[headerAt+56:headerAt+60]) != embedded {
		return
	}
	at, n := binary.LittleEndian.Uint32(b[profileAt:]), binary.LittleEndian.Uint32(b[profileAt+4:])
	d.color.setProfile(w.take(headerAt+int64(at), int64(n), maxProfile))
}
