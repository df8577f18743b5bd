package main

import (
	"context"
	"image/color"
	"slices"

	"kompress/quantize"
)

// A counted is an image whose colors are counted, and how many threads work on it; 0
// means all.
type counted struct {
	session *quantize.Session
	in      *inputImage
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
		q, err = j.assign(ctx, c, s, o)
		return q, nil, err
	case j.targets.any():
		return j.reach(ctx, c, s, o)
	}
	q, err = c.session.Cluster(ctx, o)
	return q, nil, err
}

// assign gives an image the palette that was given and, if it has transparent pixels and
// the palette has no entry for them, one more: many kinds of palette files cannot have it.
func (j *compression) assign(ctx context.Context, c *counted, s *summary, o quantize.Options) (*quantize.Quantized, error) {
	p, counts := j.fixed.Palette(), c.session.Counts()
	alpha := func(is func(uint8) bool) bool {
		return slices.ContainsFunc(p, func(c color.Color) bool { return is(color.NRGBAModel.Convert(c).(color.NRGBA).A) })
	}
	if counts.Transparent() && !alpha(func(a uint8) bool { return a == 0 }) {
		if len(p) < quantize.MaxColors {
			p = append(p, color.NRGBA{})
		} else {
			s.Notes = append(s.Notes, "transparent pixels become opaque: --palette has 256 colors, and none that is")
		}
	}
	if counts.Translucent() && !alpha(func(a uint8) bool { return a > 0 && a < 255 }) {
		s.Notes = append(s.Notes, "soft edges become hard: --palette has no translucent colors")
	}
	// A color that is nearest no pixel may be part of a mixture.
	o.KeepUnused = j.dither.Method != quantize.NoDither
	return c.session.Assign(ctx, p, o)
}
