package imagefile

import (
	"context"
	"fmt"
	"image"
)

// Size returns the width and the height that an image file declares, each 1 at least,
// which Decode may turn, and refuse: their product may be more than an int64 holds. It
// reads the header only, and its errors are among those of Decode.
func Size(ctx context.Context, path string) (image.Point, error) {
	c, err := readConfig(ctx, path)
	if err != nil {
		return image.Point{}, fmt.Errorf("%s: %w", displayName(path), err)
	}
	return image.Pt(c.Width, c.Height), nil
}

func readConfig(ctx context.Context, path string) (c image.Config, err error) {
	file, size, err := openRegular(path)
	if err != nil {
		return c, err
	}
	defer file.Close()
	s := newSource(ctx, file, size)
	f, err := findFormat(s)
	if err != nil {
		return c, err
	}
	err = s.attempt(f, func() (err error) {
		c, err = f.config(s)
		return err
	})
	if err == nil {
		err = refuseEmpty(c)
	}
	return c, err
}
