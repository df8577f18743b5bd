package quantize

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"kompress/kmeans"
)

var dithers = []Dither{FloydSteinberg, BlueNoise, Ordered}

// ditherWith quantizes and dithers an image.
func ditherWith(t *testing.T, m image.Image, o Options, d DitherOptions) (p, plain *image.Paletted) {
	t.Helper()
	s, err := NewSession(t.Context(), nil, m)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	q, err := s.Cluster(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if p, err = s.Dither(t.Context(), q, d); err != nil {
		t.Fatal(err)
	}
	if plain, err = s.Map(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	return p, plain
}

// What is transparent or opaque or in the palette stays so, whatever is dithered
// around it, and something is.
func TestDitherKeeps(t *testing.T) {
	leaveOutWithRace(t)
	images := samples(t)
	images["disc"] = disc(90)
	stray := sky(200, 200) // with too few transparent pixels for an entry
	for i := range 18 {
		copy(stray.Pix[4*(2111*i+77):], make([]uint8, 4))
	}
	images["stray"] = stray
	for name, m := range images {
		for _, space := range spaces {
			for _, method := range dithers {
				p, plain := ditherWith(t, m, Options{Colors: 12, Space: space, Effort: kmeans.Fast}, DitherOptions{Method: method})
				changed := 0
				for i, c := range pixels(m) {
					got, without := p.Palette[p.Pix[i]].(color.NRGBA), p.Palette[plain.Pix[i]].(color.NRGBA)
					if got != without {
						changed++
					}
					switch {
					case c == without && got != c, c.A == 0 && got != without:
						t.Fatalf("%s, %v, %v: pixel %d, %v, became %v; not dithered it is %v", name, space, method, i, c, got, without)
					case c.A == 255 && without.A == 255 && got.A != 255:
						t.Fatalf("%s, %v, %v: opaque pixel %d became %v", name, space, method, i, got)
					}
				}
				if changed < len(p.Pix)/50 && name != "bahamas.png" { // of few colours, and flat
					t.Errorf("%s, %v, %v: got %d of %d pixels dithered, want some", name, space, method, changed, len(p.Pix))
				}
			}
		}
	}
}

func TestDitherOfFewColorsIsMap(t *testing.T) {
	m := patches(9, color.NRGBA{1, 2, 3, 255}, color.NRGBA{200, 2, 3, 255}, color.NRGBA{1, 2, 3, 90}, color.NRGBA{})
	for _, method := range append(dithers, NoDither) {
		for _, colors := range []int{4, 256} {
			p, plain := ditherWith(t, m, Options{Colors: colors}, DitherOptions{Method: method})
			if !bytes.Equal(p.Pix, plain.Pix) {
				t.Errorf("%v: got other pixels than without", method)
			}
		}
	}
}

// meanErrors returns by how much the means of all squares of that side are off, in the
// mean, in 8-bit sRGB.
func meanErrors(m image.Image, p *image.Paletted, side int) (off float64) {
	b, want := p.Rect, pixels(m)
	n := 0
	for y := 0; y+side <= b.Dy(); y += side {
		for x := 0; x+side <= b.Dx(); x += side {
			var d [3]int
			for i := range side * side {
				at := (y+i/side)*b.Dx() + x + i%side
				c, w := p.Palette[p.Pix[at]].(color.NRGBA), want[at]
				for j, v := range [3]int{int(c.R) - int(w.R), int(c.G) - int(w.G), int(c.B) - int(w.B)} {
					d[j] += v
				}
			}
			off += math.Sqrt(float64(d[0]*d[0]+d[1]*d[1]+d[2]*d[2])) / float64(side*side)
			n++
		}
	}
	return off / float64(n)
}

// sky is a smooth gradient.
func sky(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		x, y := i%width, i/width
		m.SetNRGBA(x, y, color.NRGBA{uint8(40 + 180*y/height), uint8(80 + 100*y/height), uint8(160 + 20*x/width), 255})
	}
	return m
}

// Seen from afar a dithered gradient is nearer the image than one that is not.
func TestDitherNearsTheMean(t *testing.T) {
	leaveOutWithRace(t)
	m := sky(320, 640)
	for _, space := range spaces {
		for _, method := range dithers {
			p, plain := ditherWith(t, m, Options{Colors: 8, Space: space}, DitherOptions{Method: method})
			if got, without := meanErrors(m, p, 16), meanErrors(m, plain, 16); got > without*0.8 {
				t.Errorf("%v, %v: squares are off by %.2f, not dithered by %.2f", space, method, got, without)
			}
			half, _ := ditherWith(t, m, Options{Colors: 8, Space: space}, DitherOptions{Method: method, Strength: 0.5})
			changed := func(p *image.Paletted) (n int) {
				for i, v := range p.Pix {
					if v != plain.Pix[i] {
						n++
					}
				}
				return n
			}
			if got, full := changed(half), changed(p); got >= full*4/5 || got == 0 {
				t.Errorf("%v, %v: got %d pixels dithered at half the strength, %d at all of it", space, method, got, full)
			}
		}
	}
}

// Where bands of rows meet, error from above goes on.
func TestDiffusionGoesOnAcrossBands(t *testing.T) {
	m := sky(256, 2*bandHeight)
	s, err := NewSession(t.Context(), nil, m)
	if err != nil {
		t.Fatal(err)
	}
	q, err := s.Cluster(t.Context(), Options{Colors: 8, Effort: kmeans.Fast})
	if err != nil {
		t.Fatal(err)
	}
	var rows [2][]uint8
	for i := range rows {
		p, err := s.Dither(t.Context(), q, DitherOptions{Method: FloydSteinberg})
		if err != nil {
			t.Fatal(err)
		}
		rows[i] = p.Pix[256*bandHeight:][:256]
		changed := *m // with other rows above, but for the last, which all methods look at
		changed.Pix = bytes.Clone(m.Pix)
		for y := bandHeight - 10; y < bandHeight-1; y++ {
			copy(changed.Pix[y*m.Stride:][:m.Stride], m.Pix[100*m.Stride:])
		}
		s.image = &changed
	}
	if bytes.Equal(rows[0], rows[1]) {
		t.Error("the first row of a band does not depend on those above it")
	}
}

// What is dithered does not depend on the number of threads.
func TestDitherIsTheSameOnAllThreads(t *testing.T) {
	m := sky(150, 3*bandHeight)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, method := range dithers {
		var first []uint8
		for _, threads := range []int{1, 2, 5} {
			runtime.GOMAXPROCS(threads)
			p, _ := ditherWith(t, m, Options{Colors: 8, Effort: kmeans.Fast}, DitherOptions{Method: method})
			if first == nil {
				first = p.Pix
			}
			if !bytes.Equal(p.Pix, first) {
				t.Errorf("%v: got other pixels with %d threads", method, threads)
			}
		}
	}
}

// Images of all kinds and sizes are dithered, the smallest too.
func TestDitherSizes(t *testing.T) {
	for _, size := range []image.Point{{0, 0}, {1, 1}, {2, 1}, {1, 2}, {3, 300}, {pieceWidth + 70, 2}} {
		whole := gradient(max(1, size.Y))
		m := image.NewNRGBA(image.Rect(-5, 3, size.X-5, size.Y+3))
		for i := range size.X * size.Y {
			c := whole.NRGBAAt(i%size.X%256, i/size.X)
			c.A = uint8(255 - i%3*40)
			m.SetNRGBA(i%size.X-5, i/size.X+3, c)
		}
		for _, method := range dithers {
			p, _ := ditherWith(t, m, Options{Colors: 7, Effort: kmeans.Fast}, DitherOptions{Method: method})
			if p.Rect != (image.Rectangle{Max: size}) {
				t.Errorf("%v: got bounds %v, want %v from 0, 0", method, p.Rect, size)
			}
		}
	}
}

func TestDitherOptions(t *testing.T) {
	s, err := NewSession(t.Context(), nil, disc(60))
	if err != nil {
		t.Fatal(err)
	}
	q, err := s.Cluster(t.Context(), Options{Colors: 8})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []DitherOptions{
		{Method: -1}, {Method: 4}, {Strength: -0.1}, {Method: Ordered, Strength: 1.1}, {Strength: math.NaN()}, {Strength: math.Inf(1)},
	} {
		if p, err := s.Dither(t.Context(), q, o); err == nil || p != nil {
			t.Errorf("%+v: got no error", o)
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, method := range append(dithers, NoDither) {
		o := DitherOptions{Method: method}
		if p, err := s.Dither(cancelled, q, o); p != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("%v: got error %v, want %v", method, err, context.Canceled)
		}
		if _, err := s.Dither(t.Context(), new(Quantized), o); err == nil {
			t.Errorf("%v: got no error for another session's palette", method)
		}
		if _, err := s.Dither(t.Context(), nil, o); err == nil {
			t.Errorf("%v: got no error without a palette", method)
		}
	}
	s.Close()
	for _, method := range append(dithers, NoDither) {
		if _, err := s.Dither(t.Context(), q, DitherOptions{Method: method}); !errors.Is(err, kmeans.ErrClosed) {
			t.Errorf("%v: got error %v, want %v", method, err, kmeans.ErrClosed)
		}
	}
}

// An image that is dithered may take long: the context is looked at in between.
func TestDiffusionIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := cancelling{sky(100, 2*bandHeight), new(int), cancel}
	s, err := NewSession(t.Context(), nil, m)
	if err != nil {
		t.Fatal(err)
	}
	q, err := s.Cluster(t.Context(), Options{Colors: 8, Effort: kmeans.Fast})
	if err != nil {
		t.Fatal(err)
	}
	*m.reads = 0
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // the image's count is not for several
	if p, err := s.Dither(ctx, q, DitherOptions{Method: FloydSteinberg}); p != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
	if *m.reads > 100*20 {
		t.Errorf("got %d pixels read after the end, want few", *m.reads)
	}
}

// A cancelling image ends a context once it has been read a while.
type cancelling struct {
	image.Image
	reads  *int
	cancel func()
}

func (c cancelling) At(x, y int) color.Color {
	if *c.reads++; *c.reads == 1000 && runtime.GOMAXPROCS(0) == 1 {
		c.cancel()
	}
	return c.Image.At(x, y)
}

// The cells' answer is that of a look at all entries.
func TestEntryCells(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, layers := range []int{1, 8} {
		var entries []entryPoint
		for i := range 200 {
			e := entryPoint{index: uint8(i)}
			for axis := range 3 {
				e.at[axis] = int32(rng.IntN(1<<14) &^ (rng.IntN(2) * 0xff0))
			}
			if layers > 1 && i%3 > 0 {
				e.at[3] = int32(rng.IntN(14134))
			}
			entries = append(entries, e)
		}
		own(entries)
		cells := newEntryCells(entries, layers)
		for range 20000 {
			p := [4]int32{int32(rng.IntN(1 << 14)), int32(rng.IntN(1 << 14)), int32(rng.IntN(1 << 14))}
			if layers > 1 {
				p[3] = int32(rng.IntN(1 << 14))
			}
			best := &entries[0]
			for i := range entries {
				if entries[i].distance(&p) < best.distance(&p) {
					best = &entries[i]
				}
			}
			if got := cells.nearest(&p); got.index != best.index {
				t.Fatalf("got entry %d for %v, want %d", got.index, p, best.index)
			}
			for i := range entries {
				if e := &entries[i]; e.distance(&p) <= e.owned && e.index != best.index {
					t.Fatalf("entry %d does not own %v, %d is nearest", i, p, best.index)
				}
			}
		}
	}
}

// A mix has no more than the wrongness, penalty included, of any other pair and share
// that has the nearest entry.
func TestMixIsTheBest(t *testing.T) {
	m := crop(load(t, "kodim23.png"), image.Rect(300, 60, 360, 90))
	s, err := NewSession(t.Context(), nil, m)
	if err != nil {
		t.Fatal(err)
	}
	q, err := s.Cluster(t.Context(), Options{Colors: 12})
	if err != nil {
		t.Fatal(err)
	}
	x := newMixer(q, 1)
	mixed := 0
	for i, mix := range x.all(q.table) {
		c, nearest := wide(q.space.point(q.table.keys[i])), q.table.index[i]
		first, second, share := uint8(mix), uint8(mix>>8), float64(mix>>16)/256
		if first > second || first != nearest && second != nearest {
			t.Fatalf("got entries %d and %d, want the nearest, %d, and their order", first, second, nearest)
		}
		if share > 0 {
			mixed++
		}
		got := wrongness(c, wide(x.points[first]), wide(x.points[second]), share)
		for other := range x.points {
			for try := range 33 {
				share := float64(try) / 64
				if want := wrongness(c, wide(x.points[nearest]), wide(x.points[other]), share); got > want*1.001+2*stayPut {
					t.Fatalf("colour %d: got %d, %d at %v, wrong by %v; with %d at %v it is %v", i, first, second, share, got, other, share, want)
				}
			}
		}
	}
	if mixed < q.table.len()/4 {
		t.Errorf("got %d of %d colours mixed", mixed, q.table.len())
	}
}

func (t *Table) len() int { return len(t.keys) }

func wrongness(c, a, b [4]int32, share float64) (sum float64) {
	for i := range c {
		d, step := float64(c[i]-a[i]), float64(b[i]-a[i])
		sum += (d-share*step)*(d-share*step) + mixPenalty*share*(1-share)*step*step
	}
	return sum
}

func TestNewDitherTableWantsAMixForEachColor(t *testing.T) {
	s, err := NewSession(t.Context(), nil, gradient(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 255, 257} {
		want := fmt.Sprintf("quantize: got %d mixes for 256 colors, want as many", n)
		if _, err := NewDitherTable(s.Counts(), make([]Mix, n), bayerMask); err == nil || err.Error() != want {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
}

// The matrix as it is printed.
func TestBayer(t *testing.T) {
	want := []uint8{0, 32, 8, 40, 2, 34, 10, 42}
	for x, w := range want {
		if got := bayerMask[x]; got != 4*w+2 {
			t.Errorf("column %d: got %d, want %d", x, got, 4*w+2)
		}
	}
	for y, w := range []uint8{0, 48, 12, 60, 3, 51, 15, 63} {
		if got := bayerMask[y*MaskSide]; got != 4*w+2 {
			t.Errorf("row %d: got %d, want %d", y, got, 4*w+2)
		}
	}
}

// goldenDithers has the SHA-256 of the indices: they are the same on all machines.
var goldenDithers = map[string]string{
	"srgb floyd-steinberg":  "74b841d20d4f38e916cfe5f7a26defcf8896df94f982c7590e461353ffc906e0",
	"srgb blue-noise":       "74f6a4e835a4da63bed13fe2c3a992448b130a644994ff6501d8eee3db88d09a",
	"srgb ordered":          "6aea5d279af3b5161f7c6ea1573a737f8293e186f001710184703a367f4e3111",
	"oklab floyd-steinberg": "234c194a0bbf3782bd94991fa56f41877f2225717a10c7bf9530ade5755b808f",
	"oklab blue-noise":      "9b080651e9292dcb7056856bc8aaa4c76635ee36d411ad6ee1af629fb82770e6",
	"oklab ordered":         "f9a94ae07a1004ec8ea81735e3f441462e9954b8c48cfa77d6b9c11f265fe72e",
}

func TestDitherGolden(t *testing.T) {
	leaveOutWithRace(t)
	m := crop(load(t, "kodim23.png"), image.Rect(200, 60, 500, 360))
	for _, space := range spaces {
		for _, method := range dithers {
			name := fmt.Sprintf("%v %v", space, method)
			p, _ := ditherWith(t, m, Options{Colors: 16, Space: space}, DitherOptions{Method: method})
			if got := fmt.Sprintf("%x", sha256.Sum256(p.Pix)); got != goldenDithers[name] {
				t.Errorf("%q: %q,", name, got)
			}
		}
	}
}
