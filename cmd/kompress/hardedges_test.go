package main

import (
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"path/filepath"
	"strings"
	"testing"
)

// In a GIF no color is spent on soft edges, and what is told of it is true.
func TestHardEdges(t *testing.T) {
	folder := t.TempDir()
	in := writePNG(t, filepath.Join(folder, "in.png"), translucent())
	r := kompress(t, "compress", "--json", "-k8", "--format=gif", in)
	if r.code != exitDone || strings.Count(r.stderr, "GIF has no soft edges") != 1 {
		t.Fatalf("got %+v", r)
	}
	var s summary
	if err := json.Unmarshal([]byte(r.stdout), &s); err != nil {
		t.Fatal(err)
	}
	m := decode(t, s.Output)
	used := map[color.NRGBA]bool{}
	var sum float64
	was := translucent()
	for i := range 64 * 64 {
		is, c := nrgba(m, i%64, i/64), was.NRGBAAt(i%64, i/64)
		used[is] = true
		if (c.A >= 128) != (is.A == 255) || is.A != 255 && is.A != 0 {
			t.Fatalf("pixel %d: got %v for %v", i, is, c)
		}
		if c.A >= 128 {
			sum += squared(c.R, 255, is.R, 255, 0) + squared(c.G, 255, is.G, 255, 0) + squared(c.B, 255, is.B, 255, 0)
		}
	}
	if mse := sum / 64 / 64; len(used) != 8 || mse < s.MSE*0.99 || mse > s.MSE*1.01 {
		t.Errorf("got %d colors and MSE %.2f, told %d and %.2f", len(used), mse, s.Colors, s.MSE)
	}
	few := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	copy(few.Pix, "\x01\x02\x03\xff\x04\x05\x06\x80")
	r = kompress(t, "compress", "--format=gif", writePNG(t, filepath.Join(folder, "few.png"), few))
	if !strings.Contains(r.stdout, "exact but for soft edges") {
		t.Errorf("got %+v, want it not called lossless", r)
	}
	checkFails(t, kompress(t, "compress", "--format=gif", "--lock=#ff000080", in), exitUsage, "--lock: got #ff000080, but GIF has no translucent colors")
}

// The kinds of images come to the same, premultiplied or not.
func TestHardEdgesOfTypes(t *testing.T) {
	m := translucent()
	hard, cut := hardEdges(m)
	if !cut || hasSoftEdges(hard) {
		t.Fatal("the edges are soft")
	}
	premultiplied := image.NewRGBA(m.Rect)
	draw.Draw(premultiplied, m.Rect, m, image.Point{}, draw.Src)
	other, _ := hardEdges(premultiplied)
	for i := range 64 * 64 {
		a, b := hard.(*image.NRGBA).NRGBAAt(i%64, i/64), other.(*image.NRGBA).NRGBAAt(i%64, i/64)
		if a.A != b.A || a.A == 255 && max(int(a.R)-int(b.R), int(b.R)-int(a.R)) > 1 {
			t.Fatalf("pixel %d: got %v and %v", i, a, b)
		}
	}
	if same, cut := hardEdges(hard); cut || same != hard {
		t.Error("what is hard was copied")
	}
}
