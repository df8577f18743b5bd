package imagefile

import (
	"bufio"
	"io"
)

// bmpRuns is where in a picture the next pixel of a run goes.
type bmpRuns struct {
	*bmpHeader
	r    *bufio.Reader
	pix  []uint8
	size int // bytes a pixel in pix
	x, y int // y in the order of the file
}

// runs decodes run lengths to pix. Pixels that the file skips stay as they are. A file
// that ends before its picture does is cut off.
func (h *bmpHeader) runs(r *bufio.Reader, pix []uint8) error {
	d := &bmpRuns{bmpHeader: h, r: r, pix: pix, size: 1}
	if h.coding == bmpRLE24 {
		d.size = 4
	}
	for {
		count, err := r.ReadByte()
		if err != nil {
			return d.end(err)
		}
		if count > 0 {
			err = d.run(int(count))
		} else {
			var done bool
			if done, err = d.escape(); done {
				return nil
			}
		}
		if err != nil {
			return d.end(err)
		}
	}
}

// end returns what an error means that reading met: nothing if every pixel is there.
func (d *bmpRuns) end(err error) error {
	if err == io.EOF && (d.y >= d.height || d.y == d.height-1 && d.x >= d.width) {
		return nil
	}
	return noEOF(err)
}

// run repeats a value, or the two in the halves of a byte.
func (d *bmpRuns) run(n int) error {
	v, err := d.value()
	if err != nil {
		return err
	}
	for i := range n {
		d.put(d.part(v, i))
	}
	return nil
}

// value reads a byte, or blue, green and red.
func (d *bmpRuns) value() ([3]uint8, error) {
	var v [3]uint8
	n := 1
	if d.coding == bmpRLE24 {
		n = 3
	}
	_, err := io.ReadFull(d.r, v[:n])
	return v, noEOF(err)
}

// part returns the i-th pixel of those that a value repeats.
func (d *bmpRuns) part(v [3]uint8, i int) [3]uint8 {
	if d.coding != bmpRLE4 {
		return v
	}
	if i%2 == 0 {
		return [3]uint8{v[0] >> 4}
	}
	return [3]uint8{v[0] & 15}
}

func (d *bmpRuns) put(v [3]uint8) {
	if d.x < d.width && d.y < d.height {
		p := d.pix[(d.row(d.y)*d.width+d.x)*d.size:]
		if d.size == 1 {
			p[0] = v[0]
		} else {
			p[0], p[1], p[2] = v[2], v[1], v[0]
		}
	}
	d.x++
}

// escape does what the byte behind a count of 0 says.
func (d *bmpRuns) escape() (done bool, err error) {
	n, err := d.r.ReadByte()
	if err != nil {
		return false, noEOF(err)
	}
	switch n {
	case 0: // end of the row
		d.x = 0
		d.y++
	case 1: // end of the picture
		return true, nil
	case 2: // skip pixels and rows
		var by [2]byte
		if _, err := io.ReadFull(d.r, by[:]); err != nil {
			return false, noEOF(err)
		}
		d.x += int(by[0])
		d.y += int(by[1])
	default:
		return false, d.literal(int(n))
	}
	return false, nil
}

// literal reads n pixels, which are padded to two bytes.
func (d *bmpRuns) literal(n int) error {
	length := 0
	for i := 0; i < n; {
		v, err := d.value()
		if err != nil {
			return err
		}
		length++
		d.put(d.part(v, 0))
		if i++; d.coding == bmpRLE4 && i < n {
			d.put(d.part(v, 1))
			i++
		}
	}
	if d.coding == bmpRLE24 {
		length *= 3
	}
	if length%2 == 1 {
		_, err := d.r.ReadByte()
		return noEOF(err)
	}
	return nil
}
