package imagefile

import (
	"bytes"
	"encoding/binary"
	"image"
	"os"
	"slices"
	"testing"

	"kompress/imagefile/tiff"
)

// A turned picture has its resolution across where that down was, in EXIF too.
func TestResolutionIsTurned(t *testing.T) {
	across, down := Density{X: 3937, Y: 11811, Unit: 1}, Density{X: 11811, Y: 3937, Unit: 1}
	for orientation := uint32(1); orientation <= 8; orientation++ {
		exif := testEXIF(binary.LittleEndian, orientation)
		binary.LittleEndian.PutUint32(exif[10+12+8:], uint32(len(exif)))
		exif = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(exif, 100), 1)
		f, err := decodeBytes(t, jpegWith(image.NewGray(image.Rect(0, 0, 40, 20)), append([]byte("\xe1Exif\x00\x00"), exif...)), DecodeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		want := across
		if orientation >= 5 {
			want = down
		}
		if got := f.Metadata.Density; got != want {
			t.Errorf("%d: got %v, want %v", orientation, got, want)
		}
		block, err := tiff.Open(bytes.NewReader(f.Metadata.EXIF))
		if err != nil {
			t.Fatal(err)
		}
		var d description
		dir, err := block.First()
		if err != nil {
			t.Fatal(err)
		}
		if d.setTags(dir); d.Density != want {
			t.Errorf("%d: EXIF has %v, want %v", orientation, d.Density, want)
		}
	}
}

// Resolutions that stand nowhere, or in other ways, are let be.
func TestTransposeOfDamage(t *testing.T) {
	for cut := range testEXIF(binary.BigEndian, 6) {
		d := description{Metadata: Metadata{EXIF: testEXIF(binary.BigEndian, 6)[:cut]}}
		before := slices.Clone(d.EXIF)
		if d.transpose(); !bytes.Equal(before, d.EXIF) {
			t.Errorf("%d bytes: got others", cut)
		}
	}
}

// The decoders of HEIC and AVIF turn the picture themselves.
func TestHEIFSaysThatItIsTransposed(t *testing.T) {
	for name, want := range map[string]bool{"parrots.avif": true, "parrots10.avif": false, "parrots.heic": false} {
		data, err := os.ReadFile("testdata/read/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if got := describeBytes(data).transposed; got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}
