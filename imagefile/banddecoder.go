package imagefile

import "image"

// A bandDecoder decodes the pixels of a file by bands of rows.
type bandDecoder interface {
	// bytesPerPixel is what the decoded image takes.
	bytesPerPixel() int64

	// decode decodes the file once, from its beginning, to which the source has been
	// rewound, and calls do with its bands, from top to bottom, the same ones every time.
	// Their bounds say where they are. With keep they are parts of one image, which it
	// returns; else they are valid until do returns and the image is nil. In any case do
	// leaves their pixels as they are. An error of do ends it. Others may be
	// decoded meanwhile, but not more than a few: with those that wait, some megabytes.
	//
	// Each band is what the same rows of the image are that the format's decode gives, in
	// the same type.
	decode(keep bool, do func(band image.Image) error) (image.Image, error)
}
