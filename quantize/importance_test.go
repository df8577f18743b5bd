package quantize

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kompress/kmeans"
)

func mustWeigh(t *testing.T, s *Session, o *Importance) {
	t.Helper()
	if err := s.Weigh(context.Background(), o); err != nil {
		t.Fatal(err)
	}
}

// greyWithRed is a picture without colour but for a thin line and a small square, of a
// ten thousandth of the pixels each.
func greyWithRed(t *testing.T) *image.NRGBA {
	m := toNRGBA(load(t, "kodim05.png"))
	b := m.Rect
	for i := range b.Dx() * b.Dy() {
		v := color.GrayModel.Convert(m.NRGBAAt(i%b.Dx(), i/b.Dx())).(color.Gray).Y
		m.SetNRGBA(i%b.Dx(), i/b.Dx(), color.NRGBA{v, v, v, 255})
	}
	for x := 100; x < 145; x++ {
		m.SetNRGBA(x, 100+x/3, color.NRGBA{220, 20, 30, 255})
	}
	for i := range 49 {
		m.SetNRGBA(600+i%7, 40+i/7, color.NRGBA{10, 90, uint8(190 + i/7), 255})
	}
	return m
}

// colored returns how many entries are far from grey.
func colored(p color.Palette) (n int) {
	for _, c := range p {
		if v := c.(color.NRGBA); max(v.R, v.G, v.B)-min(v.R, v.G, v.B) > 100 {
			n++
		}
	}
	return n
}

