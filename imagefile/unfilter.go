package imagefile

import "encoding/binary"

// filters is how many there are.
const filters = 5

// unfilter unfilters a row of pixels of bpp bytes, in place, with the row above. It says
// whether there is such a filter.
func unfilter(filter byte, row, above []uint8, bpp int) bool {
	above = above[:len(row)]
	switch filter {
	case 0:
	case 1:
		unfilterSub(row, bpp)
	case 2:
		unfilterUp(row, above)
	case 3:
		unfilterAverage(row, above, bpp)
	case 4:
		unfilterPaeth(row, above, bpp)
	default:
		return false
	}
	return true
}

// addBytes adds each of the eight bytes of two words.
func addBytes(a, b uint64) uint64 {
	const low = 0x7f7f7f7f_7f7f7f7f
	return (a&low + b&low) ^ (a^b)&^low
}

func unfilterSub(row []uint8, bpp int) {
	switch bpp {
	case 3:
		unfilterSub3(row)
	case 4:
		unfilterSub4(row)
	default:
		for i := bpp; i < len(row); i++ {
			row[i] += row[i-bpp]
		}
	}
}

func unfilterSub3(row []uint8) {
	var a0, a1, a2 uint8
	for ; len(row) >= 3; row = row[3:] {
		a0, a1, a2 = a0+row[0], a1+row[1], a2+row[2]
		row[0], row[1], row[2] = a0, a1, a2
	}
}

// unfilterSub4 takes two pixels at a time: the first is added to the second, the pixel
// before to both.
func unfilterSub4(row []uint8) {
	var a uint64
	for ; len(row) >= 8; row = row[8:] {
		v := binary.LittleEndian.Uint64(row)
		v = addBytes(v, v<<32)
		v = addBytes(v, a|a<<32)
		binary.LittleEndian.PutUint64(row, v)
		a = v >> 32
	}
	if len(row) >= 4 {
		v := addBytes(a, uint64(binary.LittleEndian.Uint32(row)))
		binary.LittleEndian.PutUint32(row, uint32(v))
	}
}

func unfilterUp(row, above []uint8) {
	for ; len(row) >= 8 && len(above) >= 8; row, above = row[8:], above[8:] {
		v := addBytes(binary.LittleEndian.Uint64(row), binary.LittleEndian.Uint64(above))
		binary.LittleEndian.PutUint64(row, v)
	}
	for i, v := range above[:len(row)] {
		row[i] += v
	}
}

func unfilterAverage(row, above []uint8, bpp int) {
	if bpp == 3 {
		unfilterAverage3(row, above)
		return
	}
	for i := range row[:min(bpp, len(row))] {
		row[i] += above[i] / 2
	}
	for i := bpp; i < len(row); i++ {
		row[i] += uint8((int(row[i-bpp]) + int(above[i])) / 2)
	}
}

func unfilterAverage3(row, above []uint8) {
	var a0, a1, a2 uint
	for ; len(row) >= 3 && len(above) >= 3; row, above = row[3:], above[3:] {
		a0 = (uint(row[0]) + (a0+uint(above[0]))/2) & 255
		a1 = (uint(row[1]) + (a1+uint(above[1]))/2) & 255
		a2 = (uint(row[2]) + (a2+uint(above[2]))/2) & 255
		row[0], row[1], row[2] = uint8(a0), uint8(a1), uint8(a2)
	}
}

func unfilterPaeth(row, above []uint8, bpp int) {
	switch bpp {
	case 3:
		unfilterPaeth3(row, above)
	case 4:
		unfilterPaeth4(row, above)
	default:
		for i := range row[:min(bpp, len(row))] {
			row[i] += above[i]
		}
		for i := bpp; i < len(row); i++ {
			row[i] += uint8(paeth(int(row[i-bpp]), int(above[i]), int(above[i-bpp])))
		}
	}
}

// unfilterPaeth3 keeps the pixel to the left, and that above it, in registers.
func unfilterPaeth3(row, above []uint8) {
	var a0, a1, a2, c0, c1, c2 int
	for ; len(row) >= 3 && len(above) >= 3; row, above = row[3:], above[3:] {
		b0, b1, b2 := int(above[0]), int(above[1]), int(above[2])
		a0 = (int(row[0]) + paeth(a0, b0, c0)) & 255
		a1 = (int(row[1]) + paeth(a1, b1, c1)) & 255
		a2 = (int(row[2]) + paeth(a2, b2, c2)) & 255
		row[0], row[1], row[2] = uint8(a0), uint8(a1), uint8(a2)
		c0, c1, c2 = b0, b1, b2
	}
}

func unfilterPaeth4(row, above []uint8) {
	var a0, a1, a2, a3, c0, c1, c2, c3 int
	for ; len(row) >= 4 && len(above) >= 4; row, above = row[4:], above[4:] {
		b0, b1, b2, b3 := int(above[0]), int(above[1]), int(above[2]), int(above[3])
		a0 = (int(row[0]) + paeth(a0, b0, c0)) & 255
		a1 = (int(row[1]) + paeth(a1, b1, c1)) & 255
		a2 = (int(row[2]) + paeth(a2, b2, c2)) & 255
		a3 = (int(row[3]) + paeth(a3, b3, c3)) & 255
		row[0], row[1], row[2], row[3] = uint8(a0), uint8(a1), uint8(a2), uint8(a3)
		c0, c1, c2, c3 = b0, b1, b2, b3
	}
}

// paeth returns which of left, above and upper left is nearest to left + above -
// upper left; of equally near ones, the first. Compilers make it without
// branches, half of which a processor would guess wrong.
func paeth(a, b, c int) int {
	pa, pb := b-c, a-c
	pc := magnitude(pa + pb)
	pa, pb = magnitude(pa), magnitude(pb)
	nearest, least := a, pa
	if pb < least {
		nearest = b
	}
	least = min(least, pb)
	if pc < least {
		nearest = c
	}
	return nearest
}

func magnitude(v int) int {
	sign := v >> 31
	return (v ^ sign) - sign
}
