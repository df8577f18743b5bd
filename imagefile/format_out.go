package imagefile

import (
	"context"
	"fmt"
	"image"
	"io"
)

// A Compression is how much time to spend on a smaller file. The pixels are the same.
type Compression int

const (
	DefaultCompression Compression = iota
	FastCompression
	BestCompression
)

// EncodeOptions are the options of [Encode]. The zero value makes a PNG.
type EncodeOptions struct {
	Format      string // "png", "gif" or "webp"; "" means "png"
	Compression Compression
	Metadata    Metadata // what the format can carry of it is written
}

// Encode writes m to w.
func Encode(ctx context.Context, w io.Writer, m *image.Paletted, o EncodeOptions) error {
	if o.Format != "" && o.Format != "png" {
		return fmt.Errorf("cannot encode %q yet", o.Format)
	}
	return EncodePNG(ctx, w, m)
}
