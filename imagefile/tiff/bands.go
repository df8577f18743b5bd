package tiff

import (
	"context"
	"fmt"
	"image"
	"runtime"

	"kompress/imagefile/bands"
)

// Decode decodes the image, to one of the types of package image: Gray, Gray16,
// Paletted, CMYK, or RGBA, NRGBA, RGBA64 and NRGBA64. A done ctx ends it.
func (h *Header) Decode(ctx context.Context) (image.Image, error) {
	return h.Each(ctx, true, func(image.Image) error { return nil })
}

// Each decodes the image by bands of rows, on all processors, and calls do with them
// from top to bottom. With keep they are parts of the image, which it returns. Else a
// band is valid until do returns, and the image is nil. An error of do ends it and is
// returned.
func (h *Header) Each(ctx context.Context, keep bool, do func(band image.Image) error) (image.Image, error) {
	return h.layout(bandBytes, maxBand).each(ctx, keep, do)
}

func (l layout) each(ctx context.Context, keep bool, do func(band image.Image) error) (image.Image, error) {
	m := bands.Maker{
		Size: image.Pt(l.Width, l.Height), New: l.newImage,
		Count: l.count(), Band: l.band, Rows: min(l.rows, l.Height),
		Jobs: l.jobs(), Workers: min(runtime.GOMAXPROCS(0), l.count()*l.jobs()),
	}
	painters := make([]painter, m.Workers)
	m.Paint = func(worker, job int, band bands.Raster) error {
		if painters[worker] == nil {
			painters[worker] = l.painter(l.chunkHeight)
		}
		return l.paint(ctx, painters[worker], job, band)
	}
	if l.stream {
		streams := l.streams()
		m.Paint = func(_, job int, band bands.Raster) error { return streams[job].paint(ctx, band) }
	}
	return m.Each(keep, do)
}

// A painter decodes strips or tiles, one after the other, for one goroutine.
type painter interface {
	// open begins one.
	open(i int64) error

	// paint paints those rows of it that come next where they are in the image. They
	// are whole blocks if colors are subsampled, unless they are the last.
	paint(to bands.Raster, r image.Rectangle) error
}

// painter returns one that is asked for that many rows at a time, at the most.
func (h *Header) painter(rows int) painter {
	switch {
	case h.compression == compressionJPEG:
		return newJPEGPainter(h)
	case h.photometric == yCbCr:
		return newYCbCrPainter(h)
	}
	return newPlainPainter(h, rows)
}

// BytesPerPixel is how many bytes of the decoded image a pixel takes.
func (h *Header) BytesPerPixel() int64 {
	r, _ := bands.RasterOf(h.newImage(image.Rect(0, 0, 1, 1)))
	return int64(r.Size)
}

// Sizes of the parts of an image that are decoded at a time, in bytes of that.
const (
	bandBytes = 4 << 20
	jobBytes  = 256 << 10
	// maxBand is where strips or tiles are decoded in parts, those beside each other at
	// the same time, rather than some below each other.
	maxBand = 8 << 20
)

// A layout is how an image is cut into bands.
type layout struct {
	*Header
	rows   int  // of the highest band
	stream bool // a band has parts of strips or tiles, else some of them one below the other
}

// layout returns one whose bands have about as many bytes, or up to most if there is no
// need to stop within strips or tiles then.
func (h *Header) layout(band, most int64) layout {
	row := mul(int64(h.Width), h.BytesPerPixel())
	rows := int(max(1, min(band/row, int64(h.Height))))
	rows = int(ceilDiv(rows, h.subY)) * h.subY
	if h.chunkHeight > rows && h.compression == compressionNone {
		h = h.cut(rows)
	}
	if h.chunkHeight <= rows {
		return layout{Header: h, rows: rows / h.chunkHeight * h.chunkHeight}
	}
	if size := mul(row, int64(h.chunkHeight)); size > most && h.stops(size) {
		return layout{Header: h, rows: rows, stream: true}
	}
	return layout{Header: h, rows: h.chunkHeight}
}

