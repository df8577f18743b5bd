package imagefile

// Metadata is what an image file says beside its pixels.
type Metadata struct {
	Profile []byte  // ICC profile that the pixels are in; nil means sRGB
	Density Density // resolution, or the shape of pixels
	EXIF    []byte  // the TIFF structure, without "Exif\0\0"; its orientation is 1
	XMP     []byte  // the XML packet
	Text    []Text  // titles, comments and the like
}

// A Density is a resolution in pixels a metre or, with Unit 0, a ratio: the shape of a
// pixel. It is that of PNG's pHYs. X = 0 means that there is none.
type Density struct {
	X, Y uint32
	Unit uint8 // 1 for metres
}

// A Text is a keyword, such as Title or Author, and what stands behind it, in UTF-8.
type Text struct{ Key, Value string }
