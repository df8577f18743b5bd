package explore

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"io"
	"slices"
	"strings"
	"testing"

	"kompress/kmeans"
	"kompress/quantize"
)

// newSweeper returns one that has not begun, and the engine that it clusters with.
func newSweeper(t *testing.T, m image.Image, shown int) *sweeper {
	t.Helper()
	e := &tracer{Engine: new(quantize.CPU)}
	session, err := quantize.NewSession(t.Context(), e, m)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		session.Close()
		e.Close()
	})
	return &sweeper{session: session, tracer: e, shown: shown, progress: func(float64) {}, encode: encodePaletted}
}

// No k is clustered or encoded twice, the k shown neither; that it is in the sweep or
// not makes no difference to what is kept of it.
func TestSweepDoesNothingTwice(t *testing.T) {
	skipRace(t)
	m := part(t, 60, 40)
	for _, shown := range []int{1, 16, 77, 256} {
		s := newSweeper(t, m, shown)
		encoded := map[string]int{}
		s.encode = func(ctx context.Context, w io.Writer, m *image.Paletted) error {
			encoded[string(m.Pix)]++
			return encodePaletted(ctx, w, m)
		}
		rows, targets, f, err := s.sweep(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range encoded {
			if n > 1 {
				t.Errorf("k = %d: a file was encoded %d times", shown, n)
			}
		}
		files := map[int]bool{shown: true}
		for _, r := range rows {
			files[r.K] = true
		}
		for _, g := range targets {
			if g.K != nil {
				files[*g.K] = true
			}
		}
		if len(encoded) != len(files) {
			t.Errorf("k = %d: got %d files, want %d", shown, len(encoded), len(files))
		}
		mapped, q, file := compressed(t, m, quantize.Options{Colors: shown})
		if f.row.K != shown || !bytes.Equal(f.file, file) || !bytes.Equal(f.mapped.Pix, mapped.Pix) || f.quantized.MSE != q.MSE {
			t.Errorf("k = %d: got %+v", shown, f.row)
		}
		checkTrace(t, s.tracer.trace, q)
		for k, other := range s.found {
			if other != f && (other.mapped != nil || other.quantized != nil && other.queued) {
				t.Errorf("k = %d is held, but only %d is shown", k, shown)
			}
		}
	}
}

// An error of the encoder ends the sweep, which else would go on for nothing.
func TestEncodingErrorEndsSweep(t *testing.T) {
	s := newSweeper(t, part(t, 30, 20), 16)
	s.encode = func(context.Context, io.Writer, *image.Paletted) error { return errTest }
	last := 0.0
	s.progress = func(share float64) { last = share }
	if _, _, _, err := s.sweep(t.Context()); !errors.Is(err, errTest) {
		t.Errorf("got %v, want the encoder's error", err)
	}
	if last > 0.5 {
		t.Errorf("the sweep went on up to %v", last)
	}
}

// An error of the engine is told, not that the encoder was cancelled by it.
func TestEngineErrorEndsEncoding(t *testing.T) {
	s := newSweeper(t, part(t, 30, 20), 16)
	s.encode = func(ctx context.Context, _ io.Writer, _ *image.Paletted) error {
		<-ctx.Done()
		return ctx.Err()
	}
	s.tracer.Engine = overloaded{s.tracer.Engine}
	if _, _, _, err := s.sweep(t.Context()); !errors.Is(err, errTest) {
		t.Errorf("got %v, want the engine's error", err)
	}
}

// Overloaded is an engine that cannot make a pass over many centroids.
type overloaded struct{ quantize.Engine }

func (f overloaded) Lloyd(sums []kmeans.Sum, centroids []kmeans.Point, passes int) error {
	if len(centroids) > 2 {
		return errTest
	}
	return f.Engine.Lloyd(sums, centroids, passes)
}

// What is more than 8 bits deep is exact at 8 bits at best, and its sweep ends there.
func TestDeepIsNotLossless(t *testing.T) {
	if raceEnabled {
		t.Skip("with the race detector the sweep ends before it is exact")
	}
	m := image.NewGray16(image.Rect(0, 0, 40, 10))
	for i := range 400 {
		m.SetGray16(i%40, i/40, color.Gray16{uint16(1000*(i%40/4) + i)}) // few colours at 8 bits
	}
	x := mustExplore(t, m, Options{Quantize: quantize.Options{Colors: 200}})
	last := x.Sweep[len(x.Sweep)-1]
	if x.Distinct > 100 || last.Lossless || !last.Exact() || x.Result.Lossless || !x.Result.Exact() || len(x.figures.previews) == len(sweepKs) {
		t.Errorf("got %d colors, %+v, %+v", x.Distinct, last, x.Result)
	}
	r := &Report{Images: []*Image{x}}
	text := written(t, func(b *bytes.Buffer) error { return r.WriteHTML(t.Context(), b) })
	if bytes.Contains(text, []byte("lossless")) || bytes.Contains(text, []byte("ept as it is")) || bytes.Count(text, []byte("xact at 8 bits")) < 3 {
		t.Error("the page calls it lossless, or not exact at 8 bits")
	}
}

// The scale of a picture of errors is that of what it shows: means of blocks are far
// lower than the errors of single pixels.
func TestErrorScales(t *testing.T) {
	skipRace(t)
	m := image.NewNRGBA(image.Rect(0, 0, 2000, 1000))
	for i := range 2000 * 1000 {
		m.Pix[4*i+3] = 255
		if i%100 == 0 {
			m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2] = uint8(i/100%4*50+100), 100, 100
		}
	}
	x := mustExplore(t, m, Options{Quantize: quantize.Options{Colors: 2, Effort: kmeans.Fast}})
	f := x.figures
	if f.exact || len(f.crops) == 0 {
		t.Fatal("got no crops")
	}
	if f.top >= f.crops[0].top || f.crops[0].top < x.Error.P999-1 {
		t.Errorf("got a scale up to %v for blocks and up to %v for pixels, whose error is %v", f.top, f.crops[0].top, x.Error.P999)
	}
}

