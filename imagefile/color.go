package imagefile

import (
	"context"
	"fmt"
	"image"

	"kompress/imagefile/icc"
)

// colored is what convertColors gives.
type colored struct {
	image   image.Image
	from    string   // name of the space that the image was converted from, "" if it was not
	profile []byte   // that the image is still in; nil for sRGB
	notes   []string // what could not be done
}

func (c *colored) note(format string, a ...any) { c.notes = append(c.notes, fmt.Sprintf(format, a...)) }

// convertColors converts m to sRGB from the space that info describes, or leaves it in
// that if it has a profile that is to be kept. It may convert the pixels where they are.
//
// A description that is damaged, or not one for such an image, counts for nothing; the
// notes say so.
func convertColors(ctx context.Context, m image.Image, info colorInfo, o DecodeOptions) (colored, error) {
	c := colored{image: m}
	space := c.space(m, &info)
	if space == nil {
		return c, nil
	}
	if o.KeepProfile && c.keep(m, space, &info) {
		return c, nil
	}
	if space.IsSRGB() {
		return c, nil
	}
	err := c.convert(ctx, space)
	return c, err
}

// keep says whether m is to stay in its space: only indexed RGB images are written, so
// a profile for another space cannot be kept.
func (c *colored) keep(m image.Image, space *icc.Profile, info *colorInfo) bool {
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

func (c *colored) convert(ctx context.Context, space *icc.Profile) error {
	bits := 8
	if Deep(c.image) {
		bits = 16
	}
	transform, err := space.Transform(bits)
	if err != nil {
		c.note("colors are not converted from %s: %v", nameOf(space), err)
		return nil
	}
	defer transform.Close()
	r := recoloring{ctx: ctx, convert: transform.Convert}
	switch {
	case transform.Tinted:
		c.image = r.tinted(c.image)
	case space.Space == icc.Gray:
		c.image = r.gray(c.image)
	default:
		c.image = r.color(c.image)
	}
	c.from = nameOf(space)
	return ctx.Err()
}

func nameOf(space *icc.Profile) string {
	if space.Name == "" {
		return "an unnamed " + string(space.Space) + " space"
	}
	return space.Name
}
