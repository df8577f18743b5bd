package bands

import "encoding/binary"

// Opaque makes pixels of red, green, blue and an alpha of 255 of such without alpha, two at a
// time.
func Opaque(pix, row []uint8) {
	const opaque = 0xff000000_ff000000
	for ; len(row) >= 8 && len(pix) >= 8; row, pix = row[6:], pix[8:] {
		v := binary.LittleEndian.Uint64(row)
		binary.LittleEndian.PutUint64(pix, opaque|v&0xffffff|v<<8&0xffffff_00000000)
	}
	for ; len(row) >= 3 && len(pix) >= 4; row, pix = row[3:], pix[4:] {
		pix[0], pix[1], pix[2], pix[3] = row[0], row[1], row[2], 255
	}
}
