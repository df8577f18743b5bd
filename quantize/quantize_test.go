package quantize

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"maps"
	"math"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"kompress/kmeans"
)

var efforts = map[string]kmeans.Effort{"fast": kmeans.Fast, "default": kmeans.Default, "best": kmeans.Best}

// try quantizes with what has to succeed and checks the outcome.
func try(t *testing.T, m image.Image, o Options) (*image.Paletted, *Quantized) {
	t.Helper()
	p, q, err := Quantize(context.Background(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	verify(t, m, p, q, o)
	return p, q
}

// leaveOutWithRace skips a test of results alone: what runs in several threads does
// so in TestCPUEngine, TestQuantize and TestThreadsDoNotMatter too.
func leaveOutWithRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("left out with the race detector")
	}
}

// verify checks what is true of every outcome.
func verify(t *testing.T, m image.Image, p *image.Paletted, q *Quantized, o Options) {
	t.Helper()
	all := pixels(m)
	if want := (image.Rectangle{Max: m.Bounds().Size()}); p.Rect != want || len(p.Pix) != len(all) {
		t.Fatalf("got bounds %v and %d indices, want %v and %d", p.Rect, len(p.Pix), want, len(all))
	}
	if !slices.Equal(p.Palette, q.Palette) {
		t.Errorf("got an image with palette %v, want %v", p.Palette, q.Palette)
	}
	if len(q.Palette) > o.Colors || len(q.Palette) == 0 && len(all) > 0 {
		t.Errorf("got %d colors, want 1 to %d", len(q.Palette), o.Colors)
	}
	counts := make([]uint64, len(q.Palette))
	for _, i := range p.Pix {
		counts[i]++ // an index that is not valid panics
	}
	if !slices.Equal(counts, q.Counts) {
		t.Errorf("got counts %v, want %v", q.Counts, counts)
	}
	if slices.Contains(counts, 0) {
		t.Errorf("an entry is not used: counts are %v", counts)
	}
	entries := verifyPalette(t, q.Palette)
	if want := slowError(all, p.Pix, entries); math.Abs(q.MSE-want) > 1e-9*want {
		t.Errorf("got an error of %v, want %v", q.MSE, want)
	}
	verifyNearest(t, all, p.Pix, entries, o.Space)
	distinct := map[color.NRGBA]bool{}
	for _, c := range all {
		distinct[c] = true
	}
	if q.Lossless != (len(distinct) <= o.Colors) {
		t.Errorf("got lossless %t for %d colours", q.Lossless, len(distinct))
	}
	if q.Lossless && (q.MSE != 0 || !q.Converged || len(q.Palette) != len(distinct)) {
		t.Errorf("got an error of %v, converged %t and %d entries, want 0, true and %d", q.MSE, q.Converged, len(q.Palette), len(distinct))
	}
}

// verifyPalette checks the order: translucent entries first, then darker ones.
func verifyPalette(t *testing.T, p color.Palette) []color.NRGBA {
	t.Helper()
	var entries []color.NRGBA
	seen := map[color.NRGBA]bool{}
	for i, c := range p {
		n := c.(color.NRGBA)
		if seen[n] {
			t.Errorf("got %v twice", n)
		}
		seen[n] = true
		entries = append(entries, n)
		if i == 0 {
			continue
		}
		last := entries[i-1]
		luma := func(c color.NRGBA) int { return 299*int(c.R) + 587*int(c.G) + 114*int(c.B) }
		if last.A > n.A || last.A == n.A && luma(last) > luma(n) {
			t.Errorf("got %v before %v", last, n)
		}
	}
	return entries
}

// slowError composes every pixel and its entry over black and over white.
func slowError(all []color.NRGBA, index []uint8, entries []color.NRGBA) float64 {
	if len(all) == 0 {
		return 0
	}
	over := func(v, a uint8, ground float64) float64 {
		return (float64(v)*float64(a) + ground*float64(255-a)) / 255
	}
	var sum float64
	for i, p := range all {
		e := entries[index[i]]
		for _, ground := range []float64{0, 255} {
			for _, v := range [3][2]uint8{{p.R, e.R}, {p.G, e.G}, {p.B, e.B}} {
				d := over(v[0], p.A, ground) - over(v[1], e.A, ground)
				sum += d * d / 2
			}
		}
	}
	return sum / float64(len(all))
}

