package inflate

import "encoding/binary"

// copyMatch copies length bytes within b to n from distance before it. It writes up to 15
// bytes more than that.
func copyMatch(b []byte, n, distance, length int) {
	from, end := n-distance, n+length
	if distance < 8 {
		repeat(b, n, end, distance)
		return
	}
	for ; n < end; n, from = n+16, from+16 {
		copy16(b, n, from)
	}
}

// copy16 copies 16 bytes to at least 8 behind where they are, what it writes first
// included.
func copy16(b []byte, n, from int) {
	to, source := (*[16]byte)(b[n:]), (*[16]byte)(b[from:])
	binary.LittleEndian.PutUint64(to[:], binary.LittleEndian.Uint64(source[:]))
	binary.LittleEndian.PutUint64(to[8:], binary.LittleEndian.Uint64(source[8:]))
}

// repeat repeats the bytes before n, as many as distance says, up to end.
func repeat(b []byte, n, end, distance int) {
	by := &repeats[distance&7]
	word := binary.LittleEndian.Uint64(b[n-distance:]) & by.mask * by.factor
	for ; n < end; n += by.step {
		binary.LittleEndian.PutUint64(b[n:], word)
	}
}

// repeats say for each number of bytes below eight how they are alone in a word, times
// what they are as many times as fit, and how many bytes are repeated as a whole.
var repeats = func() (r [8]struct {
	mask, factor uint64
	step         int
}) {
	for n := 1; n < 8; n++ {
		r[n].mask = 1<<(8*n) - 1
		for at := 0; at < 8; at += n {
			r[n].factor |= 1 << (8 * at)
		}
		r[n].step = 8 / n * n
	}
	return r
}()
