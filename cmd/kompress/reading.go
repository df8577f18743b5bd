package main

import (
	"context"
	"fmt"
	"image"
	"io"

	"kompress/imagefile"
)

// A reading is an image file that is read by bands for others to work on. It tells their
// errors from its own, which name the file.
type reading struct {
	*imagefile.Rows
	path string
	err  error // of reading
}

// openReading opens an image file, or what comes from standard input.
func openReading(ctx context.Context, path string, stdin io.Reader, o imagefile.DecodeOptions) (r reading, err error) {
	r.path = path
	if path != "-" {
		r.Rows, err = imagefile.OpenRows(ctx, path, o)
	} else {
		r.Rows, err = imagefile.OpenRowsReader(ctx, standardInput, stdin, o)
	}
	return r, err
}

// Each implements quantize.Bands.
func (r *reading) Each(ctx context.Context, do func(band image.Image) error) error {
	var failed error
	err := r.Rows.Each(ctx, func(band image.Image) error {
		failed = do(band)
		return failed
	})
	// Who is given the bands ends ctx when it fails: that is no fault of the image.
	if err != nil && failed == nil && ctx.Err() == nil {
		r.err = err
	}
	return err
}

// named puts the image's name before an error that has not got it.
func (r *reading) named(err error) error {
	if r.err != nil {
		return r.err
	}
	return fmt.Errorf("%s: %w", displayName(r.path), err)
}
