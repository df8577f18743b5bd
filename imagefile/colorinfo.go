package imagefile

import "kompress/imagefile/icc"

// A colorInfo is what a file says about the space that its pixels' numbers are
// in. If it says more than one thing, what stands first here counts. At the zero
// value it says nothing, which means sRGB.
type colorInfo struct {
	// Primaries and Transfer are numbers of ITU-T H.273, from PNG's cICP and the
	// nclx of HEIC and AVIF, such as 12 and 13 for Display P3; 0 means that
	// there are none.
	Primaries, Transfer uint8

	Profile []byte // ICC profile, of at least its header's length

	SRGB bool // it is sRGB

	Gamma  uint32     // PNG's gAMA: 100,000 times the exponent that encodes; 0 if there is none
	Chroma *[8]uint32 // PNG's cHRM: 100,000 times x and y of white, red, green and blue
}

// maxProfile is the most bytes of an ICC profile that are read.
const maxProfile = icc.MaxSize

// minProfile is the length of a profile's header and an empty table of tags.
const minProfile = 128 + 4

// setProfile takes what is to be a profile, or nothing. Whether it is in order shows
// when it is used.
func (c *colorInfo) setProfile(p []byte) {
	if c.Profile == nil && len(p) > 0 {
		c.Profile = p
	}
}
