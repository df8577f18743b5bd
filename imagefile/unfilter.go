package imagefile

import (
	"image"
	"io"
)

// A truecolor is an image on its way from filtered rows to pixels.
type truecolor struct {
	pngHeader
	pix      []uint8
	previous []uint8 // row above, unfiltered
}

func newTruecolor(h pngHeader) *truecolor {
	return &truecolor{
		pngHeader: h,
		pix:       make([]uint8, 4*h.width*h.height),
		previous:  make([]uint8, h.width*h.channels),
	}
}

// image returns the type that image/png has for the format.
func (t *truecolor) image() image.Image {
	rect := image.Rect(0, 0, t.width, t.height)
	if t.channels == 3 {
		return &image.RGBA{Pix: t.pix, Stride: 4 * t.width, Rect: rect}
	}
	return &image.NRGBA{Pix: t.pix, Stride: 4 * t.width, Rect: rect}
}

// inflated is some rows, each behind the number of its filter, or an error.
type inflated struct {
	rows []byte
	err  error
}

// decode reads the image's rows to the end of z, on a goroutine of its own, and
// unfilters them.
func (t *truecolor) decode(z io.Reader) error {
	const inFlight = 3
	size := 1 + t.width*t.channels
	bandRows := max(1, (256<<10)/size)
	ready, free := make(chan inflated, inFlight), make(chan []byte, inFlight)
	stop := make(chan struct{})
	for range inFlight {
		free <- make([]byte, min(bandRows, t.height)*size)
	}
	go t.inflate(z, size, ready, free, stop)
	var err error
	y := 0
	for band := range ready {
		if err == nil {
			err = band.err
		}
		for rows := band.rows; err == nil && len(rows) > 0; rows = rows[size:] {
			err = t.row(y, rows[0], rows[1:size])
			y++
		}
		if err == nil {
			free <- band.rows[:cap(band.rows)]
		} else if stop != nil {
			close(stop)
			stop = nil
		}
	}
	return err
}

// inflate sends bands of rows until there are no more, or stop is closed. It
// closes ready at the end.
func (t *truecolor) inflate(z io.Reader, size int, ready chan<- inflated, free <-chan []byte, stop <-chan struct{}) {
	defer close(ready)
	defer func() {
		if recover() != nil { // of the inflater: no other goroutine could
			ready <- inflated{err: errUnusual}
		}
	}()
	for left := t.height; left > 0; {
		var b []byte
		select {
		case b = <-free:
		case <-stop:
			return
		}
		b = b[:min(len(b), left*size)]
		if _, err := io.ReadFull(z, b); err != nil {
			ready <- inflated{err: errUnusual}
			return
		}
		ready <- inflated{rows: b}
		left -= len(b) / size
	}
	// Reading to the end verifies the checksum; there must be nothing left.
	var more [1]byte
	if n, err := io.ReadFull(z, more[:]); n != 0 || err != io.EOF {
		ready <- inflated{err: errUnusual}
	}
}

// row unfilters a row in place and writes its pixels.
func (t *truecolor) row(y int, filter byte, row []uint8) error {
	bpp := t.channels
	switch filter {
	case 0:
	case 1:
		for i := bpp; i < len(row); i++ {
			row[i] += row[i-bpp]
		}
	case 2:
		for i, v := range t.previous[:len(row)] {
			row[i] += v
		}
	case 3:
		unfilterAverage(row, t.previous, bpp)
	case 4:
		if bpp == 3 {
			unfilterPaeth3(row, t.previous)
		} else {
			unfilterPaeth4(row, t.previous)
		}
	default:
		return errUnusual
	}
	copy(t.previous, row)
	pix := t.pix[4*t.width*y:][:4*t.width]
	if bpp == 4 {
		copy(pix, row)
		return nil
	}
	for ; len(row) >= 3 && len(pix) >= 4; row, pix = row[3:], pix[4:] {
		pix[0], pix[1], pix[2], pix[3] = row[0], row[1], row[2], 255
	}
	return nil
}

func unfilterAverage(row, above []uint8, bpp int) {
	for i := range row[:bpp] {
		row[i] += above[i] / 2
	}
	for i := bpp; i < len(row); i++ {
		row[i] += uint8((int(row[i-bpp]) + int(above[i])) / 2)
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
