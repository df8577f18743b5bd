package quantize

import (
	"context"
	"image/color"
	"slices"
	"strings"
	"testing"
)

// slowPosterize tries all components whose low bits repeat the high ones.
func slowPosterize(v uint8, bits int) uint8 {
	best, least := 0, 1000
	for w := range 256 {
		if w&(1<<bits-1) != w>>(8-bits) {
			continue
		}
		if d := max(int(v)-w, w-int(v)); d < least {
			best, least = w, d
		}
	}
	return uint8(best)
}

func TestPosterize(t *testing.T) {
	for bits := range MostPosterize + 1 {
		levels := map[uint8]bool{}
		for v := range 256 {
			want := uint8(v)
			if bits > 0 {
				want = slowPosterize(uint8(v), bits)
			}
			got := posterize(MakeKey(uint8(v), uint8(255-v), 7, 255), bits).NRGBA()
			if got.R != want || got.A != 255 {
				t.Errorf("%d bits of %d: got %v, want %d", bits, v, got, want)
			}
			if got := posterize(MakeKey(255, 0, 0, uint8(v)), bits).NRGBA(); got.A != want {
				t.Errorf("%d bits of alpha %d: got %d, want %d", bits, v, got.A, want)
			}
			levels[want] = true
		}
		if len(levels) != 256>>bits || !levels[0] || !levels[255] {
			t.Errorf("%d bits: got %d levels, want %d with both ends", bits, len(levels), 256>>bits)
		}
	}
}

// All entries but those that are locked are such as the fewer bits can have, and each
// pixel has the nearest of them.
func TestPosterizedPalette(t *testing.T) {
	leaveOutWithRace(t)
	lock := color.NRGBA{1, 2, 3, 255}
	for name, m := range samples(t) {
		s := sessionOf(t, m)
		all := pixels(m)
		last := mustCluster(t, s, Options{Colors: 40}).MSE
		for bits := 1; bits <= MostPosterize; bits++ {
			o := Options{Colors: 40, Posterize: bits, Locked: []color.NRGBA{lock}}
			q := mustCluster(t, s, o)
			var entries []color.NRGBA
			for _, c := range q.Palette {
				n := c.(color.NRGBA)
				entries = append(entries, n)
				if n != lock && (color.NRGBA{slowPosterize(n.R, bits), slowPosterize(n.G, bits), slowPosterize(n.B, bits), slowPosterize(n.A, bits)}) != n {
					t.Errorf("%s, %d bits: got %v", name, bits, n)
				}
			}
			if !holds(q.Palette, lock) {
				t.Errorf("%s, %d bits: %v is missing", name, bits, lock)
			}
			p, err := s.Map(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			verifyNearest(t, all, p.Pix, entries, SRGB)
			if step := float64(int(1) << bits); q.MSE > last+3*step*step {
				t.Errorf("%s: got an error of %v for %d bits fewer, %v for one more", name, q.MSE, bits, last)
			}
			last = q.MSE
		}
	}
}

// A few colours are posterized one by one, and that is lossless only if they are so
// already.
func TestPosterizeFewColors(t *testing.T) {
	m := patches(1, color.NRGBA{16, 32, 48, 255}, color.NRGBA{17, 33, 49, 255}, color.NRGBA{5, 0, 0, 3}, color.NRGBA{255, 255, 255, 255})
	s := sessionOf(t, m)
	q := mustCluster(t, s, Options{Colors: 3, Posterize: 4})
	want := color.Palette{color.NRGBA{}, color.NRGBA{17, 34, 51, 255}, color.NRGBA{255, 255, 255, 255}}
	if !slices.Equal(q.Palette, want) || q.Lossless || q.MSE == 0 || q.Passes != 0 {
		t.Errorf("got %v, lossless %t, want %v", q.Palette, q.Lossless, want)
	}
	even := sessionOf(t, patches(1, color.NRGBA{17, 34, 51, 255}, color.NRGBA{255, 0, 0, 17}))
	if q := mustCluster(t, even, Options{Colors: 2, Posterize: 4}); !q.Lossless || q.MSE != 0 || len(q.Palette) != 2 {
		t.Errorf("got %v, lossless %t", q.Palette, q.Lossless)
	}
}

func TestPosterizeErrors(t *testing.T) {
	for _, bits := range []int{-1, 5} {
		if _, err := sessionOf(t, gradient(1)).Cluster(context.Background(), Options{Posterize: bits}); err == nil || !strings.Contains(err.Error(), "bits to posterize, want 0 to 4") {
			t.Errorf("%d: got error %v", bits, err)
		}
	}
}
