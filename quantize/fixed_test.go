package quantize

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"
)

// somePalettes are such as people have: of few colours and many, with repetitions and
// transparency, of several types.
func somePalettes() map[string]color.Palette {
	web := color.Palette{}
	for v := range 216 {
		web = append(web, color.RGBA{uint8(v / 36 * 51), uint8(v / 6 % 6 * 51), uint8(v % 6 * 51), 255})
	}
	return map[string]color.Palette{
		"web":   web,
		"grey":  {color.Gray{0}, color.Gray{85}, color.Gray16{0xaaaa}, color.White},
		"one":   {color.NRGBA{90, 120, 30, 255}},
		"twice": {color.White, color.Black, color.White, color.NRGBA{200, 0, 0, 255}, color.Black},
		"alpha": {color.NRGBA{255, 0, 255, 0}, color.Black, color.NRGBA{0, 0, 0, 128}, color.NRGBA{250, 200, 120, 255}, color.Transparent, color.White},
	}
}

func mustAssign(t *testing.T, s *Session, p color.Palette, o Options) *Quantized {
	t.Helper()
	q, err := s.Assign(context.Background(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// Every pixel gets the first of the entries that are nearest it, and errors are those
// of the pixels.
func TestAssign(t *testing.T) {
	for name, m := range samples(t) {
		s := sessionOf(t, m)
		all := pixels(m)
		for given, p := range somePalettes() {
			for _, space := range spaces {
				q := mustAssign(t, s, p, Options{Space: space, KeepUnused: true})
				mapped, err := s.Map(context.Background(), q)
				if err != nil {
					t.Fatal(err)
				}
				entries := make([]color.NRGBA, len(p))
				for i, c := range p {
					entries[i] = color.NRGBAModel.Convert(c).(color.NRGBA)
					if q.Palette[i] != entries[i] && given != "alpha" || len(q.Palette) != len(p) {
						t.Fatalf("%s, %s: got entry %v at place %d of %d, want %v of %d", name, given, q.Palette[i], i, len(q.Palette), entries[i], len(p))
					}
				}
				verifyFirstNearest(t, all, mapped.Pix, entries, space)
				if want := slowError(all, mapped.Pix, entries); !near(q.MSE, want, 1e-9*want) || want == 0 {
					t.Errorf("%s, %s: got an error of %v, want %v", name, given, q.MSE, want)
				}
				counts := make([]uint64, len(p))
				for _, v := range mapped.Pix {
					counts[v]++
				}
				if !slices.Equal(q.Counts, counts) {
					t.Errorf("%s, %s: got counts %v, want %v", name, given, q.Counts, counts)
				}
				verifyUsed(t, s, p, q, space)
			}
		}
	}
}

// verifyFirstNearest looks at some pixels and does not spare any entry.
func verifyFirstNearest(t *testing.T, all []color.NRGBA, index []uint8, entries []color.NRGBA, space Space) {
	t.Helper()
	without := !slices.ContainsFunc(all, func(c color.NRGBA) bool { return c.A != 255 })
	hole := func(e color.NRGBA) bool { return e.A == 0 || without && e.A != 255 }
	solid := slices.ContainsFunc(entries, func(e color.NRGBA) bool { return !hole(e) })
	for i := 0; i < len(all); i += 1 + len(all)/300 {
		p := space.point(keyOf(all[i]))
		best, least := 0, math.MaxInt
		for j, e := range entries {
			if solid && all[i].A == 255 && hole(e) {
				continue
			}
			if d := squaredDistance(p, space.point(keyOf(e))); d < least {
				best, least = j, d
			}
		}
		if int(index[i]) != best {
			t.Fatalf("pixel %d, %v: got entry %d, %v, want %d, %v", i, all[i], index[i], entries[index[i]], best, entries[best])
		}
	}
}

// verifyUsed compares with the palette without what is unused: the same image.
func verifyUsed(t *testing.T, s *Session, p color.Palette, kept *Quantized, space Space) {
	t.Helper()
	q := mustAssign(t, s, p, Options{Space: space})
	used := map[color.Color]uint64{}
	for i, n := range kept.Counts {
		if n > 0 {
			used[keyOf(kept.Palette[i].(color.NRGBA)).NRGBA()] = n
		}
	}
	if len(q.Palette) != len(used) {
		t.Errorf("got %d entries, want the %d that are used", len(q.Palette), len(used))
	}
	for i, c := range q.Palette {
		if q.Counts[i] != used[c] {
			t.Errorf("got a count of %d for %v, want %d", q.Counts[i], c, used[c])
		}
	}
	if !slices.IsSortedFunc(q.Palette, func(a, b color.Color) int {
		return compareEntries(keyOf(a.(color.NRGBA)), keyOf(b.(color.NRGBA)))
	}) {
		t.Error("the palette is not sorted")
	}
	if !near(q.MSE, kept.MSE, 1e-9*kept.MSE) {
		t.Errorf("got an error of %v, want %v", q.MSE, kept.MSE)
	}
	a, err := s.Map(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Map(context.Background(), kept)
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.Pix {
		if was, is := kept.Palette[b.Pix[i]].(color.NRGBA), q.Palette[a.Pix[i]]; is != keyOf(was).NRGBA() {
			t.Fatalf("pixel %d: got %v, want %v", i, is, was)
		}
	}
}

func TestAssignOfTheColorsThereAre(t *testing.T) {
	m := patches(2, color.NRGBA{9, 9, 9, 255}, color.NRGBA{7, 7, 7, 0}, color.NRGBA{1, 2, 3, 77})
	p := color.Palette{color.NRGBA{1, 2, 3, 77}, color.White, color.NRGBA{3, 4, 5, 0}, color.NRGBA{9, 9, 9, 255}, color.NRGBA{A: 0}}
	s := sessionOf(t, m)
	for _, o := range []Options{{}, {KeepUnused: true}, {Space: Oklab}} {
		q := mustAssign(t, s, p, o)
		if !q.Lossless || q.MSE != 0 || !q.Converged {
			t.Errorf("%+v: got lossless %t, converged %t and an error of %v", o, q.Lossless, q.Converged, q.MSE)
		}
		if want := []uint64{2, 0, 2, 2, 0}; o.KeepUnused && !slices.Equal(q.Counts, want) {
			t.Errorf("got counts %v, want %v", q.Counts, want)
		}
		if o.KeepUnused && q.Palette[2] != p[2] {
			t.Errorf("got %v for %v", q.Palette[2], p[2])
		}
	}
	if q := mustAssign(t, s, p[:2], Options{}); q.Lossless || q.MSE == 0 {
		t.Error("got a lossless result without all colors")
	}
}

// The options a session clusters with before and after do not matter.
func TestAssignBetweenClusters(t *testing.T) {
	ctx := context.Background()
	m := disc(64)
	for _, o := range []Options{{Colors: 5}, {Colors: 5, Space: Oklab}} {
		s := sessionOf(t, m)
		want, err := sessionOf(t, m).Cluster(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		p := somePalettes()["alpha"]
		alone := mustAssign(t, sessionOf(t, m), p, Options{})
		for range 2 {
			got, err := s.Cluster(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Palette, want.Palette) || got.MSE != want.MSE {
				t.Error("Assign has changed what Cluster finds")
			}
			if q := mustAssign(t, s, p, Options{}); !slices.Equal(q.Palette, alone.Palette) || q.MSE != alone.MSE {
				t.Error("Cluster has changed what Assign finds")
			}
		}
	}
}

func TestAssignErrors(t *testing.T) {
	s := sessionOf(t, gradient(4))
	for _, test := range []struct {
		p    color.Palette
		o    Options
		want string
	}{
		{nil, Options{}, "got a palette of 0 colors, want 1 to 256"},
		{make(color.Palette, 257), Options{}, "got a palette of 257 colors, want 1 to 256"},
		{color.Palette{color.White, nil}, Options{}, "got no color at place 1 of a palette"},
		{color.Palette{color.White}, Options{Space: 7}, "got space 7, want SRGB or Oklab"},
	} {
		if q, err := s.Assign(context.Background(), test.p, test.o); err == nil || !strings.Contains(err.Error(), test.want) || q != nil {
			t.Errorf("got error %v, want one with %q", err, test.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Assign(ctx, color.Palette{color.White}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

func TestAssignOfNothing(t *testing.T) {
	s := sessionOf(t, image.NewNRGBA(image.Rect(0, 0, 0, 9)))
	q := mustAssign(t, s, color.Palette{color.White, color.Black}, Options{KeepUnused: true})
	if len(q.Palette) != 2 || q.MSE != 0 || !q.Lossless {
		t.Errorf("got %d entries and an error of %v", len(q.Palette), q.MSE)
	}
	if q := mustAssign(t, s, color.Palette{color.White, color.Black}, Options{}); len(q.Palette) != 0 {
		t.Errorf("got %d entries", len(q.Palette))
	}
}

// Colours that are merged for a clustering are looked at one by one all the same.
func TestAssignOfVeryManyColors(t *testing.T) {
	leaveOutWithRace(t)
	m := noise()
	s := sessionOf(t, m)
	p := somePalettes()["web"]
	mapped, err := s.Map(context.Background(), mustAssign(t, s, p, Options{KeepUnused: true}))
	if err != nil {
		t.Fatal(err)
	}
	entries := make([]color.NRGBA, len(p))
	for i, c := range p {
		entries[i] = nrgba8(c)
	}
	part := m.Pix[:4*4096]
	var all []color.NRGBA
	for ; len(part) > 0; part = part[4:] {
		all = append(all, color.NRGBA{part[0], part[1], part[2], part[3]})
	}
	verifyFirstNearest(t, all, mapped.Pix[:4096], entries, SRGB)
}

// A photograph gets no holes by a palette, or a locked colour, that is seen through, even
// where that is nearer by distance.
func TestGivenColorsMakeNoHoles(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 64, 4))
	for i := range 64 * 4 {
		v := uint8(i)
		copy(m.Pix[4*i:], []uint8{v, 255 - v, v ^ 0x55, 255})
	}
	clear := color.NRGBA{}
	dark := color.Palette{color.NRGBA{0, 0, 0, 255}, color.NRGBA{32, 32, 32, 255}, clear, color.NRGBA{255, 255, 255, 90}}
	for _, space := range spaces {
		s := sessionOf(t, m)
		locked, err := s.Cluster(context.Background(), Options{Colors: 2, Space: space, Locked: []color.NRGBA{clear, {0, 0, 0, 255}}})
		if err != nil {
			t.Fatal(err)
		}
		for name, q := range map[string]*Quantized{"given": mustAssign(t, s, dark, Options{Space: space}), "locked": locked} {
			mapped, err := s.Map(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range mapped.Pix {
				if c := q.Palette[v].(color.NRGBA); c.A != 255 {
					t.Fatalf("%s, %v: pixel %d, which is opaque, became %v", name, space, i, c)
				}
			}
		}
	}
}
