package imagefile

import (
	"fmt"
	"image"
	"math/bits"
)

func refuseEmpty(c image.Config) error {
	if c.Width <= 0 || c.Height <= 0 {
		return fmt.Errorf("%w: it is %dx%d", ErrNoPixels, c.Width, c.Height)
	}
	return nil
}

// checkSize refuses a declared size that is over the limit, or that a file of
// this length cannot hold. Decoders allocate the whole picture at the word of
// the header, so without this a hundred bytes can ask for gigabytes.
func checkSize(s *source, f *format, size int64, c image.Config, o DecodeOptions) error {
	limit := o.MaxPixels
	if limit == 0 {
		limit = DefaultMaxPixels
	}
	if err := refuseEmpty(c); err != nil {
		return err
	}
	hi, pixels := bits.Mul64(uint64(c.Width), uint64(c.Height))
	if hi != 0 || limit < 0 || pixels > uint64(limit) {
		return fmt.Errorf("%w: it is %dx%d, the limit is %d pixels (--max-pixels)",
			ErrTooManyPixels, c.Width, c.Height, limit)
	}
	least, err := f.least(s, size, c)
	if s.err != nil {
		return s.err
	}
	if err != nil {
		return err
	}
	if least > size {
		return fmt.Errorf("%w: %d bytes cannot hold the %dx%d pixels it declares",
			ErrTruncated, size, c.Width, c.Height)
	}
	return nil
}
