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
	painters := make([]painter, l.workers())
	m := bands.Maker{
		Size: image.Pt(l.Width, l.Height), New: l.newImage,
		Count: l.count(), Band: l.band, Rows: min(l.rows, l.Height),
		Jobs: l.jobs(), Workers: len(painters),
		Paint: func(worker, job int, band bands.Raster) error {
			if painters[worker] == nil {
				painters[worker] = l.painter()
			}
			return l.paint(ctx, painters[worker], job, band)
		},
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

func (h *Header) painter() painter {
	switch {
	case h.compression == compressionJPEG:
		return newJPEGPainter(h)
	case h.photometric == yCbCr:
		return newYCbCrPainter(h)
	}
	return newPlainPainter(h)
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
	// maxBand is where one strip is decoded in parts, by one goroutine, rather than
	// several strips at the same time.
	maxBand = 16 << 20
)

// A layout is how an image is cut into bands.
type layout struct {
	*Header
	rows   int  // of the highest band
	stream bool // a band is a part of a strip; else it has some of them, or of tiles
}

// layout returns one whose bands have about as many bytes, and where no more than most
// are decoded at a time only to be of use later.
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
	if h.across() == 1 && mul(row, int64(h.chunkHeight)) > most && h.compression != compressionJPEG {
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

// group is how many strips or tiles one job decodes.
func (l layout) group() int {
	chunk := mul(mul(int64(l.chunkWidth), int64(l.chunkHeight)), l.BytesPerPixel())
	return int(max(1, jobBytes/chunk))
}

// jobs is how many there are of a band. One that is not as high leaves some nothing
// to do.
func (l layout) jobs() int {
	if l.stream {
		return 1
	}
	return int(ceilDiv(l.rows/l.chunkHeight*int(l.across()), l.group()))
}

// workers is how many goroutines can work: parts of strips can only follow each other.
func (l layout) workers() int {
	if l.stream {
		return 1
	}
	return min(runtime.GOMAXPROCS(0), l.count()*l.jobs())
}

// paint does a job of a band.
func (l layout) paint(ctx context.Context, p painter, job int, band bands.Raster) error {
	if l.stream {
		if err := ctx.Err(); err != nil {
			return err
		}
		if top := band.Rect.Min.Y; top%l.chunkHeight == 0 {
			if err := p.open(int64(top / l.chunkHeight)); err != nil {
				return err
			}
		}
		return p.paint(band, band.Rect)
	}
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
