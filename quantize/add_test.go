package quantize

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"kompress/kmeans"
)

func countsOf(t *testing.T, m image.Image) *Counts { return sessionOf(t, m).Counts() }

func mustAdd(t *testing.T, parts ...*Counts) *Counts {
	t.Helper()
	sum, err := AddCounts(parts...)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// Counts of parts are those of the whole, in any order and however the parts are cut.
func TestAddCounts(t *testing.T) {
	for name, m := range samples(t) {
		whole := countsOf(t, m)
		b := m.Bounds()
		for n := range 9 {
			var parts []*Counts
			for i := range n {
				y0, y1 := b.Min.Y+b.Dy()*i/n, b.Min.Y+b.Dy()*(i+1)/n
				parts = append(parts, countsOf(t, crop(m, image.Rect(b.Min.X, y0, b.Max.X, y1))))
			}
			want := whole
			if n == 0 {
				want = new(Counts)
			}
			verifySum(t, name, mustAdd(t, parts...), want)
			slices.Reverse(parts)
			verifySum(t, name, mustAdd(t, parts...), want)
		}
	}
}

func verifySum(t *testing.T, name string, got, want *Counts) {
	t.Helper()
	if got.Pixels() != want.Pixels() || !slices.Equal(got.keys, want.keys) || !slices.Equal(got.counts, want.counts) {
		t.Errorf("%s: got %d colors of %d pixels, want %d of %d with the same counts", name, got.Distinct(), got.Pixels(), want.Distinct(), want.Pixels())
	}
}

func newCounts(t *testing.T, counts map[Key]uint32) *Counts {
	t.Helper()
	keys := slices.Sorted(maps.Keys(counts))
	var n []uint32
	for _, k := range keys {
		n = append(n, counts[k])
	}
	c, err := NewCounts(keys, n)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAddedCountsStop(t *testing.T) {
	a := newCounts(t, map[Key]uint32{1: math.MaxUint32 - 1, 5: 7})
	b := newCounts(t, map[Key]uint32{1: 1, 2: 3, transparent: 9})
	verifySum(t, "up to the end", mustAdd(t, a, b),
		newCounts(t, map[Key]uint32{1: math.MaxUint32, 2: 3, 5: 7, transparent: 9}))
	three := mustAdd(t, a, b, b)
	if got := three.counts[0]; got != math.MaxUint32 {
		t.Errorf("got a count of %d, want %d", got, uint32(math.MaxUint32))
	}
	if want := a.Pixels() + 2*b.Pixels(); three.Pixels() != want {
		t.Errorf("got %d pixels, want %d", three.Pixels(), want)
	}
	if a.counts[0] != math.MaxUint32-1 || b.counts[0] != 1 {
		t.Error("the parts have changed")
	}
}

func TestAddCountsWithoutOne(t *testing.T) {
	_, err := AddCounts(new(Counts), nil)
	if err == nil || !strings.Contains(err.Error(), "got no counts at place 1") {
		t.Errorf("got error %v", err)
	}
}

// Two pictures that are clustered together have the palette of one that shows both.
func TestCountsSession(t *testing.T) {
	ctx := context.Background()
	all := samples(t)
	for _, names := range [][2]string{{"kodim05.png", "dandelions.jpg"}, {"cdwriter.png", "kodim23.png"}} {
		a, b := toNRGBA(all[names[0]]), toNRGBA(all[names[1]])
		both := image.NewNRGBA(image.Rect(0, 0, a.Rect.Dx()+b.Rect.Dx(), a.Rect.Dy()))
		draw.Draw(both, a.Rect, a, image.Point{}, draw.Src)
		right := image.Rect(a.Rect.Dx(), 0, both.Rect.Dx(), min(a.Rect.Dy(), b.Rect.Dy()))
		draw.Draw(both, right, b, image.Point{}, draw.Src)
		whole := sessionOf(t, both)
		sum := mustAdd(t, countsOf(t, both.SubImage(a.Rect)), countsOf(t, both.SubImage(image.Rect(a.Rect.Dx(), 0, both.Rect.Dx(), both.Rect.Dy()))))
		s, err := NewCountsSession(nil, sum)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range []Options{{Colors: 16}, {Colors: 9, Space: Oklab}, {Colors: 256, Effort: kmeans.Fast}} {
			want, err := whole.Cluster(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Cluster(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Palette, want.Palette) || !slices.Equal(got.Counts, want.Counts) || got.MSE != want.MSE {
				t.Errorf("%v, %+v: got another palette than from the picture", names, o)
			}
			if p, err := s.Map(ctx, got); !errors.Is(err, errNoPixels) || p != nil {
				t.Errorf("got error %v of Map, want %v", err, errNoPixels)
			}
		}
		if s.Counts() != sum {
			t.Error("got other counts than were given")
		}
		for range 2 {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := NewCountsSession(nil, nil); err == nil {
		t.Error("no counts are no error")
	}
}

// Counts that are too many for an engine are divided, and none is lost by it.
func TestWeightsOfManyImages(t *testing.T) {
	counts := map[Key]uint32{opaqueKey(0, 0, 0): 1, opaqueKey(255, 255, 255): 5}
	for v := range 7 {
		counts[opaqueKey(uint8(16*v), 100, 0)] = math.MaxUint32 - uint32(v)
	}
	c := newCounts(t, counts)
	if c.Pixels() <= kmeans.MaxWeight {
		t.Fatal("these are not too many")
	}
	s, err := NewCountsSession(nil, c)
	if err != nil {
		t.Fatal(err)
	}
	var sum uint64
	for i, w := range s.weights {
		sum += uint64(w)
		if want := max(1, c.counts[i]>>1); w != want {
			t.Errorf("got weight %d for a count of %d, want %d", w, c.counts[i], want)
		}
	}
	if sum > kmeans.MaxWeight {
		t.Errorf("got a sum of %d", sum)
	}
	q, err := s.Cluster(context.Background(), Options{Colors: 3})
	if err != nil {
		t.Fatal(err)
	}
	var n uint64
	for _, v := range q.Counts {
		n += v
	}
	if n != c.Pixels() {
		t.Errorf("got entries of %d pixels, want %d", n, c.Pixels())
	}
	if one := countsOf(t, patches(2, color.NRGBA{1, 2, 3, 4})); &weightsOf(one)[0] != &one.counts[0] {
		t.Error("few counts are copied")
	}
}

// Those that are not made 0 count, too.
func TestWeightsOfManyRareColors(t *testing.T) {
	counts := map[Key]uint32{}
	for i := range Key(8) {
		counts[i] = math.MaxUint32 - 1
	}
	for i := range Key(15) {
		counts[100+i] = 1
	}
	c := newCounts(t, counts)
	if c.Pixels()>>1 != kmeans.MaxWeight {
		t.Fatal("these are not on the edge")
	}
	var sum uint64
	for _, w := range weightsOf(c) {
		sum += uint64(w)
	}
	if sum > kmeans.MaxWeight {
		t.Errorf("got a sum of %d, want at most %d", sum, uint64(kmeans.MaxWeight))
	}
}

// The sum of many colours takes no more memory than it has colours.
func TestUnion(t *testing.T) {
	for _, test := range []struct {
		a, b []Key
		want int
	}{{nil, nil, 0}, {[]Key{1, 2}, nil, 2}, {nil, []Key{3}, 1}, {[]Key{1, 2, 5}, []Key{0, 2, 5, 9}, 5}, {[]Key{1}, []Key{2}, 2}} {
		if got := union(test.a, test.b); got != test.want {
			t.Errorf("%v, %v: got %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
