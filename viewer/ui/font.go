package ui

import (
	"fmt"
	"image"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
)

// What a font's size may be, in pixels.
const (
	leastPixels = 4
	mostPixels  = 256
)

// A Font is a face at a size, in an atlas. Runes that it lacks come from the system's
// fonts, once those have been looked for; until then, and where none has one, a box
// stands for them.
type Font struct {
	atlas   *Atlas
	pixels  float64
	own     *face
	foreign map[*opentype.Font]*face
	glyphs  map[rune]*glyph
	missing glyph
	ascent  float32 // of the baseline below the top of a line
	height  float32
}

// A glyph is a rune's shape in a font.
type glyph struct {
	face    *face // nil for a box
	rune    rune
	advance float32 // whole pixels, so that all glyphs of a line are sharp

	// Where it is, if generation is the atlas's.
	generation int
	inAtlas    Rect
	offset     image.Point // of its top left from the pen on the baseline
}

// Font returns the face of a TrueType or OpenType font at a size, in pixels from 4 to
// 256: about from the top of the highest letter to the bottom of the lowest.
func (a *Atlas) Font(ttf []byte, pixels float64) (*Font, error) {
	if !(pixels >= leastPixels && pixels <= mostPixels) {
		return nil, fmt.Errorf("ui: got a font size of %v pixels, want %d to %d", pixels, leastPixels, mostPixels)
	}
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("ui: font: %w", err)
	}
	own, err := newFace(parsed, pixels)
	if err != nil {
		return nil, fmt.Errorf("ui: font: %w", err)
	}
	f := &Font{
		atlas: a, pixels: pixels, own: own,
		foreign: make(map[*opentype.Font]*face),
		glyphs:  make(map[rune]*glyph),
	}
	f.measure(own.Metrics())
	return f, nil
}

// measure sets the sizes of a line and of the box.
func (f *Font) measure(m font.Metrics) {
	f.ascent = float32(m.Ascent.Ceil())
	f.height = f.ascent + float32(m.Descent.Ceil())
	f.missing.advance = round(0.6 * float32(f.pixels))
}

// Height returns the height of a line in pixels.
func (f *Font) Height() float32 { return f.height }

// Width returns how many pixels a line of text advances.
func (f *Font) Width(s string) float32 {
	var width float32
	for r := range visible(s) {
		width += f.glyph(r).advance
	}
	return width
}

// glyph returns the glyph of a rune, or the box.
func (f *Font) glyph(r rune) *glyph {
	if g := f.glyphs[r]; g != nil {
		return g
	}
	if r == utf8.RuneError {
		return &f.missing
	}
	face, known := f.face(r)
	if !known {
		return &f.missing
	}
	g := &glyph{rune: r, advance: f.missing.advance}
	if advance, ok := face.advance(r); ok {
		g.face, g.advance = face, advance
	}
	f.glyphs[r] = g
	return g
}

// face returns the face that has a rune, nil if none has. Of a rune that the system's
// fonts are still searched for, nothing is known.
func (f *Font) face(r rune) (has *face, known bool) {
	if f.own.has(r) {
		return f.own, true
	}
	other, known := f.atlas.fallback.font(r, f.atlas.OnChange)
	if other == nil {
		return nil, known
	}
	if f.foreign[other] == nil {
		// The face of no font, where an error is, has no glyphs.
		f.foreign[other], _ = newFace(other, f.pixels)
	}
	return f.foreign[other], true
}

// place makes sure that a glyph is in the atlas, and tells whether it is.
func (f *Font) place(g *glyph) bool {
	if g.generation == f.atlas.generation {
		return true
	}
	if g.face == nil {
		return false
	}
	mask, offset, ok := g.face.rasterize(g.rune)
	if !ok {
		g.face = nil
		return false
	}
	at, ok := f.atlas.add(mask)
	if !ok {
		return false
	}
	size := mask.Rect.Size()
	g.inAtlas = Rect{float32(at.X), float32(at.Y), float32(size.X), float32(size.Y)}
	g.offset, g.generation = offset, f.atlas.generation
	return true
}
