package bench

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kompress/gpu"
	"kompress/imagefile"
	"kompress/quantize"
)

func TestMain(m *testing.M) {
	yardBytes = 1 << 16
	os.Exit(m.Run())
}

// shades has few hundred colours.
func shades(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		x, y := i%width, i/width
		m.SetNRGBA(x, y, color.NRGBA{uint8(x * 255 / width), uint8(y * 255 / height), uint8(x ^ y), 255})
	}
	return m
}

// writeShades saves it and returns its path.
func writeShades(t *testing.T, width, height int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shades.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, shades(width, height)); err != nil {
		t.Fatal(err)
	}
	return path
}

// A spy is a CPU engine that notes its calls and may spoil the result.
type spy struct {
	quantize.CPU
	name  string
	calls *[]string
	spoil func(index []uint8)
}

func (s *spy) Open(m image.Image) (quantize.Pixels, error) {
	*s.calls = append(*s.calls, s.name)
	p, err := s.CPU.Open(m)
	return &spyPixels{p, s}, err
}

type spyPixels struct {
	quantize.Pixels
	spy *spy
}

func (p *spyPixels) Map(ctx context.Context, index []uint8, t *quantize.Table) error {
	err := p.Pixels.Map(ctx, index, t)
	if p.spy.spoil != nil {
		p.spy.spoil(index)
	}
	return err
}

// A fakeMeter is a device whose times are known: of each stage, at each look, one
// millisecond more.
type fakeMeter struct {
	looks  int
	copies []int
}

func (m *fakeMeter) Times() map[string]time.Duration {
	m.looks++
	d := time.Duration(m.looks) * time.Millisecond
	return map[string]time.Duration{"count": 2 * d, "clear": d, Upload: d / 2, ReadBack: d / 4}
}

func (m *fakeMeter) Transfers() gpu.Transfers {
	return gpu.Transfers{Upload: time.Duration(m.looks) * time.Nanosecond, ReadBack: time.Duration(m.looks) * 2 * time.Nanosecond}
}

func (m *fakeMeter) CopyTime(bytes int) (time.Duration, error) {
	m.copies = append(m.copies, bytes)
	return time.Microsecond, nil
}

func twoEngines(calls *[]string) []Engine {
	return []Engine{
		{Device: Device{Engine: "cpu", Name: "some processor"}, Engine: &spy{name: "cpu", calls: calls}},
		{Device: Device{Engine: "gpu", Name: "a GPU"}, Engine: &spy{name: "gpu", calls: calls}, Staged: &spy{name: "staged", calls: calls}, Meter: &fakeMeter{}},
	}
}

func newReport(engines []Engine) *Report {
	r := &Report{Schema: Schema, Kind: Kind, Program: "test", Command: "kompress bench", Settings: Settings{Effort: "default", Space: "srgb"}}
	for _, e := range engines {
		r.Engines = append(r.Engines, e.Device)
	}
	return r
}

