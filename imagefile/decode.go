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
	f, err := decodePath(ctx, path, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", displayName(path), err)
	}
	return f, nil
}

func decodePath(ctx context.Context, path string, o DecodeOptions) (*File, error) {
	file, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return decodeFile(ctx, file, size, o)
}

func decodeFile(ctx context.Context, file *os.File, size int64, o DecodeOptions) (*File, error) {
	s := newSource(ctx, file, size)
	f, err := findFormat(s)
	if err != nil {
		return nil, err
	}
	return decodeSource(s, f, size, o)
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

// decodeSource decodes the pixels, and makes of them what the rest of the file
// says they are.
func decodeSource(s *source, f *format, size int64, o DecodeOptions) (*File, error) {
	m, err := decodePixels(s, f, size, o)
	if err != nil {
		return nil, err
	}
	d, err := describe(s, f, size)
	if err != nil {
		return nil, err
	}
	colored, err := convertColors(s.ctx, m, d.color, o)
	if err != nil {
		return nil, err
	}
	if m, err = orient(s.ctx, colored.image, d.orientation); err != nil {
		return nil, err
	}
	if d.transposed || d.orientation >= 5 {
		d.transpose()
	}
	d.Profile = colored.profile
	return &File{
		Image:    m,
		Format:   f.name,
		Bytes:    size,
		Metadata: d.Metadata,
		Notes:    append(d.notes, colored.notes...),

		ConvertedFrom: colored.from,
	}, nil
}

// decodePixels decodes s in two steps, so that what the header declares is checked
// before the decoder allocates it.
func decodePixels(s *source, f *format, size int64, o DecodeOptions) (image.Image, error) {
	var c image.Config
	err := s.attempt(f, func() (err error) {
		c, err = f.config(s)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := checkSize(s, f, size, c, o); err != nil {
		return nil, err
	}
	s.progress = o.Progress
	var m image.Image
	err = s.attempt(f, func() (err error) {
		m, err = f.decode(s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return onScreen(m, c), nil
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
