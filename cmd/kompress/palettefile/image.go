package palettefile

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/quantize"
)

// readImage reads the colours of an image, or an error that wraps
// imagefile.ErrFormat if the file is none.
func readImage(ctx context.Context, path string, o imagefile.DecodeOptions) (*Palette, error) {
	f, err := imagefile.Decode(ctx, path, o)
	if err != nil {
		return nil, err
	}
	p := &Palette{Name: words.Stem(path)}
	if m, indexed := f.Image.(*image.Paletted); indexed {
		p.Colors = entries(m, f.Format == "png")
	} else {
		p.Colors, err = distinct(ctx, f.Image)
	}
	if err == nil {
		err = p.unique().check()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", words.Printable(path), err)
	}
	return p, nil
}

// entries returns those of an indexed image: all, or those that pixels have, because
// other formats than PNG have room for more than there are.
func entries(m *image.Paletted, all bool) (colors []Color) {
	var used [256]bool
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride:]
		for _, i := range row[:m.Rect.Dx()] {
			used[i] = true
		}
	}
	for i, c := range m.Palette {
		if all || used[i] {
			colors = append(colors, Color{NRGBA: nrgba(c)})
		}
	}
	return colors
}

// nrgba returns a colour, the zero value if it is transparent.
func nrgba(c color.Color) color.NRGBA {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	if n.A == 0 {
		return color.NRGBA{}
	}
	return n
}

// distinct returns the colours of an image in the order in which they appear.
func distinct(ctx context.Context, m image.Image) ([]Color, error) {
	// Counted before they are listed, for photographs are slow to walk through.
	s, err := quantize.NewSession(ctx, nil, m)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if n := s.Counts().Distinct(); n > quantize.MaxColors {
		return nil, fmt.Errorf("got an image of %d colors for a palette, want %d at most (kompress palette finds the best few)", n, quantize.MaxColors)
	}
	var colors []Color
	seen := map[color.NRGBA]bool{}
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y && len(seen) < s.Counts().Distinct(); y++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for x := b.Min.X; x < b.Max.X; x++ {
			if c := nrgba(m.At(x, y)); !seen[c] {
				seen[c] = true
				colors = append(colors, Color{NRGBA: c})
			}
		}
	}
	return colors, nil
}

// swatch is the width and height of a colour in a PNG, in pixels.
const swatch = 16

// encodePNG writes a row of swatches. The palette is in the order of the colours, too.
func encodePNG(w io.Writer, p *Palette) error {
	m := image.NewPaletted(image.Rect(0, 0, swatch*len(p.Colors), swatch), p.Palette())
	for y := range swatch {
		for x := range m.Rect.Dx() {
			m.SetColorIndex(x, y, uint8(x/swatch))
		}
	}
	e := png.Encoder{CompressionLevel: png.BestCompression}
	return e.Encode(w, m)
}