// measured is a report on two engines that agree.
func measured(t *testing.T, o Options, sources ...Source) *Report {
	t.Helper()
	calls := []string{}
	engines := twoEngines(&calls)
	r := newReport(engines)
	if err := Run(t.Context(), r, engines, sources, o); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRun(t *testing.T) {
	path := writeShades(t, 60, 40)
	r := measured(t, Options{Colors: []int{4, 16}, Runs: 3, Warmup: 2}, Source{Name: "shades", Path: path})
	if !r.Complete || len(r.Images) != 1 || len(r.Images[0].Cases) != 2 {
		t.Fatalf("got %+v", r)
	}
	m := r.Images[0]
	info, _ := os.Stat(path)
	if m.Name != "shades" || m.Format != "png" || m.Width != 60 || m.Height != 40 || m.FileBytes != info.Size() || m.PixelBytes != 4*60*40 || m.Scaled {
		t.Errorf("got %+v", m)
	}
	for i, k := range []int{4, 16} {
		paletted, q, err := quantize.Quantize(t.Context(), shades(60, 40), quantize.Options{Colors: k})
		if err != nil {
			t.Fatal(err)
		}
		var length counter
		if err := imagefile.EncodePNG(t.Context(), &length, paletted); err != nil {
			t.Fatal(err)
		}
		c := m.Cases[i]
		if c.K != k || c.Colors != len(q.Palette) || c.MSE != q.MSE || *c.PSNR != quantize.PSNR(q.MSE) || c.Steps != q.Steps || c.Passes != q.Passes || c.Bytes != int64(length) || c.Differ != "" {
			t.Errorf("got %+v, want what %+v says, in %d bytes", c, q, length)
		}
	}
	names := []string{}
	m.stages(func(where string, s *Stage) {
		names = append(names, s.Name+" "+s.Engine)
		if len(s.Seconds) != 3 || len(s.Warmup) != 2 {
			t.Errorf("%s %s: got %d runs and %d to warm up, want 3 and 2", s.Name, s.Engine, len(s.Seconds), len(s.Warmup))
		}
		if slices.Min(s.Seconds) < 0 {
			t.Errorf("%s %s: got times %v", s.Name, s.Engine, s.Seconds)
		}
	})
	each := []string{"count cpu", "cluster cpu", "map cpu", "engine cpu", "encode ", "upload gpu", "read back gpu", "count gpu", "cluster gpu", "map gpu", "engine gpu"}
	want := slices.Concat([]string{"decode ", "copy cpu", "copy gpu", "hash cpu"}, each, each)
	slices.Sort(want)
	if slices.Sort(names); !slices.Equal(names, want) {
		t.Errorf("got stages %q, want %q", names, want)
	}
}

// What the device says is parted into stages: transfers are none of count's.
func TestDeviceTimes(t *testing.T) {
	r := measured(t, Options{Colors: []int{4}, Runs: 1}, Source{Name: "shades", Path: writeShades(t, 30, 20)})
	m := r.Images[0]
	for _, test := range []struct {
		stage  string
		device float64 // in ms, of one look at the meter or, for transfers, of three
		bytes  int64
	}{{Count, 3, 2400}, {Cluster, 3, 0}, {Map, 3, 2400}, {Upload, 1.5, 3 * 2400}, {ReadBack, 0.75, 3 * 600}} {
		s := find(m.Cases[0].Stages, test.stage, "gpu")
		if s == nil || len(s.Device) != 1 || s.Device[0] < 0.999e-3*test.device || s.Device[0] > 1.001e-3*test.device || s.Bytes != test.bytes {
			t.Errorf("%s: got %+v, want %v ms on the device and %d bytes", test.stage, s, test.device, test.bytes)
		}
	}
	if c := find(m.Stages, Copy, "gpu"); c == nil || c.Seconds[0] != 1e-6 || c.Bytes != 2400 {
		t.Errorf("got %+v", c)
	}
	if s := find(m.Cases[0].Stages, Count, "cpu"); len(s.Device) != 0 {
		t.Errorf("the CPU has device times %v", s.Device)
	}
}

// A longMeter says that transfers took hours.
type longMeter struct{ fakeMeter }

func (m *longMeter) Transfers() gpu.Transfers {
	return gpu.Transfers{Upload: time.Duration(m.looks) * time.Hour, ReadBack: time.Duration(m.looks) * time.Hour}
}

// Stages and the transfers within them add up to what the clock says.
func TestTransfersAreNotCountedTwice(t *testing.T) {
	calls := []string{}
	engines := twoEngines(&calls)[1:]
	engines[0].Meter = new(longMeter)
	r := newReport(engines)
	if err := Run(t.Context(), r, engines, []Source{{Path: writeShades(t, 8, 8)}}, Options{Colors: []int{2}, Runs: 1}); err != nil {
		t.Fatal(err)
	}
	m := r.Images[0]
	if got := m.times(m.Cases[0], comparison{"", []string{Upload, Count, Cluster, Map, ReadBack}}, "gpu")[0]; got < 0 || got > 60 {
		t.Errorf("got %v seconds in all", got)
	}
	if got := find(m.Cases[0].Stages, Upload, "gpu").Seconds[0]; got < 3600 {
		t.Errorf("got an upload of %v seconds", got)
	}
}

func TestEnginesTakeTurns(t *testing.T) {
	calls := []string{}
	engines := twoEngines(&calls)
	err := Run(t.Context(), newReport(engines), engines, []Source{{Path: writeShades(t, 8, 8)}}, Options{Colors: []int{2, 3}, Runs: 3})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Fields("cpu gpu staged cpu gpu staged  gpu staged cpu gpu staged cpu  cpu gpu staged cpu gpu staged")
	if !slices.Equal(calls, want) {
		t.Errorf("got turns %v, want %v", calls, want)
	}
}

// An engine whose result differs gets no ratio, wherever one could be.
func TestNoRatioOfDifferentResults(t *testing.T) {
	for name, spoil := range map[string]func([]uint8){
		"one index": func(index []uint8) { index[len(index)-1] ^= 1 },
		"staged":    func(index []uint8) { index[0] ^= 1 },
		"none":      nil,
	} {
		t.Run(name, func(t *testing.T) {
			calls := []string{}
			engines := twoEngines(&calls)
			if name == "staged" {
				engines[1].Staged.(*spy).spoil = spoil
			} else {
				engines[1].Engine.(*spy).spoil = spoil
			}
			r := newReport(engines)
			if err := Run(t.Context(), r, engines, []Source{{Name: "x", Path: writeShades(t, 30, 20)}}, Options{Colors: []int{8}, Runs: 2}); err != nil {
				t.Fatal(err)
			}
			text := r.words(&plain)
			_, names := r.ratioPoints("gpu", false)
			if spoil == nil {
				if r.Check() != nil || !strings.Contains(text, "times as fast") || !strings.Contains(text, "Where each wins") || len(names) != 1 {
					t.Errorf("got error %v, points %v and:\n%s", r.Check(), names, text)
				}
				return
			}
			if !errors.Is(r.Check(), ErrDiffer) || strings.Contains(text, "times as fast") || strings.Contains(text, "Where each wins") || len(names) != 0 {
				t.Errorf("got error %v, points %v and:\n%s", r.Check(), names, text)
			}
			if !strings.Contains(text, "No ratio") || !strings.Contains(strings.Join(r.Warnings, ""), "differ") {
				t.Errorf("nothing is said about it:\n%s", text)
			}
		})
	}
}

// So do numbers of colours, and the report has them in their order all the same.
func TestColorsTakeTurns(t *testing.T) {
	calls, order := []string{}, []int{}
	engines := twoEngines(&calls)[:1]
	engines[0].Engine.(*spy).spoil = func(index []uint8) { order = append(order, 1+int(slices.Max(index))) }
	r := newReport(engines)
	if err := Run(t.Context(), r, engines, []Source{{Path: writeShades(t, 30, 30)}}, Options{Colors: []int{2, 3, 4}, Runs: 3}); err != nil {
		t.Fatal(err)
	}
	if want := []int{2, 3, 4, 3, 4, 2, 4, 2, 3}; !slices.Equal(order, want) {
		t.Errorf("got %v, want %v", order, want)
	}
	if c := r.Images[0].Cases; c[0].K != 2 || c[1].K != 3 || c[2].K != 4 || c[2].Colors != 4 {
		t.Errorf("got %+v", c)
	}
}

// An engine that gives another result another time is found, alone and at once.
func TestResultsThatChange(t *testing.T) {
	calls, n := []string{}, 0
	engines := twoEngines(&calls)[:1]
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	engines[0].Engine.(*spy).spoil = func(index []uint8) {
		if n++; n == 3 {
			index[0] ^= 1
			cancel() // the round is not complete
		}
	}
	r := newReport(engines)
	err := Run(ctx, r, engines, []Source{{Path: writeShades(t, 30, 30)}}, Options{Colors: []int{4}, Runs: 5})
	if !errors.Is(err, context.Canceled) || !errors.Is(r.Check(), ErrDiffer) {
		t.Errorf("got errors %v and %v", err, r.Check())
	}
}

func TestCheckFindsPalettes(t *testing.T) {
	m := func(c ...color.Color) *image.Paletted {
		return &image.Paletted{Pix: []uint8{0}, Palette: c}
	}
	a, b := color.NRGBA{1, 2, 3, 255}, color.NRGBA{1, 2, 3, 254}
	for _, test := range []struct {
		want, got *image.Paletted
		same      bool
	}{{m(a), m(a), true}, {m(a), m(b), false}, {m(a), m(a, b), false}, {m(a, b), m(a), false}, {m(a, b), m(b, a), false}} {
		x := &bench{image: newImage(Source{}, []int{1}), seen: map[int]fingerprint{}}
		x.check(&Engine{}, 1, test.want)
		x.check(&Engine{}, 1, test.got)
		if got := x.image.Cases[0].Differ == ""; got != test.same {
			t.Errorf("%v and %v: got same = %v", test.want.Palette, test.got.Palette, got)
		}
	}
}

// When the context ends, only whole rounds count.
func TestInterrupted(t *testing.T) {
	for name, call := range map[string]int{"early in the third": 15, "at the end of the third": 18} {
		t.Run(name, func(t *testing.T) { testInterrupted(t, call) })
	}
}

func testInterrupted(t *testing.T, call int) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	calls := []string{}
	engines := twoEngines(&calls)
	r := newReport(engines)
	var shown *Image
	o := Options{Colors: []int{2, 4}, Runs: 5, Measured: func(m *Image) { shown = m }}
	spoiled := engines[1].Staged.(*spy)
	spoiled.spoil = func([]uint8) {
		if len(calls) == call {
			cancel()
		}
	}
	if err := Run(ctx, r, engines, []Source{{Path: writeShades(t, 20, 20)}}, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("got error %v", err)
	}
	if r.Complete || len(r.Images) != 1 || shown != r.Images[0] {
		t.Fatalf("got %+v, and %v shown", r, shown)
	}
	shown.stages(func(where string, s *Stage) {
		if len(s.Seconds) != 2 {
			t.Errorf("%s %s %s: got %d runs, want 2", where, s.Name, s.Engine, len(s.Seconds))
		}
	})
	if text := r.words(&plain); !strings.Contains(text, "2 of 5 runs") || !strings.Contains(text, "interrupted") {
		t.Errorf("got:\n%s", text)
	}
}

