package imagefile

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func TestSize(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 31, 7))); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, data, 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	// The header is enough.
	if got, err := Size(t.Context(), write("half.png", b.Bytes()[:40])); got != image.Pt(31, 7) || err != nil {
		t.Errorf("got %v, %v, want 31, 7", got, err)
	}
	for _, test := range []struct {
		path string
		want error
	}{
		{write("empty.png", nil), ErrEmpty},
		{write("text.png", []byte("this is no image at all")), ErrFormat},
		{write("cut.png", b.Bytes()[:20]), ErrTruncated},
		{write("negative.pam", []byte("P7\nWIDTH -3000000\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nENDHDR\n")), ErrNoPixels},
		{write("none.qoi", []byte("qoif\x00\x00\x00\x00\x00\x00\x00\x01\x03\x00\x00\x00\x00\x00\x00\x00\x00\x01")), ErrNoPixels},
		{filepath.Join(folder, "missing"), os.ErrNotExist},
		{folder, ErrNotRegular},
	} {
		if got, err := Size(t.Context(), test.path); !errors.Is(err, test.want) || got != (image.Point{}) {
			t.Errorf("%s: got %v, %v, want %v", test.path, got, err, test.want)
		}
	}
}
