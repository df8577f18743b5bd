package ycbcr

import (
	"bytes"
	"image/color"
	"math/rand/v2"
	"testing"
)

// TestRGBA goes through all colors that there are, and all lengths of a row up to 300.
func TestRGBA(t *testing.T) {
	const n = 1 << 16
	luma, blue, red := make([]uint8, n), make([]uint8, n), make([]uint8, n)
	for i := range n {
		blue[i], red[i] = uint8(i), uint8(i>>8)
	}
	to := make([]uint8, 4*n)
	for y := range 256 {
		if raceEnabled && y%15 != 0 {
			continue
		}
		for i := range luma {
			luma[i] = uint8(y)
		}
		RGBA(to, luma, blue, red)
		for i := range n {
			r, g, b := color.YCbCrToRGB(luma[i], blue[i], red[i])
			if got, want := [4]uint8(to[4*i:]), ([4]uint8{r, g, b, 255}); got != want {
				t.Fatalf("%d %d %d is %v, want %v", luma[i], blue[i], red[i], got, want)
			}
		}
	}
	for n := range 300 {
		got, want := bytes.Repeat([]uint8{7}, 4*n+100), bytes.Repeat([]uint8{7}, 4*n+100)
		RGBA(got, luma[:n], blue[:n], red[1000:])
		slowRGBA(want, luma[:n], blue[:n], red[1000:])
		if !bytes.Equal(got, want) {
			t.Fatalf("%d pixels are %v, want %v", n, got, want)
		}
	}
}

func BenchmarkRGBA(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 4))
	luma, blue, red, to := make([]uint8, 6000), make([]uint8, 6000), make([]uint8, 6000), make([]uint8, 24000)
	for i := range luma {
		luma[i], blue[i], red[i] = uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32())
	}
	b.Run("fast", func(b *testing.B) {
		for b.Loop() {
			RGBA(to, luma, blue, red)
		}
	})
	b.Run("go", func(b *testing.B) {
		for b.Loop() {
			slowRGBA(to, luma, blue, red)
		}
	})
}
