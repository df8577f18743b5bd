package quantize

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"testing"

	"kompress/kmeans"
)

func TestSessionIsReusable(t *testing.T) {
	leaveOutWithRace(t)
	ctx := context.Background()
	for _, m := range []image.Image{
		crop(load(t, "kodim23.png"), image.Rect(0, 0, 200, 100)),
		crop(load(t, "cdwriter.png"), image.Rect(0, 10, 160, 160)),
	} {
		s, err := NewSession(ctx, nil, m)
		if err != nil {
			t.Fatal(err)
		}
		type outcome struct {
			o Options
			p *image.Paletted
			q *Quantized
		}
		var before []outcome
		for _, o := range []Options{
			{Colors: 16}, {Colors: 5}, {Colors: 16, Space: Oklab}, {Colors: 256, Space: Oklab, Effort: kmeans.Fast},
			{Colors: 255, Effort: kmeans.Fast}, {Colors: 16, Seed: 3}, {Colors: 1}, {Colors: 16},
		} {
			q, err := s.Cluster(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			p, err := s.Map(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			if fresh, q2 := try(t, m, o); !same(p, fresh, q, q2) {
				t.Errorf("%+v: got another result than from a new session", o)
			}
			before = append(before, outcome{o, p, q})
		}
		for _, b := range before { // what was found stays valid
			p, err := s.Map(ctx, b.q)
			if err != nil {
				t.Fatal(err)
			}
			if !same(p, b.p, b.q, b.q) {
				t.Errorf("%+v: the image is another one the second time", b.o)
			}
		}
	}
}

func TestSessionCounts(t *testing.T) {
	m := patches(3, color.NRGBA{1, 2, 3, 255}, color.NRGBA{9, 9, 9, 0}, color.NRGBA{8, 8, 8, 0}, color.NRGBA{0, 0, 0, 255})
	s, err := NewSession(context.Background(), nil, m)
	if err != nil {
		t.Fatal(err)
	}
	c := s.Counts()
	if c.Distinct() != 3 || c.Pixels() != 12 || c.Opaque() {
		t.Errorf("got %d colours of %d pixels, opaque %t, want 3 of 12, false", c.Distinct(), c.Pixels(), c.Opaque())
	}
	got := map[color.NRGBA]uint32{}
	var order []color.NRGBA
	for k, n := range c.All() {
		got[k.NRGBA()] += n
		order = append(order, k.NRGBA())
	}
	if len(got) != 3 || got[color.NRGBA{1, 2, 3, 255}] != 3 || got[color.NRGBA{}] != 6 || got[color.NRGBA{0, 0, 0, 255}] != 3 {
		t.Errorf("got counts %v", got)
	}
	for range c.All() {
		break // must not go on
	}
	var again []color.NRGBA
	for k := range c.All() {
		again = append(again, k.NRGBA())
	}
	if !slices.Equal(order, again) {
		t.Errorf("got %v, then %v", order, again)
	}
}

func TestNewTableWantsAnIndexForEachColor(t *testing.T) {
	s, err := NewSession(context.Background(), nil, gradient(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 255, 257} {
		want := fmt.Sprintf("quantize: got %d indices for 256 colors, want as many", n)
		if _, err := NewTable(s.Counts(), make([]uint8, n)); err == nil || err.Error() != want {
			t.Errorf("got error %v, want %q", err, want)
		}
	}
}

func TestTableAll(t *testing.T) {
	s, err := NewSession(context.Background(), nil, gradient(1))
	if err != nil {
		t.Fatal(err)
	}
	index := make([]uint8, s.Counts().Distinct())
	for i := range index {
		index[i] = uint8(i * 7)
	}
	table, err := NewTable(s.Counts(), index)
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for k, got := range table.All() {
		if k != s.Counts().keys[i] || got != uint8(i*7) {
			t.Fatalf("place %d: got key %#x and index %d", i, k, got)
		}
		i++
	}
	if i != 256 {
		t.Errorf("got %d colours, want 256", i)
	}
	for range table.All() {
		break // must not go on
	}
}

func TestNewCounts(t *testing.T) {
	c, err := NewCounts([]Key{3, 5, transparent}, []uint32{1, 2, 4})
	if err != nil || c.Pixels() != 7 || c.Distinct() != 3 || c.Opaque() {
		t.Errorf("got %v and error %v", c, err)
	}
	for name, test := range map[string]struct {
		keys   []Key
		counts []uint32
	}{
		"a count is missing":     {[]Key{1, 2}, []uint32{1}},
		"a key twice":            {[]Key{1, 1}, []uint32{1, 1}},
		"keys fall":              {[]Key{2, 1}, []uint32{1, 1}},
		"beyond all colours":     {[]Key{transparent + 1}, []uint32{1}},
		"a colour without pixel": {[]Key{1}, []uint32{0}},
	} {
		if _, err := NewCounts(test.keys, test.counts); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

// A spy is an Engine that does something before a call.
type spy struct {
	*CPU
	before func(method string) error
	open   int // images
	closed int
}

func (s *spy) Load(points []kmeans.Point, weights []uint32) error {
	if err := s.before("Load"); err != nil {
		return err
	}
	return s.CPU.Load(points, weights)
}

func (s *spy) MiniBatch(m *kmeans.Model, steps int) error {
	if err := s.before("MiniBatch"); err != nil {
		return err
	}
	return s.CPU.MiniBatch(m, steps)
}

func (s *spy) Lloyd(sums []kmeans.Sum, centroids []kmeans.Point, passes int) error {
	if err := s.before("Lloyd"); err != nil {
		return err
	}
	return s.CPU.Lloyd(sums, centroids, passes)
}

func (s *spy) Assign(index []uint8, centroids []kmeans.Point) error {
	if err := s.before("Assign"); err != nil {
		return err
	}
	return s.CPU.Assign(index, centroids)
}

func (s *spy) Open(m image.Image) (Pixels, error) {
	if err := s.before("Open"); err != nil {
		return nil, err
	}
	s.open++
	p, err := s.CPU.Open(m)
	return &spyPixels{p, s}, err
}

type spyPixels struct {
	Pixels
	spy *spy
}

func (p *spyPixels) Count(ctx context.Context) (*Counts, error) {
	if err := p.spy.before("Count"); err != nil {
		return nil, err
	}
	return p.Pixels.Count(ctx)
}

func (p *spyPixels) Map(ctx context.Context, index []uint8, t *Table) error {
	if err := p.spy.before("Map"); err != nil {
		return err
	}
	return p.Pixels.Map(ctx, index, t)
}

func (p *spyPixels) Close() error {
	p.spy.open--
	return p.Pixels.Close()
}

func (s *spy) Close() error {
	s.closed++
	return s.CPU.Close()
}

// all runs a session from end to end.
func all(ctx context.Context, e Engine, m image.Image, o Options) error {
	s, err := NewSession(ctx, e, m)
	if err != nil {
		return err
	}
	defer s.Close()
	q, err := s.Cluster(ctx, o)
	if err != nil {
		return err
	}
	_, err = s.Map(ctx, q)
	return err
}

func TestEngineErrorsAreHandedOn(t *testing.T) {
	wrong := errors.New("wrong")
	m := disc(60)
	for _, method := range []string{"Open", "Count", "Load", "MiniBatch", "Lloyd", "Assign", "Map"} {
		called := false
		e := &spy{CPU: new(CPU), before: func(m string) error {
			if m != method {
				return nil
			}
			called = true
			return wrong
		}}
		if err := all(context.Background(), e, m, Options{Colors: 8}); !errors.Is(err, wrong) || !called {
			t.Errorf("%s: got error %v, want %v", method, err, wrong)
		}
		if e.closed != 0 {
			t.Errorf("%s: the session closed an engine that it was given", method)
		}
		if e.open != 0 {
			t.Errorf("%s: %d images were left open", method, e.open)
		}
	}
}

// A session in which something went wrong starts anew with the next call.
func TestSessionAfterAnError(t *testing.T) {
	wrong := errors.New("wrong")
	m := disc(60)
	want, wantQ := try(t, m, Options{Colors: 8})
	for _, method := range []string{"Load", "MiniBatch", "Lloyd", "Assign"} {
		fail := false
		e := &spy{CPU: new(CPU), before: func(m string) error {
			if fail && m == method {
				return wrong
			}
			return nil
		}}
		s, err := NewSession(context.Background(), e, m)
		if err != nil {
			t.Fatal(err)
		}
		for i, space := range []Space{Oklab, SRGB, SRGB} {
			fail = i == 1
			q, err := s.Cluster(context.Background(), Options{Colors: 8, Space: space})
			if fail != (err != nil) {
				t.Fatalf("%s: got error %v", method, err)
			}
			if i < 2 {
				continue
			}
			if p, err := s.Map(context.Background(), q); err != nil || !same(p, want, q, wantQ) {
				t.Errorf("%s: got another result after an error", method)
			}
		}
	}
}

// The context may end before any call of the engine. What that call is the last
// of may end well.
func TestCancelledAtEveryStage(t *testing.T) {
	m := disc(60)
	for _, method := range []string{"Count", "Load", "MiniBatch", "Lloyd", "Map"} {
		ctx, cancel := context.WithCancel(context.Background())
		e := &spy{CPU: new(CPU), before: func(m string) error {
			if m == method {
				cancel()
			}
			return nil
		}}
		if err := all(ctx, e, m, Options{Colors: 8}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got error %v, want %v", method, err, context.Canceled)
		}
		cancel()
	}
}

func TestClusterCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	m := disc(60)
	s, err := NewSession(ctx, nil, m)
	if err != nil {
		t.Fatal(err)
	}
	q, err := s.Cluster(ctx, Options{Colors: 8})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	for _, algorithm := range []kmeans.Algorithm{kmeans.MiniBatch, kmeans.Lloyd} {
		if _, err := s.Cluster(ctx, Options{Colors: 8, Algorithm: algorithm}); !errors.Is(err, context.Canceled) {
			t.Errorf("Cluster: got error %v, want %v", err, context.Canceled)
		}
	}
	if _, err := s.Map(ctx, q); !errors.Is(err, context.Canceled) {
		t.Errorf("Map: got error %v, want %v", err, context.Canceled)
	}
	again, err := s.Cluster(context.Background(), Options{Colors: 8})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(again.Palette, q.Palette) {
		t.Error("got another palette after being cancelled")
	}
}

// With more colours than are clustered one by one, the engine is given them in
// pieces, with a look at the context before each.
func TestCancelledBetweenPieces(t *testing.T) {
	if raceEnabled {
		t.Skip("takes too long with the race detector")
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	pieces := 0
	e := &spy{CPU: new(CPU), before: func(m string) error {
		if m == "Assign" {
			pieces++
			cancel()
		}
		return nil
	}}
	if err := all(ctx, e, noise(), Options{Colors: 2, Effort: kmeans.Fast}); !errors.Is(err, context.Canceled) || pieces != 1 {
		t.Errorf("got error %v after %d pieces, want %v after 1", err, pieces, context.Canceled)
	}
}

func TestProgress(t *testing.T) {
	var seen []float64
	o := Options{Colors: 16, Progress: func(done float64) { seen = append(seen, done) }}
	try(t, crop(load(t, "kodim23.png"), image.Rect(0, 0, 100, 100)), o)
	if len(seen) == 0 || seen[0] < 0 || seen[len(seen)-1] > 1 || !slices.IsSorted(seen) {
		t.Errorf("got progress %v, want it to rise from 0 to 1", seen)
	}
}

func TestClosedEngine(t *testing.T) {
	e := new(CPU)
	s, err := NewSession(context.Background(), e, gradient(4))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(e.Close(), e.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Cluster(context.Background(), Options{}); !errors.Is(err, kmeans.ErrClosed) {
		t.Errorf("got error %v, want %v", err, kmeans.ErrClosed)
	}
}

// Engines of any number of threads lead to the same result.
func TestWorkersDoNotMatter(t *testing.T) {
	m := crop(load(t, "kodim05.png"), image.Rect(3, 5, 203, 105))
	want, wantQ := try(t, m, Options{Colors: 32})
	for _, workers := range []int{1, 2, 3, 8} {
		if raceEnabled && workers < 3 {
			continue
		}
		e := &CPU{kmeans.CPU{Workers: workers}}
		s, err := NewSession(context.Background(), e, m)
		if err != nil {
			t.Fatal(err)
		}
		q, err := s.Cluster(context.Background(), Options{Colors: 32})
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Map(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if !same(p, want, q, wantQ) {
			t.Errorf("got another result with %d workers", workers)
		}
	}
}

// The same pixels in images of other types are the same to a session.
func TestTypesDoNotMatter(t *testing.T) {
	photo := crop(load(t, "kodim23.png"), image.Rect(30, 40, 230, 140)) // image.RGBA
	rgba, _ := try(t, photo, Options{Colors: 8})
	nrgba, _ := try(t, toNRGBA(photo), Options{Colors: 8})
	if !bytes.Equal(rgba.Pix, nrgba.Pix) || !slices.Equal(rgba.Palette, nrgba.Palette) {
		t.Error("got another result for NRGBA than for RGBA")
	}
}

// Sessions may take turns with one engine.
func TestSessionsShareAnEngine(t *testing.T) {
	e := new(CPU)
	defer e.Close()
	var sessions []*Session
	for _, m := range []image.Image{gradient(3), photoTile(t)} {
		s, err := NewSession(context.Background(), e, m)
		if err != nil {
			t.Fatal(err)
		}
		sessions = append(sessions, s)
	}
	var want []float64
	for turn := range 6 {
		q, err := sessions[turn%2].Cluster(context.Background(), Options{Colors: 7})
		if err != nil {
			t.Fatal(err)
		}
		if turn < 2 {
			want = append(want, q.MSE)
		} else if q.MSE != want[turn%2] {
			t.Errorf("turn %d: got error %v, want %v", turn, q.MSE, want[turn%2])
		}
	}
	if _, err := sessions[0].Map(context.Background(), &Quantized{}); err == nil {
		t.Error("Map took a palette that nobody made")
	}
}

func photoTile(t *testing.T) image.Image {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	r := rand.New(rand.NewPCG(5, 6))
	for i := range m.Pix {
		if m.Pix[i] = uint8(r.IntN(200)); i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}