func TestFailures(t *testing.T) {
	good := Source{Name: "good", Path: writeShades(t, 8, 8)}
	bad := Source{Name: "bad", Path: filepath.Join(t.TempDir(), "missing.png")}
	calls := []string{}
	engines := twoEngines(&calls)
	r := newReport(engines)
	if err := Run(t.Context(), r, engines, []Source{bad, good}, Options{Runs: 1}); err == nil || len(r.Images) != 0 {
		t.Errorf("got error %v and %d images", err, len(r.Images))
	}
	failed := 0
	r = newReport(engines)
	if err := Run(t.Context(), r, engines, []Source{bad, good}, Options{Runs: 1, Failed: func(error) { failed++ }}); err != nil || failed != 1 || len(r.Images) != 1 {
		t.Errorf("got error %v, %d failures and %d images", err, failed, len(r.Images))
	}
	full := errors.New("full")
	err := Run(t.Context(), newReport(engines), engines, []Source{good}, Options{Runs: 1, Failed: func(error) {}, Keep: func() error { return full }})
	if !errors.Is(err, full) {
		t.Errorf("got error %v, want what Keep said", err)
	}
}

// Results are there after each round that counts, and the last time it is complete.
func TestKeep(t *testing.T) {
	calls := []string{}
	engines := twoEngines(&calls)
	r := newReport(engines)
	var runs []string
	o := Options{Runs: 3, Warmup: 1, Colors: []int{2}, Keep: func() error {
		runs = append(runs, fmt.Sprint(r.Images[0].runs(), r.Complete))
		return nil
	}}
	if err := Run(t.Context(), r, engines, []Source{{Path: writeShades(t, 8, 8)}}, o); err != nil {
		t.Fatal(err)
	}
	if want := []string{"1 false", "2 false", "3 false", "3 true"}; !slices.Equal(runs, want) {
		t.Errorf("got %v, want %v", runs, want)
	}
}

