package imagefile

import (
	"context"
	"fmt"
	"image"
	"io"
	"runtime"
)

// A Compression is how much time to spend on a smaller file. The pixels are the same.
type Compression int

const (
	DefaultCompression Compression = iota

	// FastCompression leaves the palette's order and the rows as they are.
	FastCompression

	// BestCompression takes some ten times as long a pixel as the default, or more.
	BestCompression
)

// EncodeOptions are the options of [Encode]. The zero value makes a PNG.
type EncodeOptions struct {
	Format      string // "png", "gif" or "webp"; "" means "png"
	Compression Compression
	Metadata    Metadata // what the format can carry of it is written
	Workers     int      // goroutines that compress, at most; 0 means one a processor. The bytes are the same.
}

func (o EncodeOptions) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// Encode writes m to w. It neither keeps nor changes m, so that an image may be
// encoded several times at once. What it writes depends on neither the machine nor
// the number of workers.
//
//   - PNG: indexed, with the fewest bits for each pixel that the palette allows, its
//     entries in the order that makes the file smallest. Sides up to 2³¹-1.
//   - GIF: sides up to 65,535. It knows no soft edges: a color less than half opaque
//     becomes fully transparent, others opaque. Of the metadata it carries the
//     profile, XMP and text.
//   - WebP: lossless, sides up to 16,383. Of the metadata it carries the profile, EXIF
//     and XMP, and the resolution, in an EXIF block of its own if there is none. The
//     color of what is fully transparent is kept.
//
// An index outside of the palette is an error, [ErrPalette], found when part of the
// file may have been written. A done ctx ends the work with ctx.Err().
func Encode(ctx context.Context, w io.Writer, m *image.Paletted, o EncodeOptions) error {
	encode, name := encodePNG, "PNG"
	switch o.Format {
	case "", "png":
	case "gif":
		encode, name = encodeGIF, "GIF"
	case "webp":
		encode, name = encodeWebP, "WebP"
	default:
		return fmt.Errorf("cannot encode %q, only png, gif and webp", o.Format)
	}
	if err := checkPaletted(m); err != nil {
		return fmt.Errorf("cannot encode %s: %w", name, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return encode(ctx, w, m, o)
}

// EncodePNG is Encode with no options.
func EncodePNG(ctx context.Context, w io.Writer, m *image.Paletted) error {
	return Encode(ctx, w, m, EncodeOptions{})
}

// checkSides refuses sides above a format's limit.
func checkSides(m *image.Paletted, format string, limit int) error {
	if width, height := m.Rect.Dx(), m.Rect.Dy(); width > limit || height > limit {
		return fmt.Errorf("cannot encode %s: %w: it is %dx%d, sides can be at most %d",
			format, ErrTooManyPixels, width, height, limit)
	}
	return nil
}
