package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"runtime"
	"time"

	"kompress/gpu"
	"kompress/imagefile"
	"kompress/quantize"
)

// An Engine is one that is measured.
type Engine struct {
	Device
	quantize.Engine
	Meter Meter // nil for one that has no device
}

// A Meter tells what the clock around an engine's calls cannot.
type Meter interface {
	// Times returns the device time of each stage so far.
	Times() map[string]time.Duration

	// Transfers returns the wall time of transfers so far.
	Transfers() gpu.Transfers

	// CopyTime returns the device time of copying so many bytes on the device.
	CopyTime(bytes int) (time.Duration, error)
}

// Options tune Run. The zero value is ready to use.
type Options struct {
	Colors    []int            // palette sizes; nil means 16, 64 and 256
	Runs      int              // 0 means 10
	Warmup    int              // rounds before those that count
	Quantize  quantize.Options // all but Colors and Progress
	MaxPixels int64            // of files; 0 means imagefile.DefaultMaxPixels

	// Progress, if not nil, is called before each round, and each file that is
	// made, with the share of the work that is done.
	Progress func(done float64, what string)

	// Keep, if not nil, is called when a round that counts is in the report. An
	// error ends the work.
	Keep func() error

	// Measured, if not nil, is called when an image is done, and when the work on it
	// ends early but there are some rounds.
	Measured func(*Image)

	// Failed, if not nil, is told of an image that cannot be measured, or not to the
	// end, and the others are measured all the same. Else it ends the work.
	Failed func(error)
}

// DefaultRuns is how many rounds count where no number is given.
const DefaultRuns = 10

// Run measures every engine on every source and enters what it finds into the
// report. Rounds go over all numbers of colours, and in each of them over the
// engines, a different one first each time: what disturbs the machine for a while
// disturbs all alike. After an error, and when ctx is done, the report has the
// rounds that were complete.
func Run(ctx context.Context, r *Report, engines []Engine, sources []Source, o Options) error {
	if o.Colors == nil {
		o.Colors = []int{16, 64, 256}
	}
	if o.Runs == 0 {
		o.Runs = DefaultRuns
	}
	if o.Progress == nil {
		o.Progress = func(float64, string) {}
	}
	if o.Keep == nil {
		o.Keep = func() error { return nil }
	}
	if o.Measured == nil {
		o.Measured = func(*Image) {}
	}
	r.Settings.Colors, r.Settings.Runs, r.Settings.Warmup = o.Colors, o.Runs, o.Warmup
	before := readStrain()
	progress := newProgress(sources, o)
	defer r.warn(before)
	r.Complete = false
	for _, s := range sources {
		err := runSource(ctx, r, engines, s, o, progress)
		var keep *keepError
		if err != nil && (ctx.Err() != nil || o.Failed == nil || errors.As(err, &keep)) {
			return err
		}
		if err != nil {
			o.Failed(err)
		}
	}
	r.Complete = true
	return o.Keep()
}

// A keepError is an error of Options.Keep.
type keepError struct{ error }

func (e *keepError) Unwrap() error { return e.error }

// runSource measures one source.
func runSource(ctx context.Context, r *Report, engines []Engine, s Source, o Options, p *progress) error {
	p.preparing(s)
	path, remove, err := s.Prepare(ctx, o.MaxPixels)
	if err != nil {
		return err
	}
	defer remove()
	b := &bench{engines: engines, options: o, path: path, image: &Image{Name: s.Name, Scaled: s.Megapixels > 0}}
	defer func() {
		if b.image.runs() > 0 {
			o.Measured(b.image)
		}
	}()
	for round := range o.Warmup + o.Runs {
		p.round(s, round)
		warm := round < o.Warmup
		if err := b.round(ctx, round); err != nil {
			return err
		}
		b.enter(warm)
		p.done(s)
		if round == 0 {
			r.Images = append(r.Images, b.image)
		}
		if warm {
			continue
		}
		if err := o.Keep(); err != nil {
			return &keepError{err}
		}
	}
	return nil
}

// A bench is the work on one image.
type bench struct {
	engines []Engine
	options Options
	path    string
	image   *Image
	scratch []uint8 // of copies

	// Of the round:
	samples []sample
	cases   []outcome
	file    imagefile.File
}

