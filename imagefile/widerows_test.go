package imagefile

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"
)

// wideIndices are those of an image with rows of which one is held at a time.
func wideIndices(height int) *image.Paletted {
	p := image.NewPaletted(image.Rect(0, 0, wideRow+9, height), color.Palette{color.Black, color.White, color.Gray{128}})
	for i := range p.Pix {
		p.Pix[i] = uint8(i / 1000 % 3)
	}
	return p
}

// TestWideRows writes and reads rows that are held one by one.
func TestWideRows(t *testing.T) {
	leaveOutWithRace(t)
	m := wideIndices(fewRows + 2)
	m.Palette = append(m.Palette, make(color.Palette, 250)...)
	for i := range m.Palette {
		m.Palette[i] = color.RGBA{uint8(i), uint8(i), 0, 255}
	}
	path := filepath.Join(t.TempDir(), "a.png")
	if err := os.WriteFile(path, encodeBands(t, bandOf(m), EncodeOptions{}), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := OpenRows(context.Background(), path, DecodeOptions{})
	if err != nil || r.Whole != "" {
		t.Fatalf("got %q, %v", r.Whole, err)
	}
	defer r.Close()
	rows := 0
	err = r.Each(context.Background(), func(band image.Image) error {
		p := band.(*image.Paletted)
		if p.Rect.Dy() != 1 || !bytes.Equal(p.Pix, m.Pix[rows*m.Stride:][:m.Stride]) {
			return fmt.Errorf("row %d differs, or it is several: %v", rows, p.Rect)
		}
		rows++
		return nil
	})
	if err != nil || rows != m.Rect.Dy() {
		t.Errorf("got %d rows, %v", rows, err)
	}
}

// TestFewWideRows wants them to be held.
func TestFewWideRows(t *testing.T) {
	for _, test := range []struct {
		height int
		want   string
	}{{fewRows, fmt.Sprintf("its rows have %d pixels", wideRow+9)}, {fewRows + 1, ""}} {
		size := fmt.Sprintf("P4 %d %d\n", wideRow+9, test.height)
		pnm := append([]byte(size), make([]byte, test.height*(wideRow+16)/8)...)
		png := pngKind{"", 1, pngGray, nil, nil}.around(wideRow+9, test.height, zlibBytes(make([]byte, test.height*(1+(wideRow+16)/8))))
		for name, file := range map[string][]byte{"PNM": pnm, "PNG": png} {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := OpenRows(context.Background(), path, DecodeOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if r.Whole != test.want {
				t.Errorf("%s of %d rows: got %q, want %q", name, test.height, r.Whole, test.want)
			}
			bottom := 0
			err = r.Each(context.Background(), func(band image.Image) error { bottom = band.Bounds().Max.Y; return nil })
			if err != nil || bottom != test.height {
				t.Errorf("%s: got %d rows, %v", name, bottom, err)
			}
		}
	}
}

// TestHeldRows counts them.
func TestHeldRows(t *testing.T) {
	for width, want := range map[int]int{wideRow: pngInFlight, wideRow + 1: 1} {
		p := newPNGPipeline(&chunkReader{}, &pngHeader{width: width, height: 9, depth: 8, colorType: pngGray}, false)
		if len(p.rooms) != want || len(p.pixels) != want || p.rows != 1 {
			t.Errorf("%d wide: got %d, %d of %d rows, want %d", width, len(p.rooms), len(p.pixels), p.rows, want)
		}
	}
	size := image.Pt(wideRow+1, 9)
	d := newDeflater(&Banded{Size: size}, newScanlines(size, make(color.Palette, 200)), EncodeOptions{})
	if d.ring.rows != 3 {
		t.Errorf("the encoder holds %d rows, want 3", d.ring.rows)
	}
}
