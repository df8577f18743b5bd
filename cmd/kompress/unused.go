package main

import (
	"context"
	"image"
	"image/color"

	"kompress/imagefile"
)

// dropUnused leaves out of an image's palette what no pixel has.
func dropUnused(m *image.Paletted) {
	var used [256]bool
	for _, v := range m.Pix {
		used[v] = true
	}
	palette, place := usedOnly(m.Palette, &used)
	if len(palette) == len(m.Palette) {
		return
	}
	m.Palette = palette
	for i, v := range m.Pix {
		m.Pix[i] = place[v]
	}
}

// usedOnly returns the entries that are used, and where each has gone.
func usedOnly(p color.Palette, used *[256]bool) (palette color.Palette, place [256]uint8) {
	for i, c := range p {
		if used[i] {
			place[i] = uint8(len(palette))
			palette = append(palette, c)
		}
	}
	return palette, place
}

// dropUnusedBands makes m the image that was spooled, without what no pixel has.
func dropUnusedBands(s *imagefile.SpooledBands, m *imagefile.Banded) {
	palette, place := usedOnly(s.Palette, &s.Used)
	put := func(row []uint8) {
		for i, v := range row {
			row[i] = place[v]
		}
	}
	m.Palette = palette
	m.Sample = func(y int) []uint8 {
		row := s.Sample(y)
		put(row)
		return row
	}
	m.Each = func(ctx context.Context, do func(*image.Paletted) error) error {
		return s.Each(ctx, func(band *image.Paletted) error {
			put(band.Pix)
			band.Palette = palette
			return do(band)
		})
	}
}
