package bench

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"runtime"
	"time"

	"kompress/gpu"
	"kompress/imagefile"
	"kompress/quantize"
)

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