// verifyNearest looks at some of the pixels.
func verifyNearest(t *testing.T, all []color.NRGBA, index []uint8, entries []color.NRGBA, s Space) {
	t.Helper()
	keyOf := func(c color.NRGBA) Key { return MakeKey(c.R, c.G, c.B, c.A) }
	points := make([]kmeans.Point, len(entries))
	for i, e := range entries {
		points[i] = s.point(keyOf(e))
	}
	for i := 0; i < len(all); i += 1 + len(all)/1500 {
		p := s.point(keyOf(all[i]))
		got := squaredDistance(p, points[index[i]])
		for j := range points {
			if squaredDistance(p, points[j]) < got {
				t.Fatalf("pixel %d, %v, got entry %v: %v is nearer", i, all[i], entries[index[i]], entries[j])
			}
		}
	}
}

func TestQuantize(t *testing.T) {
	for name, m := range samples(t) {
		if raceEnabled && name != "kodim23.png" && name != "cdwriter.png" {
			continue
		}
		for _, s := range spaces {
			for _, effort := range []string{"fast", "default"} {
				for _, k := range []int{1, 2, 3, 16, 255, 256} {
					if raceEnabled && (k != 16 || effort != "fast") {
						continue
					}
					t.Run(fmt.Sprintf("%s/%v/%s/k=%d", name, s, effort, k), func(t *testing.T) {
						try(t, m, Options{Colors: k, Space: s, Effort: efforts[effort]})
					})
				}
			}
		}
	}
}

func TestQuantizeBest(t *testing.T) {
	m := crop(load(t, "kodim05.png"), image.Rect(0, 0, 60, 50))
	_, fast := try(t, m, Options{Colors: 16, Effort: kmeans.Fast})
	_, best := try(t, m, Options{Colors: 16, Effort: kmeans.Best})
	if best.MSE > fast.MSE {
		t.Errorf("got an error of %v, with less effort %v", best.MSE, fast.MSE)
	}
}

func TestErrorFallsWithMoreColors(t *testing.T) {
	leaveOutWithRace(t)
	for name, m := range samples(t) {
		last := math.Inf(1)
		for k := 1; k <= 256; k *= 2 {
			_, q := try(t, m, Options{Colors: k, Effort: kmeans.Fast})
			if q.MSE > last {
				t.Errorf("%s: got an error of %v for %d colors, %v for half as many", name, q.MSE, k, last)
			}
			last = q.MSE
		}
	}
}

// same says whether two outcomes are.
func same(p1, p2 *image.Paletted, q1, q2 *Quantized) bool {
	return bytes.Equal(p1.Pix, p2.Pix) && slices.Equal(p1.Palette, p2.Palette) &&
		slices.Equal(q1.Counts, q2.Counts) && q1.MSE == q2.MSE &&
		q1.Steps == q2.Steps && q1.Passes == q2.Passes && q1.Converged == q2.Converged && q1.Lossless == q2.Lossless
}

func TestThreadsDoNotMatter(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	images := map[string]image.Image{
		"opaque":      crop(load(t, "kodim23.png"), image.Rect(0, 0, 300, 200)),
		"translucent": crop(load(t, "cdwriter.png"), image.Rect(0, 10, 200, 200)),
	}
	for name, m := range images {
		for _, o := range []Options{{Colors: 16}, {Colors: 100, Space: Oklab}} {
			runtime.GOMAXPROCS(1)
			p1, q1 := try(t, m, o)
			for _, n := range []int{1, 2, 7} {
				if raceEnabled && n < 7 {
					continue
				}
				runtime.GOMAXPROCS(n)
				p2, q2, err := Quantize(context.Background(), m, o)
				if err != nil {
					t.Fatal(err)
				}
				if !same(p1, p2, q1, q2) {
					t.Errorf("%s, %d colors, %v: got another result with %d threads", name, o.Colors, o.Space, n)
				}
			}
		}
	}
}

func TestOneColor(t *testing.T) {
	for _, c := range []color.NRGBA{{0, 0, 0, 255}, {255, 255, 255, 255}, {1, 2, 3, 4}, {}} {
		for _, s := range spaces {
			p, q := try(t, patches(5, c), Options{Colors: 1, Space: s})
			if !q.Lossless || p.Palette[0] != c {
				t.Errorf("%v: got lossless %t and palette %v", c, q.Lossless, p.Palette)
			}
		}
	}
}

