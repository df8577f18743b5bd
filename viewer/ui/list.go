package ui

import "math"

// A List is what is to be drawn: triangles of the atlas, in order.
type List struct {
	atlas  *Atlas
	layers [][]vertex // later ones are above
	layer  int        // that is added to
	clips  []Rect     // each within those before it
}

// A vertex is the corner of a triangle, as the shaders take it.
type vertex struct {
	x, y  float32 // pixels of the framebuffer
	u, v  float32 // pixels of the atlas: its size may change until it is drawn
	color [4]uint8
}

// NewList returns an empty list of triangles of an atlas.
func NewList(a *Atlas) *List {
	return &List{atlas: a, layers: make([][]vertex, 1)}
}

// Reset empties the list, for a new frame.
func (l *List) Reset() {
	for i := range l.layers {
		l.layers[i] = l.layers[i][:0]
	}
	l.layer, l.clips = 0, l.clips[:0]
	l.atlas.begin()
}

// Over calls f. What f adds is drawn after all else, and is not clipped by what
// clips the rest. Within f, Over is for what is over that.
func (l *List) Over(f func()) {
	clips := l.clips
	l.clips = nil
	l.layer++
	if l.layer == len(l.layers) {
		l.layers = append(l.layers, nil)
	}
	defer func() {
		l.layer--
		l.clips = clips
	}()
	f()
}

// Fill adds a rectangle of one colour.
func (l *List) Fill(r Rect, c Color) { l.quad(r, solid(), c) }

// Frame adds the edges of a rectangle, on its inside and so many pixels wide.
func (l *List) Frame(r Rect, width float32, c Color) {
	inner := r.Inset(width)
	if inner.empty() {
		l.Fill(r, c)
		return
	}
	bottom, right := inner.Y+inner.H, inner.X+inner.W
	l.Fill(Rect{r.X, r.Y, r.W, width}, c)
	l.Fill(Rect{r.X, bottom, r.W, width}, c)
	l.Fill(Rect{r.X, inner.Y, width, inner.H}, c)
	l.Fill(Rect{right, inner.Y, width, inner.H}, c)
}

// Text adds a line of text whose top left is at x, y, rounded to whole pixels so that
// it is sharp. It returns where the next glyph would go.
func (l *List) Text(f *Font, x, y float32, s string, c Color) (right float32) {
	x, y = round(x), round(y)
	for r := range visible(s) {
		g := f.glyph(r)
		l.glyph(f, g, x, y, c)
		x += g.advance
	}
	return x
}

// glyph adds a glyph of a line that begins at y, with the pen at x.
func (l *List) glyph(f *Font, g *glyph, x, y float32, c Color) {
	if f.place(g) {
		left, top := x+float32(g.offset.X), y+f.ascent+float32(g.offset.Y)
		l.quad(Rect{left, top, g.inAtlas.W, g.inAtlas.H}, g.inAtlas, c)
		return
	}
	tall := round(0.7 * f.ascent)
	box := Rect{x, y + f.ascent - tall, g.advance, tall}
	l.Frame(box.inset(1, 0), max(1, round(f.height/16)), c)
}

// quad adds a rectangle that shows a part of the atlas.
func (l *List) quad(to, from Rect, c Color) {
	to, from = l.clip(to, from)
	if to.empty() {
		return
	}
	color := c.bytes()
	corner := func(x, y float32) vertex {
		return vertex{to.X + x*to.W, to.Y + y*to.H, from.X + x*from.W, from.Y + y*from.H, color}
	}
	a, b, d, e := corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1)
	l.layers[l.layer] = append(l.layers[l.layer], a, b, d, d, b, e)
}

// round is for coordinates: halves go down, wherever they are, so that what is an
// equal distance apart stays so.
func round(x float32) float32 { return float32(math.Ceil(float64(x) - 0.5)) }

// appendAll appends all vertices, those of lower layers first.
func (l *List) appendAll(to []vertex) []vertex {
	for _, layer := range l.layers {
		to = append(to, layer...)
	}
	return to
}
