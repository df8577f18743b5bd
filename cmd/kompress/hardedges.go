package main

import (
	"image"
	"image/color"
	"slices"

	"kompress/cmd/kompress/palettefile"
	"kompress/quantize"
)

// GIF knows what is opaque and what is fully transparent, and nothing between. Who only
// cuts alpha in the file has spent colors on differences that are gone then: it is cut
// before colors are counted.

// hardEdgesNote tells of that.
const hardEdgesNote = "GIF has no soft edges: what is less than half opaque becomes transparent, the rest opaque (png and webp keep them)"

// hardAlpha is where the encoder of GIF cuts, too.
func hardAlpha(a uint8) uint8 {
	if a < 128 {
		return 0
	}
	return 255
}

// hardEdges returns an image with no translucent pixels: a copy if it has any.
func hardEdges(m image.Image) (hard image.Image, cut bool) {
	if o, tells := m.(interface{ Opaque() bool }); tells && o.Opaque() || !hasSoftEdges(m) {
		return m, false
	}
	r := quantize.NewPixelReader(m)
	dst := image.NewNRGBA(m.Bounds())
	r.Read(dst.Pix, 0)
	for p := dst.Pix; len(p) > 0; p = p[4:] {
		if r.Premultiplied() && p[3] != 255 {
			c := quantize.PremultipliedKey(p[0], p[1], p[2], p[3]).NRGBA()
			p[0], p[1], p[2] = c.R, c.G, c.B
		}
		p[3] = hardAlpha(p[3])
	}
	return dst, true
}

// hasSoftEdges looks a row at a time: most images have none, and need no copy.
func hasSoftEdges(m image.Image) bool {
	b := m.Bounds()
	r := quantize.NewPixelReader(m)
	row := make([]uint8, 4*b.Dx())
	for y := range b.Dy() {
		r.Read(row, y*b.Dx())
		for i := 3; i < len(row); i += 4 {
			if row[i] != hardAlpha(row[i]) {
				return true
			}
		}
	}
	return false
}

// checkAlpha refuses locked colors that the format does not have, and makes those of a
// given palette what they will be in the file.
func (j *compression) checkAlpha() error {
	if j.encoding.Format != "gif" {
		return nil
	}
	soft := func(c color.NRGBA) bool { return c.A != hardAlpha(c.A) }
	if i := slices.IndexFunc(j.options.Locked, soft); i >= 0 {
		return usagef("--lock: got %s, but GIF has no translucent colors", palettefile.Hex(j.options.Locked[i]))
	}
	if j.fixed != nil {
		for i := range j.fixed.Colors {
			c := &j.fixed.Colors[i]
			c.A = hardAlpha(c.A)
		}
	}
	return nil
}