func TestTopLevel(t *testing.T) {
	squares := slices.Repeat([]float64{3 * 7 * 7}, 1999)
	squares = append(squares, 3*90*90)
	if got := topLevel(squares); got != 8 {
		t.Errorf("got %v, want 8: one in 2000 does not count", got)
	}
	if got := topLevel(squares[1500:]); got != 96 {
		t.Errorf("got %v, want 96", got)
	}
}

// Writing can be cancelled from one chart to the next, and an error of the writer is
// said to be the page's.
func TestWritingIsCancelled(t *testing.T) {
	r := reportOf(t, "five", "five")
	ctx, cancel := context.WithCancel(t.Context())
	plots := 0
	err := r.Plots(ctx, func(string, []byte) error {
		plots++
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || plots != 1 {
		t.Errorf("got %v after %d plots, want it to be cancelled after 1", err, plots)
	}
	if err := r.WriteHTML(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want it to be cancelled", err)
	}
	if err := r.WriteHTML(t.Context(), full{}); !errors.Is(err, errTest) || err.Error() != "page: "+errTest.Error() {
		t.Errorf("got %v, want the writer's error", err)
	}
}

// A full writer takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errTest }

// Each image is written before the next is made.
func TestPageIsWrittenImageByImage(t *testing.T) {
	r := reportOf(t, "five", "five")
	var b bytes.Buffer
	w := writerFunc(func(p []byte) (int, error) {
		if bytes.Contains(p, []byte("five")) {
			r.Images[1].figures.previews = nil
		}
		return b.Write(p)
	})
	if err := r.WriteHTML(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	first, second, _ := bytes.Cut(b.Bytes(), []byte(`<article id="i2"`))
	if !bytes.Contains(first, []byte("The image with k")) || bytes.Contains(second, []byte("The image with k")) {
		t.Error("the second image was made before the first was written")
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestLabels(t *testing.T) {
	for _, test := range []struct{ names, want []string }{
		{[]string{"/home/user/x.png"}, []string{"x.png"}},
		{[]string{"/a/b/x.png", "/a/c/x.png", "y.png"}, []string{"b/x.png", "c/x.png", "y.png"}},
		{[]string{"x.png", "b/x.png"}, []string{"x.png", "b/x.png"}},
		{[]string{"b/x.png", "./b/x.png"}, []string{"x.png", "x.png"}},
		{[]string{"a/p/x", "b/p/x", "b/q/x"}, []string{"a/p/x", "b/p/x", "q/x"}},
	} {
		var images []*Image
		for _, name := range test.names {
			images = append(images, &Image{Name: name})
		}
		if got := labels(images); !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q, want %q", test.names, got, test.want)
		}
	}
}

// All plots have names that are known before.
func TestPlotNames(t *testing.T) {
	skipRace(t)
	r := reportOf(t, "photo", "five")
	want := PlotNames([]string{"photo.png", "five.png"})
	got := 0
	err := r.Plots(t.Context(), func(name string, _ []byte) error {
		got++
		if !slices.Contains(want, name) {
			t.Errorf("%s was not foretold", name)
		}
		return nil
	})
	if err != nil || got < 25 {
		t.Errorf("got %d plots, %v", got, err)
	}
}

// The smallest are larger than their share, and all others in proportion to it.
func TestBallSize(t *testing.T) {
	if small, large := ballSize(0), ballSize(1); small < 3 || large < 10 {
		t.Errorf("got %v and %v", small, large)
	}
	if got := ballSize(0.8) / ballSize(0.1); got < 1.99 || got > 2.01 {
		t.Errorf("8 times the volume is %v times as wide, want 2", got)
	}
}

func TestTextsApart(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   []string
	}{
		{nil, nil},
		{[]float64{0}, []string{"0.000"}},
		{[]float64{12.3456, 12.3456, 11}, []string{"12.35", "12.35", "11.00"}},
		{[]float64{12.3456, 12.3457}, []string{"12.3456", "12.3457"}},
		{[]float64{20000, 19999.8}, []string{"20000.0", "19999.8"}},
	} {
		if got := textsApart(test.values); !slices.Equal(got, test.want) {
			t.Errorf("%v: got %q, want %q", test.values, got, test.want)
		}
	}
}

// Captions tell what the charts cannot.
func TestCaptions(t *testing.T) {
	x := &Image{ErrorUnit: "mse", Convergence: []Convergence{{kindSeeds, 0, 50}, {kindBatch, 1, 52}, {kindPass, 1, 49}, {kindPass, 2, 40}, {kindPalette, 0, 46}}}
	if got := x.convergenceChart().caption; !strings.Contains(got, "falls by 20.0 %") || !strings.Contains(got, "does not begin at 0") {
		t.Errorf("got %q", got)
	}
	x.Histogram.Red[0], x.Histogram.Red[9] = 75, 25
	x.Histogram.Green[255], x.Histogram.Green[9] = 2, 98
	x.Histogram.Blue[9] = 100
	x.Histogram.Blue[255] = 0
	if got := x.histogramChart().caption; !strings.Contains(got, "the highest bin has 100 %") || !strings.Contains(got, "At the ends: red 0 75.0 %, green 255 2.00 %.") {
		t.Errorf("got %q", got)
	}
	x.Error = ErrorStats{P90: 1, P99: 2, Max: 3}
	if got, want := x.levelsChart().alt, "Line chart: half of the pixels are off by no more than 0.00 levels, 90 % by no more than 1.00, 99 % by no more than 2.00, all by no more than 3.00."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// The three panels of the histograms have one scale: a bin of a tenth of the highest is
// as high whatever its channel.
func TestHistogramScale(t *testing.T) {
	x := &Image{}
	x.Histogram.Red[5] = 1000
	for v := range 10 {
		x.Histogram.Green[100+v], x.Histogram.Blue[100+v] = 100, 100
	}
	svg, err := x.histogramChart().svg()
	if err != nil {
		t.Fatal(err)
	}
	one := &Image{}
	one.Histogram.Green = x.Histogram.Green
	alone, err := one.histogramChart().svg()
	if err != nil {
		t.Fatal(err)
	}
	path := func(svg string) string { // of the green panel
		for line := range strings.Lines(svg) {
			if strings.Contains(line, "fill:var(--green)") && strings.Contains(line, "<path") {
				return line
			}
		}
		t.Fatal("there is no green panel")
		return ""
	}
	if path(svg) == path(alone) {
		t.Error("green is as high beside red as alone")
	}
	if strings.Count(svg, "100 %") != 1 {
		t.Errorf("the share of the highest bin is there %d times, want once", strings.Count(svg, "100 %"))
	}
}
