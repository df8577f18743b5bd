package imagefile

import (
	"context"
	"image"
	"io"
)

const maxWebPSide = 1 << 14

func encodeWebP(ctx context.Context, w io.Writer, m *image.Paletted, o EncodeOptions) error {
	if err := checkSides(m, "WebP", maxWebPSide); err != nil {
		return err
	}
	return nil
}
