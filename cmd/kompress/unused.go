package main

import (
	"image"
	"image/color"
)

// dropUnused leaves out of an image's palette what no pixel has.
func dropUnused(m *image.Paletted) {
	var used [256]bool
	for _, v := range m.Pix {
		used[v] = true
	}
	var place [256]uint8
	palette := make(color.Palette, 0, len(m.Palette))
	for i, c := range m.Palette {
		if used[i] {
			place[i] = uint8(len(palette))
			palette = append(palette, c)
		}
	}
	if len(palette) == len(m.Palette) {
		return
	}
	m.Palette = palette
	for i, v := range m.Pix {
		m.Pix[i] = place[v]
	}
}
