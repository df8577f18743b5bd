package inflate

import "encoding/binary"

// copyMatch copies length bytes within b to n from distance before it. It writes up to
// some words more than that.
func copyMatch(b []byte, n, distance, length int) {
	from, end := n-distance, n+length
	if distance < 8 {
		// The pattern that is repeated doubles with each copy.
		for ; distance < 8; distance *= 2 {
			word := binary.LittleEndian.Uint64(b[from:])
			binary.LittleEndian.PutUint64(b[n:], word)
			n += distance
		}
	}
	for n < end {
		word := binary.LittleEndian.Uint64(b[from:])
		binary.LittleEndian.PutUint64(b[n:], word)
		n, from = n+8, from+8
	}
}
