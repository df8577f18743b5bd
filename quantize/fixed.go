package quantize

import (
	"context"
	"fmt"
	"image/color"
)

// Assign gives every colour the nearest entry of a given palette, of 1 to MaxColors
// colours, which are rounded to 8 bits. The first of several that are as near gets it.
// Opaque colours get none that is fully transparent, and in an image without alpha opaque
// ones, if there are others, or any.
// Of the options only Space and KeepUnused matter.
//
// As after Cluster, q.Palette has those entries that some pixel has, sorted. With
// KeepUnused it is the given palette, entry by entry, whether used or not and however
// often a colour is repeated, for those who know colours by their numbers.
//
// No colour is used that is not given: if no entry is fully transparent, pixels that
// are get the one that differs least from them over black and over white, a grey of
// middle lightness if there is one.
func (s *Session) Assign(ctx context.Context, p color.Palette, o Options) (*Quantized, error) {
	entries, err := entriesOf(p)
	if err != nil {
		return nil, err
	}
	if err := o.Space.check(); err != nil {
		return nil, err
	}
	if err := s.load(o.Space, false); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	index, err := s.nearest(ctx, o.Space, entries)
	if err != nil {
		return nil, err
	}
	s.keepSolid(o.Space, entries, entries, index)
	q := &Quantized{Converged: true, space: o.Space}
	if o.KeepUnused {
		s.finishAll(q, entries, index)
		for i, c := range p { // with the colour of what is fully transparent
			q.Palette[i] = nrgba8(c)
		}
	} else {
		s.finish(q, entries, index, nil)
	}
	q.Lossless = q.MSE == 0
	return q, nil
}

// entriesOf returns the colours of a palette, in its order.
func entriesOf(p color.Palette) ([]Key, error) {
	if len(p) < 1 || len(p) > MaxColors {
		return nil, fmt.Errorf("quantize: got a palette of %d colors, want 1 to %d", len(p), MaxColors)
	}
	entries := make([]Key, len(p))
	for i, c := range p {
		if c == nil {
			return nil, fmt.Errorf("quantize: got no color at place %d of a palette", i)
		}
		entries[i] = keyOf(nrgba8(c))
	}
	return entries, nil
}

func keyOf(c color.NRGBA) Key { return MakeKey(c.R, c.G, c.B, c.A) }

func nrgba8(c color.Color) color.NRGBA {
	v := round8(c)
	return color.NRGBA{R: v[0], G: v[1], B: v[2], A: v[3]}
}
