package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kompress/gpu"
	"kompress/quantize"
)

// An Engine is one that is measured.
type Engine struct {
	Device

	// Engine is what compress would use. If the clock around its calls cannot tell
	// stages apart, Staged is another of the kind that keeps them apart, which takes
	// longer all in all, and Meter tells what it did. Else both are nil.
	Engine quantize.Engine
	Staged quantize.Engine
	Meter  Meter
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

	// Keep, if not nil, is called when a round that counts is in the report, and at
	// the end, when the warnings are. An error ends the work.
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
	r.Complete = false
	before := readStrain()
	err := runSources(ctx, r, engines, sources, o)
	r.warnRuns(before, readStrain())
	if err == nil {
		r.Complete = len(r.Failures) == 0
	}
	var keep *keepError
	if errors.As(err, &keep) || err != nil && !r.Measured() {
		return err
	}
	return errors.Join(err, o.Keep()) // with the warnings
}

func runSources(ctx context.Context, r *Report, engines []Engine, sources []Source, o Options) error {
	progress, yard := newProgress(sources, len(engines), o), newYard()
	for _, s := range sources {
		err := runSource(ctx, r, engines, s, o, progress, yard)
		var keep *keepError
		if err != nil && (ctx.Err() != nil || o.Failed == nil || errors.As(err, &keep)) {
			return err
		}
		if err != nil {
			r.Failures = append(r.Failures, err.Error())
			o.Failed(err)
		}
	}
	return nil
}

// A keepError is an error of Options.Keep.
type keepError struct{ error }

func (e *keepError) Unwrap() error { return e.error }

// runSource measures one source.
func runSource(ctx context.Context, r *Report, engines []Engine, s Source, o Options, p *progress, y *yard) error {
	p.preparing(s)
	path, remove, err := s.Prepare(ctx, o.MaxPixels)
	if err != nil {
		return err
	}
	defer remove()
	b := &bench{
		engines: engines, options: o, path: path, image: newImage(s, o.Colors), yard: y,
		seen: map[int]fingerprint{}, step: p.step,
	}
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

// ErrDiffer says that engines did not give the same result.
var ErrDiffer = errors.New("the engines' results differ")

// newImage has a case for each number of colours, in their order.
func newImage(s Source, colors []int) *Image {
	m := &Image{Name: s.Name, Scaled: s.Megapixels > 0, Stages: []*Stage{}, Cases: []*Case{}}
	for _, k := range colors {
		m.Cases = append(m.Cases, &Case{K: k, Stages: []*Stage{}})
	}
	return m
}

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
