package gpu

// A Drawing is what a window needs to draw an image, and what becomes of it, from the
// device's memory with paint.frag of package shaders. It names buffers, which every
// context knows that shares its objects with the engine's; one sees what is in them
// once it binds them after Engine.Draw has returned.
//
// The bands are the engine's until the image's Pixels are closed, the tables until
// Engine.Retire: before either, the window ends drawing with them.
type Drawing struct {
	Width, Height int
	Premultiplied bool // the pixels are

	Bands      []uint32 // buffers of pixels, bytes of red, green, blue and alpha, row by row through all bands
	BandPixels int      // in each band but the last, which has the rest

	Lookup // zero if there is no table: only the original can be drawn
}

// A Lookup is what lookup.glsl needs to find the palette index of a colour.
type Lookup struct {
	Dense, Slots, Values     uint32 // buffers: those of binding 2, 0 and 1
	HashMask, Salt, HashFrom uint32 // the uniforms of these names
}
