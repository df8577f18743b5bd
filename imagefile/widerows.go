package imagefile

import "fmt"

const (
	// wideRow is how many bytes a row may take of which several are held to work on them
	// at the same time.
	wideRow = 8 << 20

	// fewRows is how many wider ones the stages of decoding hold, or more: an image of no
	// more is held as a whole.
	fewRows = 4
)

// whyWide says why an image of so many bytes a pixel takes as much memory by bands as it
// does as a whole, or "".
func whyWide(width, height int, pixel int64) string {
	if height > fewRows || mul(int64(width), pixel) <= wideRow {
		return ""
	}
	return fmt.Sprintf("its rows have %d pixels", width)
}
