package main

import (
	"bytes"
	"image"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Any bytes either give one line of error and no file, or a PNG of the same
// size with no more than k colors.
func FuzzCompress(f *testing.F) {
	for _, data := range samples(f) {
		f.Add(data, uint8(1))
		f.Add(data, uint8(16))
		f.Add(data[:len(data)*2/3], uint8(255))
	}
	f.Add([]byte(nil), uint8(3))
	f.Fuzz(func(t *testing.T, data []byte, k uint8) {
		colors := int(k) + 1
		folder := t.TempDir()
		in := writeFile(t, filepath.Join(folder, "in"), data)
		out := filepath.Join(folder, "out.png")
		r := kompress(t, "compress", "--max-pixels", "4096", "-e", "fast", "-k", strconv.Itoa(colors), "-o", out, in)
		if r.code != exitDone {
			checkFails(t, r, exitFailed, in)
			checkFiles(t, folder, "in")
			return
		}
		if strings.Count(r.stdout, "\n") != 1 || r.stderr != "" {
			t.Errorf("got %+v, want one line", r)
		}
		checkFiles(t, folder, "in", "out.png")
		m, ok := decode(t, out).(*image.Paletted)
		if !ok || len(m.Palette) > colors {
			t.Fatalf("got a %T, want at most %d colors", m, colors)
		}
		if c, format, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && m.Rect != image.Rect(0, 0, c.Width, c.Height) {
			t.Errorf("%s: got size %v, want %d x %d", format, m.Rect, c.Width, c.Height)
		}
	})
}
