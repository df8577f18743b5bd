package imagefile

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"

	"kompress/imagefile/tiff"
)

// DefaultMaxPixels is the limit on width times height where none is given.
const DefaultMaxPixels = 2_000_000_000

// DecodeOptions are the options of [Decode].
type DecodeOptions struct {
	MaxPixels int64 // most pixels to accept; 0 means DefaultMaxPixels

	// KeepProfile leaves the numbers of the pixels as they are in the file, in the
	// space of the profile that Metadata then has. Else they are converted to sRGB.
	KeepProfile bool

	// Progress, if not nil, is called now and then with the share of the
	// file that the decoder has read, by one goroutine at a time.
	Progress func(share float64)
}

// A File is a decoded image file.
type File struct {
	// Image is the picture as its decoder gave it, an *image.RGBA,
	// *image.NRGBA, *image.YCbCr, *image.Paletted or another: converting
	// it here would need the memory twice.
	Image  image.Image
	Format string // "png", "jpeg", "gif", "bmp", "tiff", "webp", "pnm", "heic", "avif" or "qoi"
	Bytes  int64  // size of the file

	Metadata Metadata
	Notes    []string // what could not be done, for the user to know

	// ConvertedFrom is the name of the color space that the pixels were in, such as
	// "Display P3"; "" if they are as the file has them.
	ConvertedFrom string
}

// Deep says whether an image that Decode gave has more than 8 bits a channel.
func Deep(m image.Image) bool {
	switch m.(type) {
	case *image.Gray16, *image.RGBA64, *image.NRGBA64:
		return true
	}
	return false
}

// Decode reads the image file at path, the first frame of an animation.
//
// The error names the file once, and why it cannot be read, on one line. A
// done ctx ends the work with ctx.Err().
func Decode(ctx context.Context, path string, o DecodeOptions) (*File, error) {
	rows, err := OpenRows(ctx, path, o)
	if err != nil {
		return nil, err
	}
	return rows.decode(ctx)
}

// decode decodes the image as a whole, and closes r.
func (r *Rows) decode(ctx context.Context) (*File, error) {
	defer r.Close()
	r.Keep()
	if err := r.Each(ctx, func(image.Image) error { return nil }); err != nil {
		return nil, err
	}
	return &File{
		Image:    r.Image(),
		Format:   r.Format,
		Bytes:    r.Bytes,
		Metadata: r.Metadata,
		Notes:    r.Notes,

		ConvertedFrom: r.ConvertedFrom,
	}, nil
}

// openRegular opens a file that has bytes to read. It looks before it opens,
// because opening a FIFO waits for a writer.
func openRegular(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, reason(err)
	}
	if info.IsDir() {
		return nil, 0, fmt.Errorf("is a directory, %w", ErrNotRegular)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, ErrNotRegular
	}
	if info.Size() == 0 {
		return nil, 0, ErrEmpty
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, reason(err)
	}
	return file, info.Size(), nil
}

func findFormat(s *source) (*format, error) {
	if err := s.rewind(); err != nil {
		return nil, err
	}
	head := make([]byte, sniffLen)
	n, err := io.ReadFull(s, head)
	if s.err != nil {
		return nil, s.err
	}
	f := sniff(head[:n])
	if f == nil {
		return nil, unreadError(head[:n])
	}
	if err != nil && f.name != "pnm" { // whose one pixel takes as few as eight
		return nil, fmt.Errorf("%w: it has only %d bytes", ErrTruncated, n)
	}
	return f, nil
}

// attempt runs one decoder call from the start of the file and turns what
// goes wrong in it, a panic too, into an error for the user.
func (s *source) attempt(f *format, call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil && s.err != nil {
			err = s.err
		} else if p != nil {
			err = fmt.Errorf("%w: the %s decoder failed: %v", ErrTruncated, f.title, p)
		}
	}()
	if err := s.rewind(); err != nil {
		return err
	}
	err = call()
	// Decoders wrap the error of a read, replace it or drop it.
	if s.err != nil {
		return s.err
	}
	if errors.Is(err, tiff.ErrShort) {
		return fmt.Errorf("%w: it is %w", ErrTruncated, err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: the %s data ends too early", ErrTruncated, f.title)
	}
	if err != nil {
		return fmt.Errorf("cannot decode %s: %w", f.title, err)
	}
	return nil
}