func TestTwoColors(t *testing.T) {
	m := patches(3, color.NRGBA{250, 250, 0, 255}, color.NRGBA{10, 10, 10, 255})
	p, _ := try(t, m, Options{Colors: 2})
	if want := (color.Palette{color.NRGBA{10, 10, 10, 255}, color.NRGBA{250, 250, 0, 255}}); !slices.Equal(p.Palette, want) {
		t.Errorf("got palette %v, want %v", p.Palette, want)
	}
	if want := []uint8{1, 0, 1, 0, 1, 0}; !bytes.Equal(p.Pix, want) {
		t.Errorf("got indices %v, want %v", p.Pix, want)
	}
	p, _ = try(t, m, Options{Colors: 1})
	if want := (color.NRGBA{130, 130, 5, 255}); p.Palette[0] != want {
		t.Errorf("got %v for both, want their mean %v", p.Palette[0], want)
	}
}

func TestLossless(t *testing.T) {
	colors := []color.NRGBA{{}, {255, 255, 255, 255}, {0, 0, 0, 255}, {0, 0, 0, 1}, {9, 8, 7, 254}}
	for i := range 251 {
		colors = append(colors, color.NRGBA{uint8(i), uint8(3 * i), 77, uint8(255 - i%3)})
	}
	m := patches(4, colors...)
	m.SetNRGBA(0, 0, color.NRGBA{200, 100, 50, 0}) // transparent like the others
	for _, o := range []Options{{Colors: 256}, {Colors: 256, Space: Oklab, Effort: kmeans.Best}} {
		p, q := try(t, m, o)
		if !q.Lossless || q.Steps != 0 || q.Passes != 0 {
			t.Errorf("got lossless %t after %d steps and %d passes", q.Lossless, q.Steps, q.Passes)
		}
		for i := range p.Pix {
			if got, want := p.Palette[p.Pix[i]], colors[i%len(colors)]; got != want {
				t.Fatalf("pixel %d: got %v, want %v", i, got, want)
			}
		}
	}
	_, q := try(t, m, Options{Colors: 255})
	if q.Lossless {
		t.Error("got a lossless result for one color too few")
	}
}

func TestEmptyImage(t *testing.T) {
	for _, size := range []image.Point{{0, 0}, {0, 7}, {7, 0}} {
		m := image.NewNRGBA(image.Rectangle{Max: size})
		p, q := try(t, m, Options{Colors: 16})
		if len(p.Pix) != 0 || len(q.Palette) != 0 || q.MSE != 0 {
			t.Errorf("%v: got %d pixels, %d colors and an error of %v", size, len(p.Pix), len(q.Palette), q.MSE)
		}
	}
	m := &image.NRGBA{Rect: image.Rectangle{Min: image.Pt(5, 5), Max: image.Pt(1, 1)}}
	if p, _, err := Quantize(context.Background(), m, Options{}); err != nil || !p.Rect.Empty() {
		t.Errorf("got bounds %v and error %v of an image that ends before it begins", p.Rect, err)
	}
}

// noise has four million colours and more, each of them once. A multiplication by
// an odd number visits all numbers of 24 bits.
func noise() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 4096, 1100))
	for i := range 4096 * 1100 {
		v := uint32(i) * 0x9e3779b1
		copy(m.Pix[4*i:4*i+4], []uint8{uint8(v >> 16), uint8(v >> 8), uint8(v), 255})
	}
	return m
}

