package tiff

import (
	"image"
	"reflect"
	"testing"
)

// pix returns the samples of an image.
func pix(m image.Image) []uint8 { return reflect.ValueOf(m).Elem().FieldByName("Pix").Bytes() }

func TestHalf(t *testing.T) {
	for bits, want := range map[uint16]float64{0: 0, 0x3c00: 1, 0x3555: 0.333251953125, 0x0001: 1.0 / (1 << 24), 0xc000: -2, 0x7bff: 65504} {
		if got := half(bits); got != want {
			t.Errorf("%#x: got %g, want %g", bits, got, want)
		}
	}
}
