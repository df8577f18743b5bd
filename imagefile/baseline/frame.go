package baseline

import (
	"encoding/binary"
	"image"
	"slices"
)

// takeFrame reads a frame header (T.81 B.2.2) with the limits that image/jpeg has.
func (d *Decoder) takeFrame(b []byte) error {
	const head, each = 6, 3
	if d.parts != nil || len(b) < head || b[0] != 8 || len(b) != head+each*int(b[5]) {
		return unusual
	}
	d.Size = image.Pt(int(binary.BigEndian.Uint16(b[3:])), int(binary.BigEndian.Uint16(b[1:])))
	if d.Size.X == 0 || d.Size.Y == 0 {
		return unusual
	}
	switch b[5] {
	case 1, 3:
	case 4:
		return inked
	default:
		return unusual
	}
	for b = b[head:]; len(b) > 0; b = b[each:] {
		c := component{id: b[0], h: int(b[1] >> 4), v: int(b[1] & 15), quant: b[2]}
		if !d.fits(c) {
			return unusual
		}
		d.parts = append(d.parts, c)
	}
	if len(d.parts) == 1 {
		// A scan of one channel is of blocks one by one, whatever the factors are.
		d.parts[0].h, d.parts[0].v = 1, 1
	}
	return nil
}

// fits says whether c can be the next channel: the first has all pixels, the others
// equally many.
func (d *Decoder) fits(c component) bool {
	sampled := func(n int) bool { return n == 1 || n == 2 || n == 4 }
	if c.quant > 3 || !sampled(c.h) || !sampled(c.v) {
		return false
	}
	for _, other := range d.parts {
		if other.id == c.id {
			return false
		}
	}
	switch len(d.parts) {
	case 1:
		return d.parts[0].v < 4 && d.parts[0].h%c.h == 0 && d.parts[0].v%c.v == 0
	case 2:
		return d.parts[1].h == c.h && d.parts[1].v == c.v
	}
	return true
}

// takeScan reads the header of a scan (T.81 B.2.3) of all channels, the only one.
func (d *Decoder) takeScan(b []byte) error {
	if d.scan != nil {
		return repeated
	}
	if d.parts == nil || len(b) < 1 || len(b) != 4+2*int(b[0]) {
		return unusual
	}
	if int(b[0]) != len(d.parts) {
		return separate
	}
	var scan []int
	blocks := 0
	for i := range d.parts {
		j := d.find(b[1+2*i])
		if j < 0 || slices.Contains(scan, j) || !d.choose(&d.parts[j], b[2+2*i]) {
			return unusual
		}
		if d.parts[j].ac.runs {
			return runs
		}
		scan = append(scan, j)
		blocks += d.parts[j].h * d.parts[j].v
	}
	if blocks > maxBlocks || d.rgb() && blocks > len(d.parts) {
		return unusual
	}
	d.scan = scan
	return nil
}

// maxBlocks is how many blocks can belong together.
const maxBlocks = 10

// find returns which channel has that name, or -1.
func (d *Decoder) find(id uint8) int {
	return slices.IndexFunc(d.parts, func(c component) bool { return c.id == id })
}

// choose sets the tables of a channel, or says that there are none.
func (d *Decoder) choose(c *component, tables uint8) bool {
	dc, ac := tables>>4, tables&15
	if most := d.mostTables(); dc > most || ac > most {
		return false
	}
	c.dc, c.ac = d.dc[dc], d.ac[ac]
	return c.dc != nil && c.ac != nil
}

// mostTables returns the highest number that a Huffman table can have.
func (d *Decoder) mostTables() uint8 {
	if d.baseline {
		return 1
	}
	return 3
}
