package quantize

import (
	"context"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"

	"kompress/kmeans"
)

// someLocked are such as nobody would choose for the samples, and such as they have.
var someLocked = []color.NRGBA{{255, 0, 255, 255}, {0, 170, 238, 255}, {255, 0, 255, 255}, {250, 250, 250, 255}, {30, 60, 90, 100}}

func holds(p color.Palette, c color.NRGBA) bool { return slices.Contains(p, color.Color(c)) }

// Locked colours are in the palette bit for bit, pixels have the nearest entry, and what
// is not locked is at the best places beside that.
func TestLocked(t *testing.T) {
	for name, m := range samples(t) {
		if name != "kodim23.png" && (raceEnabled || name != "cdwriter.png" && name != "kodim05.png") {
			continue
		}
		all := pixels(m)
		for i, o := range []Options{{Colors: 16}, {Colors: 6, Space: Oklab}, {Colors: 40, Effort: kmeans.Fast}, {Colors: 12, Init: kmeans.PlusPlus, Algorithm: kmeans.Lloyd}} {
			o.Locked = someLocked[:1+i]
			s := sessionOf(t, m)
			q := mustCluster(t, s, o)
			p, err := s.Map(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			entries := make([]color.NRGBA, len(q.Palette))
			for i, c := range q.Palette {
				entries[i] = c.(color.NRGBA)
				if !slices.Contains(o.Locked, entries[i]) && q.Counts[i] == 0 {
					t.Errorf("%s, %d locked: no pixel has %v", name, i+1, c)
				}
			}
			for _, c := range o.Locked {
				if !holds(q.Palette, c) {
					t.Errorf("%s, %d locked: %v is missing", name, i+1, c)
				}
			}
			if len(entries) > o.Colors || len(entries) < o.Colors-2 {
				t.Errorf("%s, %d locked: got %d colors, want about %d", name, i+1, len(entries), o.Colors)
			}
			verifyNearest(t, all, p.Pix, entries, o.Space)
			if want := slowError(all, p.Pix, entries); !near(q.MSE, want, 1e-9*want) {
				t.Errorf("%s: got an error of %v, want %v", name, q.MSE, want)
			}
			// The locked ones can only help those that are free.
			o.Colors -= len(o.locked())
			o.Locked = nil
			if free := mustCluster(t, s, o); o.Space == SRGB && q.MSE > 1.02*free.MSE {
				t.Errorf("%s, %d locked: got an error of %v, without these colors %v", name, i+1, q.MSE, free.MSE)
			}
		}
	}
}

// Locked colours that are good ones cost nothing.
func TestLockedPalette(t *testing.T) {
	leaveOutWithRace(t)
	m := samples(t)["kodim05.png"]
	s := sessionOf(t, m)
	lab := Options{Colors: 12, Space: Oklab}
	want := mustCluster(t, s, lab)
	for _, c := range want.Palette[:7] {
		lab.Locked = append(lab.Locked, c.(color.NRGBA))
	}
	if q := mustCluster(t, s, lab); q.MSE > 1.05*want.MSE {
		t.Errorf("got an error of %v with good colors of Oklab, want about %v", q.MSE, want.MSE)
	}
	free := mustCluster(t, s, Options{Colors: 12, Effort: kmeans.Best})
	o := Options{Colors: 12}
	for _, c := range free.Palette[:7] {
		o.Locked = append(o.Locked, c.(color.NRGBA))
	}
	if q := mustCluster(t, s, o); q.MSE > 1.02*free.MSE {
		t.Errorf("got an error of %v with good colors, want about %v", q.MSE, free.MSE)
	}
	if q := mustCluster(t, s, Options{Colors: 12, Effort: kmeans.Best}); !slices.Equal(q.Palette, free.Palette) || q.MSE != free.MSE {
		t.Error("a session remembers what was locked")
	}
}

func TestLockedAlone(t *testing.T) {
	m := samples(t)["kodim23.png"]
	s := sessionOf(t, m)
	o := Options{Colors: 3, Locked: someLocked[:4]}
	q := mustCluster(t, s, o)
	if len(q.Palette) != 3 {
		t.Fatalf("got %v, want the locked colors", q.Palette)
	}
	p := color.Palette{someLocked[0], someLocked[1], someLocked[3]}
	if want := mustAssign(t, s, p, Options{}); q.MSE != want.MSE {
		t.Errorf("got an error of %v, want %v", q.MSE, want.MSE)
	}
	if q := mustCluster(t, s, Options{Colors: 1, Locked: someLocked[:1]}); len(q.Palette) != 1 || !holds(q.Palette, someLocked[0]) {
		t.Errorf("got %v", q.Palette)
	}
	_, err := s.Cluster(context.Background(), Options{Colors: 2, Locked: someLocked})
	if err == nil || !strings.Contains(err.Error(), "got 4 locked colors, want at most the 2 of the palette") {
		t.Errorf("got error %v", err)
	}
}

func TestLockedAndFewColors(t *testing.T) {
	a, b, c := color.NRGBA{1, 2, 3, 255}, color.NRGBA{9, 9, 9, 255}, color.NRGBA{200, 0, 0, 40}
	m := patches(2, a, b, c, color.NRGBA{})
	lock := color.NRGBA{77, 77, 77, 255}
	s := sessionOf(t, m)
	q := mustCluster(t, s, Options{Colors: 6, Locked: []color.NRGBA{lock, b}})
	if !q.Lossless || q.MSE != 0 || len(q.Palette) != 5 || !holds(q.Palette, lock) {
		t.Errorf("got %v, lossless %t, want all colors and the locked one", q.Palette, q.Lossless)
	}
	q = mustCluster(t, s, Options{Colors: 4, Locked: []color.NRGBA{lock, b}})
	if q.Lossless || q.MSE == 0 || len(q.Palette) > 4 || !holds(q.Palette, lock) || !holds(q.Palette, b) {
		t.Errorf("got %v, lossless %t, want one color too few", q.Palette, q.Lossless)
	}
	if q = mustCluster(t, s, Options{Colors: 5, Locked: []color.NRGBA{lock, b}}); !q.Lossless {
		t.Errorf("got %v, want 5 that are enough", q.Palette)
	}
	empty := sessionOf(t, patches(0))
	if q := mustCluster(t, empty, Options{Colors: 5, Locked: []color.NRGBA{lock, b}}); len(q.Palette) != 2 || !q.Lossless {
		t.Errorf("got %v of no pixels", q.Palette)
	}
}

// A locked transparent colour takes the place that would be reserved, and one that is
// nearly opaque, or nearly clear, stays what it is, whatever its pixels are.
func TestLockedTransparency(t *testing.T) {
	m := disc(64)
	s := sessionOf(t, m)
	almost, faint := color.NRGBA{200, 90, 0, 254}, color.NRGBA{1, 1, 1, 1}
	for _, o := range []Options{
		{Colors: 5, Locked: []color.NRGBA{{9, 9, 9, 0}}},
		{Colors: 5, Locked: []color.NRGBA{almost, faint}},
		{Colors: 2, Locked: []color.NRGBA{almost, faint}},
		{Colors: 3, Locked: []color.NRGBA{almost, faint}, Space: Oklab},
	} {
		q := mustCluster(t, s, o)
		for _, c := range o.Locked {
			if !holds(q.Palette, keyOf(c).NRGBA()) {
				t.Errorf("%+v: got %v", o, q.Palette)
			}
		}
		if clear := holds(q.Palette, color.NRGBA{}); clear != (o.Colors != 2) {
			t.Errorf("%d colors: got %v, transparent: %t", o.Colors, q.Palette, clear)
		}
		if len(q.Palette) > o.Colors {
			t.Errorf("got %d colors, want %d", len(q.Palette), o.Colors)
		}
	}
}

// Every engine and number of threads gives the same, as tests of kmeans show; here it
// is that a session's state does not matter.
func TestLockedBetweenOthers(t *testing.T) {
	m := samples(t)["cdwriter.png"]
	s := sessionOf(t, m)
	for range 2 {
		for _, o := range []Options{{Colors: 9}, {Colors: 9, Locked: someLocked[:2]}, {Colors: 9, Locked: someLocked[1:4], Space: Oklab}, {Colors: 9, Posterize: 3}} {
			want := mustCluster(t, sessionOf(t, m), o)
			if got := mustCluster(t, s, o); !slices.Equal(got.Palette, want.Palette) || got.MSE != want.MSE {
				t.Errorf("%+v: got another palette than from a new session", o)
			}
		}
	}
}

// A target needs no fewer colours than are locked.
func TestFewestWithLocked(t *testing.T) {
	s := sessionOf(t, part(t))
	o := fast(30)
	o.Locked = someLocked[:4]
	q, ok, err := s.Fewest(context.Background(), o, func(*Quantized) (bool, error) { return true, nil })
	if err != nil || !ok || len(q.Palette) != 3 {
		t.Errorf("got %v, %t, want the three that are locked", q, ok)
	}
	six := sessionOf(t, gradient(1).SubImage(image.Rect(0, 0, 6, 1)))
	o = Options{Colors: 256, Locked: someLocked[:1]}
	q, ok, err = six.FewestWithin(context.Background(), o, 0, func(q *Quantized) (float64, error) { return q.MSE, nil })
	if err != nil || !ok || len(q.Palette) != 7 {
		t.Errorf("got %v, %t for six colors and one", err, ok)
	}
	few := sessionOf(t, gradient(1))
	o = Options{Colors: 256, Locked: someLocked[1:2]}
	q, ok, err = few.FewestWithin(context.Background(), o, 1e-9, func(q *Quantized) (float64, error) { return q.MSE, nil })
	if err != nil || ok || q.MSE == 0 {
		t.Errorf("got %v, %t for one color too few", err, ok)
	}
}
