package ui

import (
	"image"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// A face rasterizes the glyphs of a font at a size. The font may be any file of the
// system, and the package that reads it is, in its own words, not hardened against
// malicious ones: whatever panics in there is taken for a missing glyph. A nil face
// has no glyphs.
type face struct {
	font.Face
	largest int // pixels of a side of a glyph; a broken font may ask for millions
}

func newFace(parsed *opentype.Font, pixels float64) (*face, error) {
	f, err := opentype.NewFace(parsed, &opentype.FaceOptions{
		Size: pixels, DPI: 72, // so that a point is a pixel
		Hinting: font.HintingFull, // for whole advances
	})
	if err != nil {
		return nil, err
	}
	return &face{f, 8 * int(pixels)}, nil
}

// has tells whether there is a glyph for a rune.
func (f *face) has(r rune) bool {
	_, ok := f.advance(r)
	return ok
}

// advance returns how many pixels the pen goes on after a rune.
func (f *face) advance(r rune) (pixels float32, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	if f == nil {
		return 0, false
	}
	advance, ok := f.GlyphAdvance(r)
	return float32(max(0, min(advance.Round(), f.largest))), ok
}

// rasterize returns the coverage of a rune's glyph, good until the next call, and
// where its top left is from the pen on the baseline.
func (f *face) rasterize(r rune) (coverage *image.Alpha, offset image.Point, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	bounds, _, ok := f.GlyphBounds(r)
	size := bounds.Max.Sub(bounds.Min)
	if !ok || size.X.Ceil() > f.largest || size.Y.Ceil() > f.largest {
		return nil, image.Point{}, false
	}
	to, mask, from, _, ok := f.Glyph(fixed.Point26_6{}, r)
	if !ok {
		return nil, image.Point{}, false
	}
	alpha, ok := mask.(*image.Alpha)
	if !ok {
		return nil, image.Point{}, false
	}
	part := alpha.SubImage(image.Rectangle{from, from.Add(to.Size())})
	return part.(*image.Alpha), to.Min, true
}
