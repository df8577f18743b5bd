package quantize

import (
	"context"
	"errors"
	"image"
	"math"
	"slices"
	"strings"
	"testing"

	"kompress/kmeans"
)

// fast are the options that searches are tested with.
func fast(colors int) Options { return Options{Colors: colors, Effort: kmeans.Fast} }

func mustCluster(t *testing.T, s *Session, o Options) *Quantized {
	t.Helper()
	q, err := s.Cluster(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// mses returns the errors of all numbers of colours.
func mses(t *testing.T, m image.Image) []float64 {
	s := sessionOf(t, m)
	list := make([]float64, 65)
	for k := 1; k < len(list); k++ {
		list[k] = mustCluster(t, s, fast(k)).MSE
	}
	return list
}

func part(t *testing.T) image.Image {
	return crop(load(t, "kodim23.png"), image.Rect(300, 60, 380, 120))
}

// What is found reaches what is wanted, one colour fewer does not, and no number of
// colours is clustered twice.
func TestFewest(t *testing.T) {
	leaveOutWithRace(t)
	ctx := context.Background()
	m := part(t)
	list := mses(t, m)
	for _, want := range []float64{1e9, list[1], list[2], list[7], list[8] * 1.001, list[8] * 0.999, list[33], list[63], list[64]} {
		for name, search := range map[string]func(*Session, Options, func(*Quantized)) (*Quantized, bool, error){
			"Fewest": func(s *Session, o Options, look func(*Quantized)) (*Quantized, bool, error) {
				return s.Fewest(ctx, o, func(q *Quantized) (bool, error) { look(q); return q.MSE <= want, nil })
			},
			"FewestWithin": func(s *Session, o Options, look func(*Quantized)) (*Quantized, bool, error) {
				return s.FewestWithin(ctx, o, want, func(q *Quantized) (float64, error) { look(q); return q.MSE, nil })
			},
		} {
			var tried []int
			q, ok, err := search(sessionOf(t, m), fast(64), func(q *Quantized) { tried = append(tried, len(q.Palette)) })
			if err != nil || !ok {
				t.Fatalf("%s of %v: got %t, %v", name, want, ok, err)
			}
			k := len(q.Palette)
			if q.MSE != list[k] || q.MSE > want || k > 1 && list[k-1] <= want {
				t.Errorf("%s of %v: got %d colors with an error of %v; one fewer has %v", name, want, k, q.MSE, list[k-1])
			}
			if most := map[string]int{"Fewest": 10, "FewestWithin": 7}[name]; len(tried) > most {
				t.Errorf("%s of %v: tried %v, want at most %d", name, want, tried, most)
			}
			slices.Sort(tried)
			if n := len(tried); len(slices.Compact(tried)) != n {
				t.Errorf("%s of %v: tried a number of colors twice: %v", name, want, tried)
			}
		}
	}
}

func TestFewestIsNotReached(t *testing.T) {
	m := part(t)
	calls := 0
	q, ok, err := sessionOf(t, m).Fewest(context.Background(), fast(9), func(*Quantized) (bool, error) { calls++; return false, nil })
	if err != nil || ok || len(q.Palette) != 9 || calls != 1 {
		t.Errorf("got %d colors, %t, %v after %d trials, want 9, false, nil after 1", len(q.Palette), ok, err, calls)
	}
}

// The errors of a few colours are 0, of none infinite: both are no reason to fail.
func TestFewestOfFewColors(t *testing.T) {
	ctx := context.Background()
	s := sessionOf(t, gradient(1).SubImage(image.Rect(0, 0, 20, 1)))
	calls := 0
	measure := func(q *Quantized) (float64, error) { calls++; return q.MSE, nil }
	if q, ok, err := s.FewestWithin(ctx, Options{Colors: 256}, 0, measure); err != nil || !ok || !q.Lossless || len(q.Palette) != 20 {
		t.Errorf("got %d colors, %t, %v, want 20", len(q.Palette), ok, err)
	}
	if calls > 6 {
		t.Errorf("tried %d numbers of colors, more than 20 for nothing", calls)
	}
	if q, ok, err := s.FewestWithin(ctx, Options{Colors: 19}, 0, measure); err != nil || ok || len(q.Palette) != 19 {
		t.Errorf("got %d colors, %t, %v, want 19 that are not enough", len(q.Palette), ok, err)
	}
	empty := sessionOf(t, image.NewNRGBA(image.Rectangle{}))
	if q, ok, err := empty.FewestWithin(ctx, Options{}, 0, measure); err != nil || !ok || len(q.Palette) != 0 {
		t.Errorf("got %v, %t, %v of no pixels", q, ok, err)
	}
}

// Answers that contradict each other end the search all the same, at one that was good.
func TestFewestOfWildAnswers(t *testing.T) {
	m := part(t)
	s := sessionOf(t, m)
	for seed := range uint32(20) {
		good := map[*Quantized]bool{}
		q, ok, err := s.Fewest(context.Background(), fast(40), func(q *Quantized) (bool, error) {
			k := uint32(len(q.Palette))
			good[q] = (k*0x9e3779b1+seed*0x85ebca6b)>>30 > 1 || k == 40
			return good[q], nil
		})
		if err != nil || !ok || !good[q] {
			t.Errorf("got %t, %v, and what is found is good: %t", ok, err, good[q])
		}
	}
}

func TestFewestErrors(t *testing.T) {
	wrong := errors.New("wrong")
	ctx := context.Background()
	s := sessionOf(t, part(t))
	for late := range 3 {
		calls := 0
		q, _, err := s.Fewest(ctx, fast(64), func(q *Quantized) (bool, error) {
			if calls++; calls > late {
				return true, wrong
			}
			return true, nil
		})
		if !errors.Is(err, wrong) || q != nil {
			t.Errorf("got %v, %v, want the measure's error", q, err)
		}
	}
	if _, _, err := s.Fewest(ctx, Options{Colors: 300}, nil); err == nil || !strings.Contains(err.Error(), "got 300 colors") {
		t.Errorf("got error %v", err)
	}
	nan := func(*Quantized) (float64, error) { return math.NaN(), nil }
	if _, _, err := s.FewestWithin(ctx, fast(64), 1, nan); !errors.Is(err, errNaN) {
		t.Errorf("got error %v, want %v", err, errNaN)
	}
	cancelled, cancel := context.WithCancel(ctx)
	_, _, err := s.Fewest(cancelled, fast(64), func(*Quantized) (bool, error) { cancel(); return true, nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

// Progress never falls back, though it begins anew with each number of colours.
func TestFewestProgress(t *testing.T) {
	last, calls := 0.0, 0
	o := Options{Colors: 64, Progress: func(done float64) {
		if done < last || done > 1 {
			t.Errorf("got progress %v after %v", done, last)
		}
		last = done
		calls++
	}}
	if _, _, err := sessionOf(t, part(t)).Fewest(context.Background(), o, func(q *Quantized) (bool, error) { return q.MSE < 100, nil }); err != nil {
		t.Fatal(err)
	}
	if calls < 20 || last < 0.9 {
		t.Errorf("got %d calls up to %v", calls, last)
	}
}

func TestExcess(t *testing.T) {
	next := math.Nextafter(3, 4)
	for _, test := range []struct {
		value, limit float64
		above        bool
	}{{1, 2, false}, {2, 2, false}, {2, 1, true}, {0, 0, false}, {0, 1, false}, {1, 0, true}, {next, 3, true}, {3, next, false}} {
		if got := excess(test.value, test.limit) > 0; got != test.above {
			t.Errorf("%v of %v: got above %t", test.value, test.limit, got)
		}
	}
}
