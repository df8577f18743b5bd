package explore

import (
	"context"
	"image"
	"image/color"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/plot/palette/moreland"
)

// heat is the colour of an error: black-body radiation, whose lightness rises evenly.
var heat = sync.OnceValue(func() color.Palette {
	var p color.Palette
	for _, c := range moreland.ExtendedBlackBody().Palette(256).Colors() {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		n.A = 255
		p = append(p, n)
	}
	return p
})

// show makes the pictures of an image and an outcome that was kept.
func show(ctx context.Context, m image.Image, shown *outcome) (*pictures, error) {
	mapped := shown.mapped
	size := mapped.Rect.Size()
	p := &pictures{exact: isShownExact(size)}
	side := overviewSide
	if p.exact {
		side = exactSide
	}
	r, err := reduce(ctx, m, mapped, side)
	if err != nil {
		return nil, err
	}
	p.top = topLevel(r.squares)
	if p.before, err = encodePNG(r.before); err != nil {
		return nil, err
	}
	if p.error, err = encodeIndexed(ctx, errorImage(r.squares, r.size.X, p.top)); err != nil {
		return nil, err
	}
	if p.exact {
		p.after = picture{shown.file, size.X, size.Y}
		return p, nil
	}
	if p.after, err = encodePNG(r.after); err != nil {
		return nil, err
	}
	for _, at := range worstPlaces(r, size) {
		c, err := cropOf(ctx, m, mapped, at)
		if err != nil {
			return nil, err
		}
		p.crops = append(p.crops, c)
	}
	return p, nil
}

// isShownExact says whether an image is small enough to be shown pixel by pixel.
func isShownExact(size image.Point) bool { return max(size.X, size.Y) <= exactSide }

// topLevel is the least round level that one in a thousand of the places shown exceeds,
// at most: a few outliers must not darken all others. It is found from what is shown:
// the means of blocks are far below the errors of single pixels.
func topLevel(squares []float64) float64 {
	sorted := slices.Sorted(slices.Values(squares))
	rare := level(sorted[max(0, int(math.Ceil(0.999*float64(len(sorted))))-1)])
	for _, top := range []float64{2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192} {
		if rare <= top {
			return top
		}
	}
	return 255
}

// worstPlaces returns where to crop: the windows of most squared error that do not
// overlap, up to maxCrops.
func worstPlaces(r *reduction, size image.Point) []image.Rectangle {
	scale := float64(max(size.X, size.Y)) / float64(max(r.size.X, r.size.Y))
	w := max(1, min(r.size.X, int(cropSide/scale)))
	h := max(1, min(r.size.Y, int(cropSide/scale)))
	sums := integral(r)
	var places []image.Rectangle
	var taken []image.Rectangle
	for len(places) < maxCrops {
		best, most := image.Rectangle{}, 0.0
		for y := 0; y+h <= r.size.Y; y++ {
			for x := 0; x+w <= r.size.X; x++ {
				window := image.Rect(x, y, x+w, y+h)
				if sum := sums.in(window); sum > most && !overlaps(window, taken) {
					best, most = window, sum
				}
			}
		}
		if most == 0 {
			break
		}
		taken = append(taken, best)
		places = append(places, enlarged(best.Min, r.size, size))
	}
	return places
}

// overlaps says whether a window has a part in common with others.
func overlaps(r image.Rectangle, others []image.Rectangle) bool {
	for _, o := range others {
		if r.Overlaps(o) {
			return true
		}
	}
	return false
}

// enlarged returns the crop of an image whose corner is at a block.
func enlarged(block, blocks, size image.Point) image.Rectangle {
	w, h := min(cropSide, size.X), min(cropSide, size.Y)
	x := min(block.X*size.X/blocks.X, size.X-w)
	y := min(block.Y*size.Y/blocks.Y, size.Y-h)
	return image.Rect(x, y, x+w, y+h)
}

// An integralImage has the sums of all blocks above and to the left of each corner.
type integralImage struct {
	width int // corners
	sums  []float64
}

func integral(r *reduction) *integralImage {
	m := &integralImage{width: r.size.X + 1, sums: make([]float64, (r.size.X+1)*(r.size.Y+1))}
	for y := range r.size.Y {
		row := 0.0
		for x := range r.size.X {
			row += r.squares[y*r.size.X+x]
			m.sums[(y+1)*m.width+x+1] = m.sums[y*m.width+x+1] + row
		}
	}
	return m
}

func (m *integralImage) in(r image.Rectangle) float64 {
	at := func(x, y int) float64 { return m.sums[y*m.width+x] }
	return at(r.Max.X, r.Max.Y) - at(r.Min.X, r.Max.Y) - at(r.Max.X, r.Min.Y) + at(r.Min.X, r.Min.Y)
}

// cropOf makes the pictures of a part of an image.
func cropOf(ctx context.Context, m image.Image, mapped *image.Paletted, at image.Rectangle) (c crop, err error) {
	if err := ctx.Err(); err != nil {
		return c, err
	}
	w := at.Dx()
	before := image.NewNRGBA(image.Rect(0, 0, w, at.Dy()))
	squares := make([]float64, w*at.Dy())
	palette := nrgbaPalette(mapped.Palette)
	s := newSource(m)
	sum := 0.0
	for y := range at.Dy() {
		s.read((at.Min.Y+y)*mapped.Rect.Dx()+at.Min.X, w)
		for x := range w {
			p := s.color(x)
			before.SetNRGBA(x, y, p)
			entry := palette[mapped.ColorIndexAt(at.Min.X+x, at.Min.Y+y)]
			squares[y*w+x] = float64(square(p, entry)) / squareUnit
			sum += squares[y*w+x]
		}
	}
	c = crop{at: at.Min, rms: math.Sqrt(sum / 3 / float64(len(squares))), top: topLevel(squares)}
	if c.before, err = encodePNG(before); err != nil {
		return c, err
	}
	if c.after, err = encodeIndexed(ctx, copyOf(mapped, at)); err != nil {
		return c, err
	}
	c.error, err = encodeIndexed(ctx, errorImage(squares, w, c.top))
	return c, err
}

// copyOf returns a part of an image, which EncodePNG wants to begin at 0, 0.
func copyOf(m *image.Paletted, at image.Rectangle) *image.Paletted {
	part := image.NewPaletted(image.Rectangle{Max: at.Size()}, m.Palette)
	for y := range at.Dy() {
		copy(part.Pix[y*part.Stride:], m.Pix[(at.Min.Y+y)*m.Stride+at.Min.X:][:at.Dx()])
	}
	return part
}
