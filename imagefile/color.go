package imagefile

import (
	"context"
	"fmt"
	"image"

	"kompress/imagefile/icc"
)

// A coloring is how the pixels of an image become sRGB, or why they stay as they are.
type coloring struct {
	from    string   // name of the space that they are converted from, "" if they are not
	profile []byte   // that they are still in; nil for sRGB
	notes   []string // what could not be done

	space     *icc.Profile // to convert from; nil for not at all
	transform *icc.Transform
}

// newColoring looks at the type of m, an image in the space that info describes or a
// part of it, and its palette. If it matters whether all pixels of the image are gray,
// gray is asked.
//
// A description that is damaged, or not one for such an image, counts for nothing; the
// notes say so.
func newColoring(m image.Image, gray func() bool, info *colorInfo, o DecodeOptions) coloring {
	var c coloring
	space := c.spaceFor(m, gray, info)
	if space == nil || o.KeepProfile && c.keep(space, info) || space.IsSRGB() {
		return c
	}
	c.space = space
	return c
}

func (c *coloring) note(format string, a ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, a...))
}

// keep says whether an image is to stay in its space: only indexed RGB images are
// written, so a profile for another space cannot be kept.
func (c *coloring) keep(space *icc.Profile, info *colorInfo) bool {
	if !space.IsEmbedded() {
		return false // by gamma and such, which have no profile
	}
	if space.Space != icc.RGB {
		c.note("the color profile is for %s and the output is not: converted to sRGB", space.Space)
		return false
	}
	c.profile = info.Profile
	return true
}

// open makes ready to convert images of the type of m. What cannot be converted stays
// as it is.
func (c *coloring) open(m image.Image) {
	if c.space == nil {
		return
	}
	bits := 8
	if Deep(m) {
		bits = 16
	}
	var err error
	if c.transform, err = c.space.Transform(bits); err != nil {
		c.note("colors are not converted from %s: %v", nameOf(c.space), err)
		return
	}
	c.from = nameOf(c.space)
}

// apply converts m, where its pixels are if it can. The result is not complete if the
// context of r is done.
func (c *coloring) apply(r recoloring, m image.Image) image.Image {
	if c.transform == nil {
		return m
	}
	r.convert = c.transform.Convert
	switch {
	case c.transform.Tinted:
		return r.tinted(m)
	case c.space.Space == icc.Gray:
		return r.gray(m)
	}
	return r.color(m)
}

func (c *coloring) close() {
	if c.transform != nil {
		c.transform.Close()
	}
	c.transform = nil
}

// colored is what convertColors gives.
type colored struct {
	coloring
	image image.Image
}

// convertColors converts m to sRGB from the space that info describes, or leaves it in
// that if it has a profile that is to be kept. It may convert the pixels where they are.
func convertColors(ctx context.Context, m image.Image, info colorInfo, o DecodeOptions) (colored, error) {
	c := colored{newColoring(m, func() bool { return allGrayPixels(m) }, &info, o), m}
	c.open(m)
	defer c.close()
	c.image = c.apply(recoloring{ctx: ctx}, m)
	return c, ctx.Err()
}

func nameOf(space *icc.Profile) string {
	if space.Name == "" {
		return "an unnamed " + string(space.Space) + " space"
	}
	return space.Name
}
