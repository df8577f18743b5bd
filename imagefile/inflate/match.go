package inflate

import "encoding/binary"

// copyMatch copies length bytes within b to n from distance before it. It writes up to 15
// bytes more than that.
func copyMatch(b []byte, n, distance, length int) {
	from, end := n-distance, n+length
	// A pattern that is repeated within the match doubles with each copy.
	for ; distance < 8; distance *= 2 {
		copy8(b, n, from)
		n += distance
	}
	if distance < 16 && n < end {
		copy8(b, n, from)
		copy8(b, n+8, from+8)
		n += distance
	}
	for ; n < end; n, from = n+16, from+16 {
		*(*[16]byte)(b[n:]) = *(*[16]byte)(b[from:])
	}
}

func copy8(b []byte, to, from int) {
	binary.LittleEndian.PutUint64(b[to:], binary.LittleEndian.Uint64(b[from:]))
}