// A thin red line and a small blue logo keep their hues, at the price of two greys.
func TestWeighKeepsRareHues(t *testing.T) {
	m := greyWithRed(t)
	s := sessionOf(t, m)
	plain := mustCluster(t, s, Options{Colors: 16})
	if n := colored(plain.Palette); n > 0 {
		t.Fatalf("got %d colored entries without any weights: this shows nothing", n)
	}
	mustWeigh(t, s, new(Importance))
	for _, o := range []Options{{Colors: 16}, {Colors: 16, Space: Oklab}, {Colors: 16, Effort: kmeans.Fast}} {
		q := mustCluster(t, s, o)
		if n := colored(q.Palette); n != 2 {
			t.Errorf("%+v: got %d colored entries, want 2: %v", o, n, q.Palette)
		}
		p, err := s.Map(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		entries := verifyPalette(t, p.Palette)
		if want := slowError(pixels(m), p.Pix, entries); !near(q.MSE, want, 1e-9*want) {
			t.Errorf("got an error of %v, want that of the pixels, %v", q.MSE, want)
		}
	}
	q := mustCluster(t, s, Options{Colors: 16})
	if q.MSE < plain.MSE || q.MSE > 1.4*plain.MSE {
		t.Errorf("got an error of %v, %v without weights", q.MSE, plain.MSE)
	}
	mustWeigh(t, s, nil)
	if q := mustCluster(t, s, Options{Colors: 16}); !slices.Equal(q.Palette, plain.Palette) || q.MSE != plain.MSE {
		t.Error("the weights are not taken back")
	}
}

// Where nothing is rare nothing changes much.
func TestWeighCostsLittle(t *testing.T) {
	leaveOutWithRace(t)
	s := sessionOf(t, load(t, "kodim23.png"))
	for _, k := range []int{64, 128} {
		mustWeigh(t, s, nil)
		plain := mustCluster(t, s, Options{Colors: k})
		mustWeigh(t, s, new(Importance))
		if q := mustCluster(t, s, Options{Colors: k}); q.MSE > 1.06*plain.MSE || slices.Equal(q.Palette, plain.Palette) {
			t.Errorf("%d colors: got an error of %v, without weights %v", k, q.MSE, plain.MSE)
		}
	}
}

// Rarer hues weigh more, common ones nothing more, and the strength says how much.
func TestRarityWeights(t *testing.T) {
	red, green, grey := opaqueKey(200, 0, 0), opaqueKey(0, 180, 0), opaqueKey(90, 90, 90)
	s, err := NewCountsSession(nil, newCounts(t, map[Key]uint32{grey: 1 << 20, green: 1 << 12, red: 1 << 8}))
	if err != nil {
		t.Fatal(err)
	}
	boost := func(k Key) float64 {
		i := slices.Index(s.counts.keys, k)
		return float64(s.weights[i]) / float64(uint64(s.counts.counts[i])<<weightBits)
	}
	last := 1.0
	for _, strength := range []float64{0.01, 1, 2, MaxStrength} {
		mustWeigh(t, s, &Importance{Strength: strength})
		n := float64(s.counts.pixels)
		for k, count := range map[Key]float64{red: 1 << 8, green: 1 << 12} {
			want := 1 + strength*(math.Sqrt(n/64/(count+n/65536))-1)
			if got := boost(k); !near(got, want, 0.001*want) {
				t.Errorf("strength %v: got %v times the weight of %v pixels, want %v", strength, got, count, want)
			}
		}
		if boost(grey) != 1 {
			t.Errorf("got %v times the weight of what is common", boost(grey))
		}
		if boost(red) <= last || boost(red) <= boost(green) {
			t.Errorf("got %v times the weight of the rarest, %v of a rare one, %v with less strength", boost(red), boost(green), last)
		}
		last = boost(red)
	}
}

// Shades of one hue are not rare because each of them is.
func TestRarityOfNeighbours(t *testing.T) {
	counts := map[Key]uint32{}
	for v := range 256 {
		counts[opaqueKey(uint8(v), uint8(v), uint8(v))] = 100
		counts[opaqueKey(uint8(v), uint8(min(v+2, 255)), uint8(v))] = 1
	}
	s, err := NewCountsSession(nil, newCounts(t, counts))
	if err != nil {
		t.Fatal(err)
	}
	mustWeigh(t, s, new(Importance))
	for i, n := range s.counts.counts {
		if s.weights[i] != n<<weightBits {
			t.Fatalf("got weight %d for %d pixels of %v", s.weights[i], n, s.counts.keys[i].NRGBA())
		}
	}
}

// Each colour weighs what the mask has where its pixels are, whatever the types, the
// bounds and the number of colours.
func TestMaskWeights(t *testing.T) {
	for name, m := range samples(t) {
		if name == "kodim05.png" || name == "bahamas.png" || name == "desktop-theme.png" || raceEnabled && name != "cdwriter.png" {
			continue
		}
		b := m.Bounds()
		r := rand.New(rand.NewPCG(1, 2))
		gray := image.NewGray(image.Rect(7, 9, 7+b.Dx(), 9+b.Dy()))
		for i := range gray.Pix {
			gray.Pix[i] = uint8(r.IntN(256))
		}
		all := pixels(m)
		for _, strength := range []float64{0, 5} {
			s := sessionOf(t, m)
			mustWeigh(t, s, &Importance{Mask: gray, Strength: strength})
			if strength == 0 {
				strength = 1
			}
			want := map[Key]float64{}
			for i, c := range all {
				want[keyOf(c)] += 1 + 15*strength*float64(gray.Pix[i])/255
			}
			for i, k := range s.counts.keys {
				if got := float64(s.weights[i]) / (1 << weightBits); !near(got, want[k], 0.02*want[k]) {
					t.Fatalf("%s, strength %v: got weight %v for %v, want %v", name, strength, got, k.NRGBA(), want[k])
				}
			}
		}
	}
}

// What the mask shows gets the entries, what it hides is left to one.
func TestMask(t *testing.T) {
	m := gradient(64)
	mask := image.NewNRGBA(m.Rect)
	for i := range 64 * 128 {
		mask.SetNRGBA(i%128, i/128, color.NRGBA{255, 255, 255, 255}) // the left half; right is transparent
	}
	s := sessionOf(t, m)
	left := func(p color.Palette) (n int) {
		for _, c := range p {
			if c.(color.NRGBA).R < 128 {
				n++
			}
		}
		return n
	}
	plain := mustCluster(t, s, Options{Colors: 20})
	mustWeigh(t, s, &Importance{Mask: mask, Strength: MaxStrength})
	got := mustCluster(t, s, Options{Colors: 20})
	if a, b := left(plain.Palette), left(got.Palette); a > 11 || b < 15 {
		t.Errorf("got %d of 20 entries for the left half, %d without a mask", b, a)
	}
	// The luma of a mask counts, over black.
	for _, test := range []struct {
		c    color.NRGBA
		want int
	}{{color.NRGBA{255, 255, 255, 255}, 255}, {color.NRGBA{255, 255, 255, 0}, 0}, {color.NRGBA{255, 255, 255, 51}, 51}, {color.NRGBA{0, 255, 0, 255}, 150}, {color.NRGBA{255, 0, 0, 255}, 76}} {
		if got := maskLevel([]uint8{test.c.R, test.c.G, test.c.B, test.c.A}, false); got != test.want {
			t.Errorf("%v: got %d, want %d", test.c, got, test.want)
		}
	}
	if got := maskLevel([]uint8{51, 51, 51, 51}, true); got != 51 {
		t.Errorf("got %d for a premultiplied pixel, want 51", got)
	}
}

// Neither threads nor a table of all opaque colours show in the weights.
func TestMaskOfManyColors(t *testing.T) {
	m := gradient(200)
	for i := range 1000 {
		m.Pix[4*(i*50)+3] = uint8(i) // some are not opaque
	}
	mask := image.NewUniform(color.White)
	s := sessionOf(t, m)
	if n := s.counts.Distinct(); n < manyColors {
		t.Fatalf("got %d colors: these are few", n)
	}
	mustWeigh(t, s, &Importance{Mask: framed{mask, m.Rect}})
	for i, n := range s.counts.counts {
		if s.weights[i] != n<<weightBits*16 {
			t.Fatalf("got weight %d for %d pixels", s.weights[i], n)
		}
	}
}

// framed is an image with other bounds.
type framed struct {
	image.Image
	bounds image.Rectangle
}

func (f framed) Bounds() image.Rectangle { return f.bounds }

func TestWeighErrors(t *testing.T) {
	ctx := context.Background()
	s := sessionOf(t, gradient(4))
	for _, test := range []struct {
		o    Importance
		want string
	}{
		{Importance{Strength: -1}, "got an importance of strength -1, want more than 0 to 16"},
		{Importance{Strength: 16.5}, "got an importance of strength 16.5"},
		{Importance{Strength: math.NaN()}, "got an importance of strength NaN"},
		{Importance{Mask: gradient(5)}, "got a mask of 256 × 5 pixels, want 256 × 4 as the image has"},
	} {
		if err := s.Weigh(ctx, &test.o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("got error %v, want one with %q", err, test.want)
		}
	}
	alone, err := NewCountsSession(nil, s.Counts())
	if err != nil {
		t.Fatal(err)
	}
	if err := alone.Weigh(ctx, &Importance{Mask: gradient(4)}); !errors.Is(err, errMaskWithoutPixels) {
		t.Errorf("got error %v, want %v", err, errMaskWithoutPixels)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Weigh(cancelled, &Importance{Mask: gradient(4)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
	empty := sessionOf(t, image.NewGray(image.Rectangle{}))
	for _, o := range []*Importance{nil, {}, {Mask: image.NewGray(image.Rectangle{})}} {
		mustWeigh(t, empty, o)
	}
}

func TestFitWeights(t *testing.T) {
	for _, test := range []struct{ sums, want []uint64 }{
		{[]uint64{0, 1, 5}, []uint64{1, 1, 5}},
		{[]uint64{1 << 32, 3, 1}, []uint64{1 << 31, 1, 1}},
		{[]uint64{1<<32 - 1, 8}, []uint64{1<<32 - 1, 8}},
		{slices.Repeat([]uint64{1<<32 - 1}, 4), slices.Repeat([]uint64{1<<31 - 1}, 4)},
		{nil, nil},
	} {
		got := fitWeights(test.sums)
		for i, w := range got {
			if uint64(w) != test.want[i] {
				t.Errorf("got %v of %v, want %v", got, test.sums, test.want)
				break
			}
		}
		if err := kmeans.CheckPoints(make([]kmeans.Point, len(got)), got); err != nil {
			t.Error(err)
		}
	}
}