func TestProgressRises(t *testing.T) {
	var done []float64
	o := Options{Colors: []int{2}, Runs: 2, Warmup: 1, Progress: func(share float64, what string) {
		done = append(done, share)
		if what == "" {
			t.Error("got no word")
		}
	}}
	path := writeShades(t, 10, 10)
	measured(t, o, Source{Name: "a", Path: path}, Source{Name: "b", Path: path, Megapixels: 0.001})
	// For each image a word before it is made, and for each round one at its beginning, after decoding and after each engine's turn.
	const each = 1 + 3*4
	if len(done) != 2*each || done[0] != 0 || !slices.IsSorted(done) || done[len(done)-1] < 0.999 || done[each+1] == done[each] {
		t.Errorf("got %v", done)
	}
}

func TestScaled(t *testing.T) {
	path := writeShades(t, 60, 40)
	r := measured(t, Options{Colors: []int{2}, Runs: 1}, Source{Name: "x", Path: path, Megapixels: 0.015}, Source{Name: "x", Path: path, Megapixels: 0.0006})
	if m := r.Images[0]; m.Width != 150 || m.Height != 100 || !m.Scaled || m.Format != "png" {
		t.Errorf("got %+v", m)
	}
	if m := r.Images[1]; m.Width != 30 || m.Height != 20 {
		t.Errorf("got %+v", m)
	}
	// In strips, as in one.
	scaled, err := scale(t.Context(), shades(60, 40), image.Pt(90, 170))
	if err != nil {
		t.Fatal(err)
	}
	got := scaled.(*image.RGBA)
	corner, last := got.RGBAAt(0, 0), got.RGBAAt(89, 169)
	if corner.A != 255 || corner.R > 10 || last.R < 240 || last.G < 240 {
		t.Errorf("got corners %v and %v", corner, last)
	}
	if hasMemory(image.Pt(1<<20, 1<<20)) == nil || hasMemory(image.Pt(10, 10)) != nil {
		t.Error("there is memory for a million megapixels, or not for a hundred pixels")
	}
	if size := scaledSize(image.Pt(1, 65000), 0.001); size.X < 1 || size.Y < 1 {
		t.Errorf("got %v", size)
	}
}

