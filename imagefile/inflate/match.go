package inflate

import "encoding/binary"

// copyMatch copies length bytes within b to n from distance before it. It writes up to 15
// bytes more than that.
func copyMatch(b []byte, n, distance, length int) {
	from, end := n-distance, n+length
	if distance >= 16 {
		for ; n < end; n, from = n+16, from+16 {
			*(*[16]byte)(b[n:]) = *(*[16]byte)(b[from:])
		}
		return
	}
	for ; distance < 8; distance *= 2 { // the pattern that is repeated doubles with each copy
		word := binary.LittleEndian.Uint64(b[from:])
		binary.LittleEndian.PutUint64(b[n:], word)
		n += distance
	}
	for ; n < end; n, from = n+8, from+8 {
		word := binary.LittleEndian.Uint64(b[from:])
		binary.LittleEndian.PutUint64(b[n:], word)
	}
}
