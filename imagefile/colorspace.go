package imagefile

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"kompress/imagefile/icc"
)

// spaceFor returns the space that m is in, or nil for sRGB. Of what the file says, the
// first that is in order and fits m counts.
func (c *coloring) spaceFor(m image.Image, gray func() bool, info *colorInfo) *icc.Profile {
	if info.Primaries != 0 || info.Transfer != 0 {
		p, err := icc.CICP(info.Primaries, info.Transfer)
		if err == nil {
			return fitting(p, m)
		}
		c.note("%v: ignored", err)
	}
	if info.Profile != nil {
		if p := c.embedded(m, gray, info.Profile); p != nil {
			return p
		}
	}
	if info.SRGB || (info.Gamma == 0 && info.Chroma == nil) {
		return nil
	}
	p, err := calibrated(info)
	if err != nil {
		c.note("%v: ignored", err)
	}
	if p == nil {
		return nil
	}
	return fitting(p, m)
}

func (c *coloring) embedded(m image.Image, gray func() bool, data []byte) *icc.Profile {
	p, err := icc.Parse(data)
	if err != nil {
		c.note("%v: ignored", err)
		return nil
	}
	if p.Space != icc.Gray {
		gray = nil
	}
	if has := spaceOf(m, gray); has != p.Space {
		// That gray is in sRGB, which is for RGB, is often said, and true.
		if has != icc.Gray || !p.IsSRGB() {
			c.note("the color profile is for %s and the image is %s: ignored", p.Space, has)
		}
		return nil
	}
	return p
}

// spaceOf returns what the pixels of m are. Gray that has alpha, or a palette, has no
// type of its own: gray, if not nil, says of pixels whether they are that.
func spaceOf(m image.Image, gray func() bool) icc.Space {
	switch m := m.(type) {
	case *image.Gray, *image.Gray16:
		return icc.Gray
	case *image.CMYK:
		return icc.CMYK
	case *image.Paletted:
		if gray != nil && allGray(m.Palette) {
			return icc.Gray
		}
	case *image.NRGBA, *image.NRGBA64:
		if gray != nil && gray() {
			return icc.Gray
		}
	}
	return icc.RGB
}

// allGrayPixels looks at those of the two types that can be gray with alpha.
func allGrayPixels(m image.Image) bool {
	switch m := m.(type) {
	case *image.NRGBA:
		return grayRows(m.Pix, m.Stride, 4, m.Rect)
	case *image.NRGBA64:
		return grayRows(m.Pix, m.Stride, 8, m.Rect)
	}
	return false
}

func allGray(p color.Palette) bool {
	for _, c := range p {
		if r, g, b, _ := c.RGBA(); r != g || g != b {
			return false
		}
	}
	return true
}

// grayRows looks at pixels of that many bytes.
func grayRows(pix []uint8, stride, size int, r image.Rectangle) bool {
	channel := size / 4
	for y := range r.Dy() {
		row := pix[y*stride:][:r.Dx()*size]
		for ; len(row) > 0; row = row[size:] {
			red, green, blue := row[:channel], row[channel:2*channel], row[2*channel:3*channel]
			if string(red) != string(green) || string(green) != string(blue) {
				return false
			}
		}
	}
	return true
}

// fitting returns p, which is for RGB, as it is for m, or nil if it is not for that.
func fitting(p *icc.Profile, m image.Image) *icc.Profile {
	switch spaceOf(m, nil) {
	case icc.Gray:
		return p.ForGray()
	case icc.CMYK:
		return nil
	}
	return p
}

// calibrated returns the space that PNG's gAMA and cHRM describe, or nil for sRGB.
//
// A gamma of 1/2.2, or within 5 % of it, where libpng and with it browsers change
// nothing, is what programs have always written for sRGB. To take the curve of that
// power for sRGB's, which is not one, would change dark colors by some levels.
func calibrated(info *colorInfo) (*icc.Profile, error) {
	primaries := icc.SRGBPrimaries
	if c := info.Chroma; c != nil {
		at := func(i int) [2]float64 { return [2]float64{float64(c[i]) / 1e5, float64(c[i+1]) / 1e5} }
		primaries = icc.Primaries{White: at(0), Red: at(2), Green: at(4), Blue: at(6)}
	}
	if info.Gamma == 0 {
		return named(icc.Calibrated(primaries, 0))("primaries of its own")
	}
	gamma := 1e5 / float64(info.Gamma)
	if math.Abs(2.2/gamma-1) < 0.05 && primaries.Near(icc.SRGBPrimaries) {
		return nil, nil
	}
	return named(icc.Calibrated(primaries, gamma))(fmt.Sprintf("gamma %.3g", gamma))
}

func named(p *icc.Profile, err error) func(name string) (*icc.Profile, error) {
	return func(name string) (*icc.Profile, error) {
		if err == nil {
			p.Name = name
		}
		return p, err
	}
}
