package imagefile

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// TestNeed wants what was measured with larger files of these kinds, for each pixel.
func TestNeed(t *testing.T) {
	size := image.Rect(0, 0, 300, 200)
	color := mustEncode(func(w io.Writer) error { return jpeg.Encode(w, image.NewRGBA(size), nil) })
	gray := mustEncode(func(w io.Writer) error { return jpeg.Encode(w, image.NewGray(size), nil) })
	progressive := func(b []byte) []byte { return bytes.Replace(b, []byte{0xff, 0xc0}, []byte{0xff, 0xc2}, 1) }
	interlaced := func(k pngKind) []byte {
		b := k.around(300, 200, make([]byte, 4000))
		header := append(bytes.Clone(b[16:28]), 1)
		return append(appendChunk([]byte(pngSignature), "IHDR", header), b[33:]...)
	}
	kinds := map[string]pngKind{}
	for _, k := range pngKinds {
		kinds[k.name] = k
	}
	for name, test := range map[string]struct {
		file []byte
		want float64
	}{
		"JPEG":                  {color, 3},
		"progressive JPEG":      {progressive(color), 15},
		"gray progressive JPEG": {progressive(gray), 5},
		"interlaced PNG":        {interlaced(kinds["rgb8"]), 8},
		"deep interlaced PNG":   {interlaced(kinds["rgb16"]), 16},
		"PNG":                   {kinds["rgb8"].png(300, 200, everyFilter), 4},
	} {
		path := filepath.Join(t.TempDir(), "a")
		if err := os.WriteFile(path, test.file, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := OpenRows(context.Background(), path, DecodeOptions{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		defer r.Close()
		got := float64(r.Need()) / (300 * 200)
		if got < test.want || got > 1.05*test.want {
			t.Errorf("%s: got %.2f bytes a pixel, want about %.0f", name, got, test.want)
		}
	}
	r := &Rows{Size: image.Pt(math.MaxInt32, math.MaxInt32)}
	r.config.Width = math.MaxInt32
	if n := r.Need(); n+math.MaxInt32 < n || n < 1<<50 {
		t.Errorf("got %d for the largest image", n)
	}
}
