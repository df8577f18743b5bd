package baseline

import "encoding/binary"

// factors are a quantization table, in the order of a block.
type factors [64]int32

// takeFactors reads a segment of quantization tables (T.81 B.2.4.1).
func (d *Decoder) takeFactors(b []byte) error {
	for len(b) > 0 {
		size, id := int(b[0]>>4)+1, b[0]&15
		b = b[1:]
		if size > 2 || id > 3 || len(b) < 64*size {
			return unusual
		}
		for k, at := range columns {
			if size == 1 {
				d.quant[id][at] = int32(b[k])
			} else {
				d.quant[id][at] = int32(b[2*k])<<8 | int32(b[2*k+1])
			}
		}
		b = b[64*size:]
	}
	return nil
}

// The inverse transform is that of image/jpeg, the algorithm of Loeffler, Ligtenberg and
// Moschytz ("Practical fast 1-D DCT algorithms with 11 multiplications", 1989) run
// backwards: on each row, then on each column, in 32 bits that wrap around. How many
// bits are cut off where decides the last bit of a sample, so that every step here is
// one there. Each constant has the bits behind the point that its name ends with.
const (
	cos3x12     = 3406 // cos 3π/16
	sin3x12     = 2276
	cos1x12     = 4017
	sin1x12     = 799
	sqrt2invx8  = 181    // 1/√2
	sqrt2invx14 = 11585  //
	cos6x18     = 70936  // cos(6π/16)/√2
	sin6x18     = 171254 // sin(6π/16)/√2
	cos6x12     = 1108
	sin6x12     = 2676
)

// rotate turns and scales two numbers, with three multiplications.
func rotate(x0, x1, cos, sin int32) (y0, y1 int32) {
	sum := cos * (x0 + x1)
	return sum + (sin-cos)*x1, sum - (cos+sin)*x0
}

// inverseGo writes the samples of a block, of 8 rows, to to. The block's first coefficient
// is dc, in the block it is 0; stride is from one row to the next.
func inverseGo(to []uint8, stride int, b *block, dc int32, by *factors) {
	var rows [64]int32 // row by row
	for i := range 8 {
		inverseRow(rows[8*i:][:8], b[i:], by[i:], dc)
		dc = 0
	}
	for i := range 8 {
		inverseColumn(to[i:], stride, rows[i:])
	}
}

// inverseRow transforms a row, of which b and by have every eighth number. More is added
// to the first one.
func inverseRow(to []int32, b []int16, by []int32, more int32) {
	_, _, _ = to[7], b[56], by[56]
	x0 := (int32(b[0]) + more) * by[0]
	x7 := int32(b[8]) * by[8]
	x2 := int32(b[16]) * by[16]
	x5 := int32(b[24]) * by[24]
	x1 := int32(b[32]) * by[32]
	x6 := int32(b[40]) * by[40]
	x3 := int32(b[48]) * by[48]
	x4 := int32(b[56]) * by[56]

	x0 <<= 17
	x1 <<= 17
	x0, x1 = x0+x1, x0-x1
	x2, x3 = rotate(x2, x3, cos6x18, -sin6x18)
	x1, x2 = x1+x2, x1-x2
	x0, x3 = x0+x3, x0-x3

	x4 <<= 7
	x7 <<= 7
	x7, x4 = x7+x4, x7-x4
	x6 *= sqrt2invx8
	x5 *= sqrt2invx8
	x7, x5 = x7+x5, x7-x5
	x4, x6 = x4+x6, x4-x6
	x4, x7 = rotate(x4>>2, x7>>2, cos3x12, -sin3x12)
	x5, x6 = rotate(x5>>2, x6>>2, cos1x12, -sin1x12)

	to[0], to[7] = x0+x7, x0-x7
	to[1], to[6] = x1+x6, x1-x6
	to[2], to[5] = x2+x5, x2-x5
	to[3], to[4] = x3+x4, x3-x4
}

// inverseColumn transforms every eighth number, and writes the samples.
func inverseColumn(to []uint8, stride int, x []int32) {
	_, _ = x[56], to[7*stride]
	x0, x7, x2, x5 := x[0], x[8], x[16], x[24]
	x1, x6, x3, x4 := x[32], x[40], x[48], x[56]

	x0 += 1 << 19 // half of what the last shift cuts off
	x0, x1 = (x0+x1)>>2, (x0-x1)>>2
	x2, x3 = rotate(x2>>13, x3>>13, cos6x12, -sin6x12)
	x1, x2 = x1+x2, x1-x2
	x0, x3 = x0+x3, x0-x3

	x7, x4 = x7+x4, x7-x4
	x5 = (x5 >> 13) * sqrt2invx14
	x6 = (x6 >> 13) * sqrt2invx14
	x7, x5 = x7+x5, x7-x5
	x4, x6 = x4+x6, x4-x6
	x4, x7 = rotate(x4>>14, x7>>14, cos3x12, -sin3x12)
	x5, x6 = rotate(x5>>14, x6>>14, cos1x12, -sin1x12)

	to[0] = sample(x0 + x7)
	to[stride] = sample(x1 + x6)
	to[2*stride] = sample(x2 + x5)
	to[3*stride] = sample(x3 + x4)
	to[4*stride] = sample(x3 - x4)
	to[5*stride] = sample(x2 - x5)
	to[6*stride] = sample(x1 - x6)
	to[7*stride] = sample(x0 - x7)
}

// sample rounds a number with 18 bits behind the point, from -128 to 127.
func sample(x int32) uint8 { return uint8(max(-128, min(x>>18, 127)) + 128) }

// inverseFlat is inverse for a block of which all other coefficients are 0: all samples
// are equal then.
func inverseFlat(to []uint8, stride int, dc int32, by *factors) {
	v := uint64(sample((dc*by[0]<<17 + 1<<19) >> 2))
	for y := range 8 {
		binary.LittleEndian.PutUint64(to[y*stride:], v*ones)
	}
}
