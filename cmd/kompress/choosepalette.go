package main

import (
	"context"

	"kompress/quantize"
)

// palette chooses the palette of an image whose colors are counted: the one place
// that knows the ways to do so. It notes in s what was chosen and why, and calls
// progress with the share of its work that is done.
func (j *compression) palette(ctx context.Context, session *quantize.Session, s *summary, progress func(float64)) (*quantize.Quantized, error) {
	o := j.options
	o.Progress = progress
	return session.Cluster(ctx, o)
}