// A sample is a time that was taken.
type sample struct {
	k            int // 0 for what all have in common
	stage        string
	engine       string
	bytes        int64
	wall, device time.Duration // device is 0 if there is none
}

// An outcome is what an engine made of the image.
type outcome struct {
	k         int
	found     *quantize.Quantized
	distinct  int
	bytes     int64
	differing string
}

// round does all work once. What it finds is entered only when it is complete.
func (b *bench) round(ctx context.Context, round int) error {
	b.samples, b.cases = b.samples[:0], b.cases[:0]
	b.file = imagefile.File{}
	runtime.GC() // of the last round's image, lest it is part of this one's times
	begin := time.Now()
	file, err := imagefile.Decode(ctx, b.path, imagefile.DecodeOptions{MaxPixels: b.options.MaxPixels})
	if err != nil {
		return err
	}
	b.file = *file
	b.took(0, Decode, "", file.Bytes, begin, 0)
	if err := b.copies(); err != nil {
		return err
	}
	for _, k := range b.options.Colors {
		var first *image.Paletted
		for i := range b.engines {
			e := &b.engines[(round+i)%len(b.engines)]
			m, err := b.quantize(ctx, e, k)
			if err != nil {
				return err
			}
			if first != nil {
				b.check(e, first, m)
				continue
			}
			first = m
			if err := b.encode(ctx, k, m); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (b *bench) took(k int, stage, engine string, bytes int64, begin time.Time, device time.Duration) {
	b.samples = append(b.samples, sample{k, stage, engine, bytes, time.Since(begin), device})
}

// quantize makes an engine do its part, as compress does: nothing is left from one
// number of colours for the next.
func (b *bench) quantize(ctx context.Context, e *Engine, k int) (*image.Paletted, error) {
	w := &watch{bench: b, engine: e, k: k}
	pixels, indices := b.pixelBytes(), int64(area(b.file.Image))
	if e.Meter != nil {
		pixels = 4 * indices // in the form that engines with a device have it sent
	}
	w.start()
	s, err := quantize.NewSession(ctx, e.Engine, b.file.Image)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Device.Engine, err)
	}
	defer s.Close()
	w.stop(Count, pixels)
	o := b.options.Quantize
	o.Colors = k
	w.start()
	q, err := s.Cluster(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Device.Engine, err)
	}
	w.stop(Cluster, 0)
	w.start()
	m, err := s.Map(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Device.Engine, err)
	}
	w.stop(Map, pixels+indices)
	if n := len(b.cases); n == 0 || b.cases[n-1].k != k {
		b.cases = append(b.cases, outcome{k: k, found: q, distinct: s.Counts().Distinct()})
	}
	return m, nil
}

// A watch takes the times of an engine's stages.
type watch struct {
	bench     *bench
	engine    *Engine
	k         int
	begin     time.Time
	times     map[string]time.Duration
	transfers gpu.Transfers
}

func (w *watch) start() {
	if m := w.engine.Meter; m != nil {
		w.times, w.transfers = m.Times(), m.Transfers()
	}
	w.begin = time.Now()
}

// stop ends a stage. The transfers within it are stages of their own.
func (w *watch) stop(stage string, bytes int64) {
	wall, device := time.Since(w.begin), time.Duration(0)
	m := w.engine.Meter
	if m == nil {
		w.enter(stage, bytes, wall, 0)
		return
	}
	now, transfers := m.Times(), m.Transfers()
	since := func(name string) time.Duration { return now[name] - w.times[name] }
	for name := range now {
		if name != Upload && name != ReadBack {
			device += since(name)
		}
	}
	indices := int64(area(w.bench.file.Image))
	if d := transfers.Upload - w.transfers.Upload; d > 0 {
		w.enter(Upload, 4*indices, d, since(Upload))
		wall -= d
	}
	if d := transfers.ReadBack - w.transfers.ReadBack; d > 0 {
		w.enter(ReadBack, indices, d, since(ReadBack))
		wall -= d
	}
	w.enter(stage, bytes, wall, device)
}