func TestMoreColorsThanAreClusteredOneByOne(t *testing.T) {
	m := noise()
	s, err := NewSession(context.Background(), nil, m)
	if err != nil {
		t.Fatal(err)
	}
	if d := s.Counts().Distinct(); d != 4096*1100 || d <= mergeAbove {
		t.Fatalf("got %d colours", d)
	}
	o := Options{Colors: 16, Effort: kmeans.Fast}
	var first *Quantized
	for range 2 {
		q, err := s.Cluster(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Map(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if raceEnabled {
			return
		}
		entries := verifyPalette(t, q.Palette)
		verifyNearest(t, pixels(m), p.Pix, entries, o.Space)
		if len(entries) != o.Colors || q.MSE < 2000 || q.MSE > 2800 {
			t.Errorf("got %d colors and an error of %v, want %d and about 2400", len(entries), q.MSE, o.Colors)
		}
		// The second time, the engine holds what was mapped last.
		if first != nil && !slices.Equal(q.Palette, first.Palette) {
			t.Errorf("got palette %v the second time, want %v", q.Palette, first.Palette)
		}
		first = q
	}
}

func TestAlphaOfPictures(t *testing.T) {
	leaveOutWithRace(t)
	images := map[string]image.Image{
		"cdwriter.png": load(t, "cdwriter.png"), "desktop-theme.png": load(t, "desktop-theme.png"), "disc": disc(200),
	}
	for name, m := range images {
		for _, s := range spaces {
			for _, k := range []int{2, 4, 16, 64} {
				p, _ := try(t, m, Options{Colors: k, Space: s, Effort: kmeans.Fast})
				// Where most pixels of an entry are clear, or solid, so is the entry.
				all := make([]int, k)
				clear, solid := make([]int, k), make([]int, k)
				lost := 0
				for i, c := range pixels(m) {
					e := p.Pix[i]
					all[e]++
					switch c.A {
					case 0:
						clear[e]++
						if a := p.Palette[e].(color.NRGBA).A; a != 0 {
							lost++
						}
					case 255:
						solid[e]++
					}
				}
				for i, c := range p.Palette {
					a := c.(color.NRGBA).A
					if 2*clear[i] > all[i] && a != 0 || 2*solid[i] > all[i] && a != 255 {
						t.Errorf("%s, %v, %d colors: got %v for %d pixels, %d of them clear and %d solid", name, s, k, c, all[i], clear[i], solid[i])
					}
				}
				if lost > 0 {
					t.Errorf("%s, %v, %d colors: %d transparent pixels are not so any more", name, s, k, lost)
				}
			}
		}
	}
}

func TestSnapAlpha(t *testing.T) {
	for _, test := range []struct {
		name   string
		counts map[color.NRGBA]uint32 // of one entry
		entry  color.NRGBA
		want   color.NRGBA
	}{
		{"mostly clear", map[color.NRGBA]uint32{{}: 6, {100, 0, 0, 20}: 5}, color.NRGBA{100, 0, 0, 9}, color.NRGBA{}},
		{"half clear", map[color.NRGBA]uint32{{}: 5, {100, 0, 0, 20}: 5}, color.NRGBA{100, 0, 0, 10}, color.NRGBA{100, 0, 0, 10}},
		{"mostly solid", map[color.NRGBA]uint32{{1, 2, 3, 255}: 6, {1, 2, 3, 100}: 5}, color.NRGBA{1, 2, 3, 184}, color.NRGBA{1, 2, 3, 255}},
		{"half solid", map[color.NRGBA]uint32{{1, 2, 3, 255}: 5, {1, 2, 3, 100}: 5}, color.NRGBA{1, 2, 3, 177}, color.NRGBA{1, 2, 3, 177}},
		{"in between", map[color.NRGBA]uint32{{}: 1, {1, 2, 3, 100}: 9, {1, 2, 3, 255}: 1}, color.NRGBA{1, 2, 3, 105}, color.NRGBA{1, 2, 3, 105}},
		{"opaque already", map[color.NRGBA]uint32{{1, 2, 3, 255}: 9}, color.NRGBA{1, 2, 3, 255}, color.NRGBA{1, 2, 3, 255}},
	} {
		c := new(Counts)
		of := map[Key]uint32{}
		for n, count := range test.counts {
			of[MakeKey(n.R, n.G, n.B, n.A)] = count
		}
		c.keys = slices.Sorted(maps.Keys(of))
		for _, k := range c.keys {
			c.counts = append(c.counts, of[k])
			c.pixels += uint64(of[k])
		}
		s := &Session{counts: c}
		e := test.entry
		entries := []Key{MakeKey(e.R, e.G, e.B, e.A)}
		changed := s.snapAlpha(entries, nil, make([]uint8, len(c.keys)))
		if got := entries[0].NRGBA(); got != test.want || changed != (test.want != e) {
			t.Errorf("%s: got %v, changed %t, want %v", test.name, got, changed, test.want)
		}
	}
}

func TestPSNR(t *testing.T) {
	for mse, want := range map[float64]float64{3 * 255 * 255: 0, 195.075: 30, 19.5075: 40, 0: math.Inf(1)} {
		if got := PSNR(mse); got != want && !(math.Abs(got-want) < 1e-12) {
			t.Errorf("PSNR(%v): got %v, want %v", mse, got, want)
		}
	}
}

func TestOptionErrors(t *testing.T) {
	m := gradient(4)
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Colors: -1}, "got -1 colors, want 1 to 256"},
		{Options{Colors: 257}, "got 257 colors, want 1 to 256"},
		{Options{Space: 2}, "got space 2, want SRGB or Oklab"},
		{Options{Space: -1}, "got space -1, want SRGB or Oklab"},
		{Options{Effort: 9}, "got effort 9"},
		{Options{Algorithm: 5}, "got algorithm 5"},
		{Options{Init: 4}, "got init 4"},
		{Options{BatchSize: -3}, "got a batch size of -3"},
		{Options{MaxPasses: -2}, "got -2 passes"},
		{Options{Tolerance: 2}, "got a tolerance of 2"},
	} {
		p, q, err := Quantize(context.Background(), m, test.o)
		if err == nil || !strings.Contains(err.Error(), test.want) || p != nil || q != nil {
			t.Errorf("%+v: got error %v, want one with %q", test.o, err, test.want)
		}
	}
}