// Nothing is left of files that were made.
func TestTempFilesGo(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	data, err := os.ReadFile(writeShades(t, 20, 20))
	if err != nil {
		t.Fatal(err)
	}
	measured(t, Options{Colors: []int{2}, Runs: 1}, Source{Name: "x", Data: data, Megapixels: 0.001}, Source{Name: "x", Data: data})
	s := Source{Name: "x", Data: data[:50], Megapixels: 1}
	if _, _, err := s.Prepare(t.Context(), 0); err == nil {
		t.Error("a file that is cut off was scaled")
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

// A copy counts for as many bytes as it is asked about, whatever it moves.
func TestYard(t *testing.T) {
	y := &yard{make([]uint8, 5<<16+7), make([]uint8, 5<<16+7)}
	for i := range y.from {
		y.from[i] = uint8(i * 7)
	}
	if y.copy(1) < 0 || !slices.Equal(y.from, y.to) {
		t.Error("the copy differs")
	}
	if n := y.copy(0); n != 0 {
		t.Errorf("no bytes take %v", n)
	}
	if y.hash() < 0 {
		t.Error("got less than no time")
	}
}

func TestInPieces(t *testing.T) {
	for _, n := range []int{0, 1, 1 << 16, 1<<16 + 1, 1_000_003} {
		seen := make([]uint8, n)
		inPieces(n, func(from, to int) {
			for i := from; i < to; i++ {
				seen[i]++
			}
		})
		if slices.ContainsFunc(seen, func(v uint8) bool { return v != 1 }) {
			t.Errorf("%d: not all once", n)
		}
	}
}

func TestPixelBytes(t *testing.T) {
	r := image.Rect(0, 0, 4, 4)
	for want, m := range map[int64]image.Image{
		16: image.NewGray(r), 32: image.NewGray16(r), 64: image.NewNRGBA(r), 128: image.NewNRGBA64(r), 24: image.NewYCbCr(r, image.YCbCrSubsampleRatio420),
	} {
		b := &bench{file: imagefile.File{Image: m}}
		if got := b.pixelBytes(); got != want {
			t.Errorf("%T: got %d bytes, want %d", m, got, want)
		}
	}
}
