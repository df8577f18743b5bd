package imagefile

import (
	"bufio"
	"errors"
	"image"
	"io"
	"runtime"

	"kompress/imagefile/bands"
)

// A pnmBands decodes a file of the Netpbm family by bands. Rows that are not text are
// read where they are, on all processors.
type pnmBands struct {
	pnmHeader
	source *source
	at     int64 // where in the file the samples begin
	rows   int   // of a band
}

func bandsOfPNM(s *source) (bandDecoder, string, error) {
	d, err := newPNMBands(s)
	if err != nil {
		return nil, "", err
	}
	return d, whyWide(d.width, d.height, d.bytesPerPixel()), nil
}

func newPNMBands(s *source) (pnmBands, error) {
	r := bufio.NewReader(s)
	h, err := readPNMHeader(r)
	if err != nil {
		return pnmBands{}, err
	}
	const bandBytes = 4 << 20
	d := pnmBands{pnmHeader: h, source: s, at: s.read - int64(r.Buffered())}
	d.rows = int(max(1, min(bandBytes/max(1, mul(d.bytesPerPixel(), int64(h.width))), int64(h.height))))
	return d, nil
}

// decodePNM is for what is not read by bands.
func decodePNM(r io.Reader) (image.Image, error) {
	s, ok := r.(*source)
	if !ok {
		return nil, errors.New("only open files can be decoded")
	}
	d, err := newPNMBands(s)
	if err != nil {
		return nil, err
	}
	return d.decode(true, func(image.Image) error { return nil })
}

func (d pnmBands) bytesPerPixel() int64 {
	r, _ := bands.RasterOf(d.newImage(image.Rect(0, 0, 1, 1)))
	return int64(r.Size)
}

func (d pnmBands) decode(keep bool, do func(band image.Image) error) (image.Image, error) {
	m := bands.Maker{
		Size: image.Pt(d.width, d.height), New: d.newImage, Rows: d.rows,
		Count:   int(ceilDiv(int64(d.height), int64(d.rows))),
		Band:    func(i int) (top, bottom int) { return i * d.rows, min((i+1)*d.rows, d.height) },
		Jobs:    d.jobs(),
		Workers: runtime.GOMAXPROCS(0),
	}
	raws := make([][]byte, m.Workers)
	m.Paint = func(worker, job int, band bands.Raster) error {
		return d.paintBinary(&raws[worker], job, band)
	}
	if d.text {
		// Where a row begins shows when the one before has been read.
		r := bufio.NewReaderSize(io.NewSectionReader(d.source, d.at, d.source.size-d.at), readBufferSize)
		m.Jobs, m.Workers = 1, 1
		m.Paint = func(_, _ int, band bands.Raster) error { return d.paintText(r, band) }
	}
	return m.Each(keep, do)
}

func (d pnmBands) paintText(r *bufio.Reader, band bands.Raster) error {
	put, samples := d.put(), make([]uint16, d.width*d.channels)
	for y := band.Rect.Min.Y; y < band.Rect.Max.Y; y++ {
		if err := d.textRow(r, samples); err != nil {
			return noEOF(err)
		}
		put(band.Row(y), samples)
	}
	return nil
}

// jobs is how many parts a band's rows are read in.
func (d pnmBands) jobs() int { return min(8, d.rows) }

// paintBinary paints the part of a band's rows that is for a job. It reads them into
// room, which it may replace by a larger one.
func (d pnmBands) paintBinary(room *[]byte, job int, band bands.Raster) error {
	const readBytes = 256 << 10
	rowBytes, top, height := d.rowBytes(), band.Rect.Min.Y, band.Rect.Dy()
	first, last := top+height*job/d.jobs(), top+height*(job+1)/d.jobs()
	row := d.binary()
	raw := resized(*room, rowBytes*max(1, min(readBytes/rowBytes, last-first)))
	*room = raw
	for y := first; y < last; {
		n := min(len(raw)/rowBytes, last-y)
		if _, err := d.source.ReadAt(raw[:n*rowBytes], d.at+int64(y)*int64(rowBytes)); err != nil {
			return noEOF(err)
		}
		for i := range n {
			row(band.Row(y+i), raw[i*rowBytes:][:rowBytes])
		}
		y += n
	}
	return nil
}

// binary returns what makes a row of pixels of one of the file.
func (d pnmBands) binary() func(pix, raw []uint8) {
	if d.most == 255 && d.channels == 3 {
		return bands.Opaque
	}
	if d.most == 255 && d.channels != 2 {
		return func(pix, raw []uint8) { copy(pix, raw) }
	}
	put, samples := d.put(), make([]uint16, d.width*d.channels)
	return func(pix, raw []uint8) {
		d.binaryRow(raw, samples)
		put(pix, samples)
	}
}