func TestDefaultOptions(t *testing.T) {
	m := gradient(4)
	p1, q1 := try(t, m, Options{Colors: DefaultColors, Space: SRGB})
	p2, q2, err := Quantize(context.Background(), m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !same(p1, p2, q1, q2) {
		t.Error("no options are not the defaults")
	}
}

// Every field that kmeans.Options has too is handed on, Colors as K.
func TestOptionsAreHandedOn(t *testing.T) {
	called := false
	o := Options{
		Colors: 7, Space: Oklab, Locked: []color.NRGBA{{}}, Posterize: 1, KeepUnused: true,
		Algorithm: kmeans.Lloyd, Effort: kmeans.Best, Init: kmeans.PlusPlus, BatchSize: 11,
		MaxPasses: 12, Tolerance: 0.13, Seed: 14, Progress: func(float64) { called = true },
	}
	got := o.clustering()
	got.Progress(0)
	if !called {
		t.Error("Progress is not handed on")
	}
	got.Progress = nil
	want := kmeans.Options{K: 7, Algorithm: kmeans.Lloyd, Effort: kmeans.Best, Init: kmeans.PlusPlus, BatchSize: 11, MaxPasses: 12, Tolerance: 0.13, Seed: 14}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	const here, there = 4, 1 // options of one package alone
	if n, m := reflect.TypeFor[Options]().NumField(), reflect.TypeFor[kmeans.Options]().NumField(); n-here != m-there {
		t.Errorf("got %d options, %d of kmeans: is one missing?", n, m)
	}
}

func TestQuantizeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if p, q, err := Quantize(ctx, gradient(4), Options{}); p != nil || q != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

// A wide soft shadow has more pixels that are nearly transparent than there are
// fully transparent ones, and must not draw these to its mean.
func TestSoftShadowLeavesTheBackgroundInvisible(t *testing.T) {
	leaveOutWithRace(t)
	m := image.NewNRGBA(image.Rect(0, 0, 128, 128))
	for y := range 128 {
		for x := range 128 {
			d := (x-64)*(x-64) + (y-64)*(y-64)
			switch {
			case d < 900:
				m.SetNRGBA(x, y, color.NRGBA{uint8(100 + x), uint8(50 + y), 200, 255})
			case d < 4000:
				m.SetNRGBA(x, y, color.NRGBA{0, 0, 0, uint8(1 + (4000-d)/500)})
			}
		}
	}
	for _, space := range []Space{SRGB, Oklab} {
		for _, k := range []int{2, 3, 16, 64} {
			p, _, err := Quantize(context.Background(), m, Options{Colors: k, Space: space})
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Palette) > k {
				t.Errorf("%v, k=%d: got %d colours", space, k, len(p.Palette))
			}
			for i := 0; i < len(m.Pix); i += 4 {
				if c := p.Palette[p.Pix[i/4]].(color.NRGBA); m.Pix[i+3] == 0 && c.A != 0 {
					t.Fatalf("%v, k=%d: a fully transparent pixel became %v", space, k, c)
				}
			}
		}
	}
}

// Dark opaque pixels may be nearest to full transparency, and be many: they must
// not make the background's entry opaque.
func TestManyDarkPixelsLeaveTheBackgroundInvisible(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		switch {
		case i < 100:
		case i < 800:
			m.SetNRGBA(i%64, i/64, color.NRGBA{uint8(i % 9), 0, 0, 255})
		default:
			m.SetNRGBA(i%64, i/64, color.NRGBA{255, 255, uint8(250 + i%5), 255})
		}
	}
	for _, space := range []Space{SRGB, Oklab} {
		for k := 2; k <= 6; k++ {
			p, _, err := Quantize(context.Background(), m, Options{Colors: k, Space: space})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 100 {
				if c := p.Palette[p.Pix[i]].(color.NRGBA); c.A != 0 {
					t.Fatalf("%v, k=%d: a fully transparent pixel became %v", space, k, c)
				}
			}
		}
	}
}
