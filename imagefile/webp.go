package imagefile

import (
	"image"
	"io"

	"golang.org/x/image/webp"

	"kompress/imagefile/chroma"
)

func webpConfig(r io.Reader) (image.Config, error) { return webp.DecodeConfig(r) }

// decodeWebP decodes a picture, or the first frame of an animation.
func decodeWebP(r io.Reader) (image.Image, error) {
	if s, ok := r.(*source); ok {
		w := &window{r: s, size: s.size}
		if canvas, animated := animatedCanvas(w); animated {
			return decodeFirstFrame(w, canvas)
		}
	}
	return decodeStillWebP(r)
}

// decodeStillWebP gives lossy pictures in RGB. They are coded in the YCbCr of television,
// whose luma goes from 16 to 235. The decoder gives its numbers as they are, in a
// type that has them from 0 to 255, which would look washed out.
func decodeStillWebP(r io.Reader) (image.Image, error) {
	m, err := webp.Decode(r)
	if err != nil {
		return nil, err
	}
	switch m := m.(type) {
	case *image.YCbCr:
		return &image.RGBA{Pix: televisionPixels(m), Stride: 4 * m.Rect.Dx(), Rect: m.Rect}, nil
	case *image.NYCbCrA:
		pix := televisionPixels(&m.YCbCr)
		for y := range m.Rect.Dy() {
			row := pix[4*y*m.Rect.Dx():]
			for x, a := range m.A[y*m.AStride:][:m.Rect.Dx()] {
				row[4*x+3] = a
			}
		}
		return &image.NRGBA{Pix: pix, Stride: 4 * m.Rect.Dx(), Rect: m.Rect}, nil
	}
	return m, nil
}

// televisionPixels converts a picture of subsampling 4:2:0 to opaque R, G, B, A. It
// interpolates the colors as libwebp does, the result is the same.
func televisionPixels(m *image.YCbCr) []uint8 {
	width, height := m.Rect.Dx(), m.Rect.Dy()
	pix := make([]uint8, 4*width*height)
	const rows = 32
	forBands(height, rows, func(top int) {
		cb, cr := make([]uint8, width), make([]uint8, width)
		for y := top; y < min(top+rows, height); y++ {
			near, far := chroma.Near(y, (height+1)/2)
			n := (width + 1) / 2
			widen(cb, m.Cb[near*m.CStride:][:n], m.Cb[far*m.CStride:][:n])
			widen(cr, m.Cr[near*m.CStride:][:n], m.Cr[far*m.CStride:][:n])
			televisionRow(pix[4*width*y:][:4*width], m.Y[y*m.YStride:][:width], cb, cr)
		}
	})
	return pix
}

// widen interpolates a row of colors of the picture between those of two rows of half
// its width. The nearest one counts nine sixteenths, its neighbours three, three and one.
func widen(row, near, far []uint8) {
	side := func(a, beside int) uint8 {
		at, besides := int(near[a]), int(near[beside])
		below, across := int(far[a]), int(far[beside])
		return uint8(((at+3*besides+3*below+across+8)>>3 + at) >> 1)
	}
	edge := func(a int) uint8 { return uint8((3*int(near[a]) + int(far[a]) + 2) >> 2) }
	for x := range row {
		a := x / 2
		beside := a - 1 + x%2*2
		if beside < 0 || beside >= len(near) {
			row[x] = edge(a)
		} else {
			row[x] = side(a, beside)
		}
	}
}

// televisionRow converts pixels to R, G, B, A in the fixed-point numbers of libwebp.
func televisionRow(pix, luma, cb, cr []uint8) {
	for x, v := range luma {
		y, u, v := int(v)*19077>>8, int(cb[x]), int(cr[x])
		p := pix[4*x : 4*x+4 : 4*x+4]
		p[0] = clip8(y + v*26149>>8 - 14234)
		p[1] = clip8(y - u*6419>>8 - v*13320>>8 + 8708)
		p[2] = clip8(y + u*33050>>8 - 17685)
		p[3] = 255
	}
}

// clip8 rounds down a number with 6 bits behind the point to one from 0 to 255.
func clip8(v int) uint8 { return uint8(max(0, min(v>>6, 255))) }
