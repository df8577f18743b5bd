package imagefile

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"io"
	"slices"
	"testing"
)

// A JPEG has the same pixels in a TIFF as by itself, colors between colors too.
func TestJPEGInTIFF(t *testing.T) {
	m := photo(46, 32)
	strip := mustEncode(func(w io.Writer) error { return jpeg.Encode(w, m, nil) })
	const at = 8 + 2 + 9*12 + 4
	b := tiffFile(binary.LittleEndian, [][2]uint32{{256, 46}, {257, 32}, {258, 8}, {259, 7}, {262, 6}, {273, at},
		{277, 3}, {278, 32}, {279, uint32(len(strip))}})
	if len(b) != at {
		t.Fatalf("the strip is at %d, want %d", len(b), at)
	}
	got, err := decodeBytes(t, append(b, strip...), DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := decodeBytes(t, bytes.Clone(strip), DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(pixels8(got.Image), pixels8(want.Image)) {
		t.Error("got other pixels than of the JPEG")
	}
}