// enter adds to a sample of the round, for an image that has no room on a device is
// sent for each pass.
func (w *watch) enter(stage string, bytes int64, wall, device time.Duration) {
	for i := range w.bench.samples {
		if s := &w.bench.samples[i]; s.k == w.k && s.stage == stage && s.engine == w.engine.Device.Engine {
			s.bytes, s.wall, s.device = s.bytes+bytes, s.wall+wall, s.device+device
			return
		}
	}
	w.bench.samples = append(w.bench.samples, sample{w.k, stage, w.engine.Device.Engine, bytes, wall, device})
}

// encode writes the PNG to nowhere.
func (b *bench) encode(ctx context.Context, k int, m *image.Paletted) error {
	var length counter
	begin := time.Now()
	if err := imagefile.EncodePNG(ctx, &length, m); err != nil {
		return err
	}
	b.took(k, Encode, "", int64(len(m.Pix)), begin, 0)
	b.cases[len(b.cases)-1].bytes = int64(length)
	return nil
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// check notes if an engine's palette or indices are not those of the first one.
func (b *bench) check(e *Engine, want, got *image.Paletted) {
	c := &b.cases[len(b.cases)-1]
	what := ""
	switch {
	case len(got.Palette) != len(want.Palette):
		what = fmt.Sprintf("a palette of %d colors, not %d", len(got.Palette), len(want.Palette))
	case !bytes.Equal(got.Pix, want.Pix):
		what = "other indices"
	default:
		for i := range got.Palette {
			if got.Palette[i] != want.Palette[i] {
				what = "another palette"
			}
		}
	}
	if what != "" {
		c.differing = fmt.Sprintf("%s has %s", e.Device.Engine, what)
	}
}

// ErrDiffer says that engines did not give the same result.
var ErrDiffer = errors.New("the engines' results differ")

// Check returns an error that wraps ErrDiffer if any results in the report did.
func (r *Report) Check() error {
	for _, m := range r.Images {
		for _, c := range m.Cases {
			if c.Differ != "" {
				return fmt.Errorf("%s: %w: %s", m.label(c), ErrDiffer, c.Differ)
			}
		}
	}
	return nil
}

// enter takes what a complete round found into the image.
func (b *bench) enter(warm bool) {
	m := b.image
	size := b.file.Image.Bounds().Size()
	m.Format, m.Width, m.Height, m.FileBytes, m.PixelBytes = b.file.Format, size.X, size.Y, b.file.Bytes, b.pixelBytes()
	for _, found := range b.cases {
		m.Distinct = found.distinct
		c := m.caseOf(found.k)
		c.enter(&found)
	}
	for _, s := range b.samples {
		stages := &m.Stages
		if s.k > 0 {
			stages = &m.caseOf(s.k).Stages
		}
		stageOf(stages, s.stage, s.engine).enter(&s, warm)
	}
}

func (m *Image) caseOf(k int) *Case {
	for _, c := range m.Cases {
		if c.K == k {
			return c
		}
	}
	c := &Case{K: k}
	m.Cases = append(m.Cases, c)
	return c
}

func (c *Case) enter(o *outcome) {
	q := o.found
	c.Colors, c.Steps, c.Passes, c.Converged, c.MSE, c.Bytes = len(q.Palette), q.Steps, q.Passes, q.Converged, q.MSE, o.bytes
	if q.MSE > 0 {
		psnr := quantize.PSNR(q.MSE)
		c.PSNR = &psnr
	}
	if o.differing != "" {
		c.Differ = o.differing
	}
}

func stageOf(stages *[]*Stage, name, engine string) *Stage {
	if s := find(*stages, name, engine); s != nil {
		return s
	}
	s := &Stage{Name: name, Engine: engine, Seconds: []float64{}}
	*stages = append(*stages, s)
	return s
}

func (s *Stage) enter(t *sample, warm bool) {
	s.Bytes = t.bytes
	if warm {
		s.Warmup = append(s.Warmup, t.wall.Seconds())
		return
	}
	s.Seconds = append(s.Seconds, t.wall.Seconds())
	if t.device > 0 {
		s.Device = append(s.Device, t.device.Seconds())
	}
}

// area returns the number of pixels.
func area(m image.Image) int {
	size := m.Bounds().Size()
	return size.X * size.Y
}
