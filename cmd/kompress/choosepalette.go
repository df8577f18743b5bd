package main

import (
	"context"

	"kompress/imagefile"
	"kompress/quantize"
)

// A counted is an image whose colors are counted, and how many threads work on it; 0
// means all.
type counted struct {
	session *quantize.Session
	in      *imagefile.File
	threads int
}

// palette chooses the palette of an image whose colors are counted: the one place
// that knows the ways to do so. It notes in s what was chosen and why, and calls
// progress with the share of its work that is done. Where the file had to be made for
// that, it returns it, too.
func (j *compression) palette(ctx context.Context, c *counted, s *summary, progress func(float64)) (q *quantize.Quantized, file []byte, err error) {
	o := j.options
	o.Progress = progress
	switch {
	case j.fixed != nil:
		// A color that is nearest no pixel may be part of a mixture.
		o.KeepUnused = j.dither.Method != quantize.NoDither
		q, err = c.session.Assign(ctx, j.fixed.Palette(), o)
		return q, nil, err
	case j.targets.any():
		return j.reach(ctx, c, s, o)
	}
	q, err = c.session.Cluster(ctx, o)
	return q, nil, err
}
