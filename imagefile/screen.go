package imagefile

import (
	"image"
	"image/color"
	"image/draw"
	"slices"
)

// onScreen returns a GIF frame that covers only part of the logical screen
// placed on the whole of it, transparent elsewhere. Other images fill their
// declared size and are returned as they are.
func onScreen(m image.Image, c image.Config) image.Image {
	frame, ok := m.(*image.Paletted)
	screen := image.Rect(0, 0, c.Width, c.Height)
	if !ok || frame.Rect == screen {
		return m
	}
	index, palette := transparentIndex(frame)
	if index < 0 {
		return onTransparent(frame, screen)
	}
	placed := image.NewPaletted(screen, palette)
	if index != 0 {
		fill(placed.Pix, uint8(index))
	}
	for y := frame.Rect.Min.Y; y < frame.Rect.Max.Y; y++ {
		row := frame.Pix[frame.PixOffset(frame.Rect.Min.X, y):]
		copy(placed.Pix[placed.PixOffset(frame.Rect.Min.X, y):], row[:frame.Rect.Dx()])
	}
	return placed
}

// transparentIndex returns an index for fully transparent pixels and a palette
// with it, the frame's own if that has one. It is -1 if all 256 are in use.
func transparentIndex(frame *image.Paletted) (int, color.Palette) {
	p := frame.Palette
	for i, c := range p {
		if _, _, _, a := c.RGBA(); a == 0 {
			return i, p
		}
	}
	if len(p) < maxPaletteLen {
		return len(p), append(slices.Clone(p), color.NRGBA{})
	}
	var used [maxPaletteLen]bool
	for _, v := range frame.Pix {
		used[v] = true
	}
	index := slices.Index(used[:], false)
	if index >= 0 {
		p = slices.Clone(p)
		p[index] = color.NRGBA{}
	}
	return index, p
}

// onTransparent is for a frame that uses 256 opaque colors: one more needs
// true color, which takes four times the memory.
func onTransparent(frame *image.Paletted, screen image.Rectangle) image.Image {
	placed := image.NewNRGBA(screen)
	draw.Draw(placed, frame.Rect, frame, frame.Rect.Min, draw.Src)
	return placed
}

func fill(p []uint8, v uint8) {
	for i := range p {
		p[i] = v
	}
}
