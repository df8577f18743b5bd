package ui

import "image"

const (
	firstSide = 512  // pixels of an atlas as it begins
	lastSide  = 4096 // and as large as it gets; every driver has textures of that size
	spot      = 2    // side of the opaque spot at the top left, of which shapes are drawn
)

// An Atlas is the texture that all text and shapes are drawn from: one 8-bit channel,
// the coverage. Glyphs are rasterized into it when they are first drawn. It grows as
// it fills; once it cannot, it is emptied before the next frame and filled anew. What
// finds no room until then is drawn as a box.
type Atlas struct {
	// OnChange, if not nil, is called when a next frame would look better than this
	// one: fonts for missing glyphs were found, or the atlas was full. It is called
	// by another goroutine, and is to be set before any text is drawn.
	OnChange func()

	pixels     *image.Alpha
	shelves    shelves
	dirty      image.Rectangle // what has changed since it was last taken
	generation int             // how often the atlas was emptied: older places are void
	full       bool
	emptied    bool // since the frame began

	fallback fallback
}

// NewAtlas returns an atlas that is empty but for the spot that shapes are drawn of.
func NewAtlas() *Atlas {
	a := &Atlas{pixels: image.NewAlpha(image.Rect(0, 0, firstSide, firstSide))}
	a.fallback = newFallback(systemFonts)
	a.empty()
	return a
}

// empty forgets all glyphs.
func (a *Atlas) empty() {
	clear(a.pixels.Pix)
	a.generation++
	a.full = false
	a.shelves = shelves{size: a.pixels.Rect.Size()}
	a.dirty = a.pixels.Rect
	at, _ := a.shelves.place(image.Pt(spot, spot))
	for y := range spot {
		for x := range spot {
			a.pixels.Pix[a.pixels.PixOffset(at.X+x, at.Y+y)] = 0xff
		}
	}
}

// solid is where shapes are drawn from: the middle of the opaque spot.
func solid() Rect { return Rect{X: spot / 2, Y: spot / 2} }

// begin prepares for a frame: only between frames may places become void and glyphs
// change their widths.
func (a *Atlas) begin() {
	a.fallback.collect()
	a.emptied = a.full
	if a.full {
		a.empty()
	}
}

// add copies coverage into the atlas and returns where it is, and whether there was
// room.
func (a *Atlas) add(mask *image.Alpha) (at image.Point, ok bool) {
	size := mask.Rect.Size()
	if mask.Rect.Empty() { // a space
		return image.Point{}, true
	}
	if at, ok = a.room(size); !ok {
		return at, false
	}
	for y := range size.Y {
		from := mask.PixOffset(mask.Rect.Min.X, mask.Rect.Min.Y+y)
		copy(a.pixels.Pix[a.pixels.PixOffset(at.X, at.Y+y):], mask.Pix[from:from+size.X])
	}
	a.dirty = a.dirty.Union(image.Rectangle{at, at.Add(size)})
	return at, true
}

// room returns where a rectangle of this size goes. The atlas grows for it.
func (a *Atlas) room(size image.Point) (at image.Point, ok bool) {
	for !a.full {
		if at, ok = a.shelves.place(size); ok {
			return at, true
		}
		if !a.grow() {
			a.overflow()
		}
	}
	return image.Point{}, false
}

// overflow has the atlas emptied before the next frame, and asks for that frame,
// unless this one already began empty: then there is too much in it for any atlas.
func (a *Atlas) overflow() {
	a.full = true
	if !a.emptied && a.OnChange != nil {
		go a.OnChange()
	}
}

// grow doubles the lesser side. All stays where it is.
func (a *Atlas) grow() bool {
	size := a.pixels.Rect.Size()
	switch {
	case size.Y < size.X:
		size.Y *= 2
	case size.X < lastSide:
		size.X *= 2
	default:
		return false
	}
	old := a.pixels
	a.pixels = image.NewAlpha(image.Rectangle{Max: size})
	for y := range old.Rect.Dy() {
		copy(a.pixels.Pix[y*a.pixels.Stride:], old.Pix[y*old.Stride:][:old.Stride])
	}
	a.shelves.size = size
	a.dirty = a.pixels.Rect
	return true
}

// takeDirty returns the rectangle of pixels that have changed since it was last
// called.
func (a *Atlas) takeDirty() image.Rectangle {
	dirty := a.dirty
	a.dirty = image.Rectangle{}
	return dirty
}