// cut returns h with lower strips or tiles of which some make one of the file, if their
// rows can be found in that. They have at most that many rows.
func (h *Header) cut(rows int) *Header {
	if h.down() > 1 {
		if h.chunkHeight%h.subY != 0 {
			return h
		}
		for h.chunkHeight%rows != 0 {
			rows -= h.subY
		}
	}
	cut := *h
	cut.chunkHeight, cut.split = rows, int(ceilDiv(h.chunkHeight, rows))
	return &cut
}

// stops says whether it is of use to decode strips or tiles in parts if a row of them has
// that size. The decompressors of all that are side by side are held then. A JPEG is
// decoded as a whole.
func (h *Header) stops(size int64) bool {
	var state int64
	switch h.compression {
	case compressionJPEG:
		return false
	case compressionZstd:
		state = 8 << 20
	default:
		state = 100 << 10 // mostly of inflate, and the rows that are read at a time
	}
	return mul(state, h.across()*int64(h.planes)) < size
}

// Whole says why the image takes as much memory by bands as it does as a whole, or "".
func (h *Header) Whole() string {
	l := h.layout(bandBytes, maxBand)
	size := mul(mul(int64(h.Width), int64(l.rows)), h.BytesPerPixel())
	if l.count() > 1 || size <= maxBand {
		return ""
	}
	kind := "it is one strip"
	if l.dir.has(tagTileWidth) {
		kind = fmt.Sprintf("its tiles have %d rows", l.chunkHeight)
	}
	return kind + ", compressed by " + names[h.compression]
}

// pieces is how many bands a strip has that is decoded in parts.
func (l layout) pieces() int { return int(ceilDiv(l.chunkHeight, l.rows)) }

func (l layout) count() int {
	if !l.stream {
		return int(ceilDiv(l.Height, l.rows))
	}
	full := l.Height / l.chunkHeight
	return full*l.pieces() + int(ceilDiv(l.Height%l.chunkHeight, l.rows))
}

func (l layout) band(i int) (top, bottom int) {
	if !l.stream {
		return i * l.rows, min((i+1)*l.rows, l.Height)
	}
	strip := i / l.pieces() * l.chunkHeight
	top = strip + i%l.pieces()*l.rows
	return top, min(top+l.rows, strip+l.chunkHeight, l.Height)
}

// group is how many strips or tiles one job decodes, or a part of.
func (l layout) group() int {
	if l.stream {
		const jobs = 32
		return int(ceilDiv(int(l.across()), jobs))
	}
	chunk := mul(mul(int64(l.chunkWidth), int64(l.chunkHeight)), l.BytesPerPixel())
	return int(max(1, jobBytes/chunk))
}

// jobs is how many there are of a band. One that is not as high leaves some nothing
// to do.
func (l layout) jobs() int {
	if l.stream {
		return int(ceilDiv(int(l.across()), l.group()))
	}
	return int(ceilDiv(l.rows/l.chunkHeight*int(l.across()), l.group()))
}

// paint does a job of a band.
func (l layout) paint(ctx context.Context, p painter, job int, band bands.Raster) error {
	first := int64(band.Rect.Min.Y/l.chunkHeight) * l.across()
	n := int(ceilDiv(band.Rect.Dy(), l.chunkHeight) * l.across())
	for i := job * l.group(); i < min((job+1)*l.group(), n); i++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.open(first + int64(i)); err != nil {
			return err
		}
		if err := p.paint(band, l.chunkRect(first+int64(i))); err != nil {
			return err
		}
	}
	return nil
}

// chunkRect returns where in the image a strip or tile of the first plane is.
func (h *Header) chunkRect(i int64) image.Rectangle {
	at := image.Pt(int(i%h.across())*h.chunkWidth, int(i/h.across())*h.chunkHeight)
	r := image.Rectangle{at, at.Add(image.Pt(h.chunkWidth, h.chunkHeight))}
	return r.Intersect(image.Rect(0, 0, h.Width, h.Height))
}
