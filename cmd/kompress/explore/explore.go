// Package explore finds out what k-means colour quantization does to images, and tells
// it: as a report to be read in a browser, as tables and as plots.
package explore

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"time"

	"kompress/imagefile"
	"kompress/kmeans"
	"kompress/quantize"
)

// Input is an image to explore.
type Input struct {
	Name   string
	Image  image.Image
	Format string
	Bytes  int64 // of the file
}

// Options tune an exploration. The zero value is ready to use.
type Options struct {
	Quantize quantize.Options    // Colors are those of the result that is looked at closely; its Progress is not called
	Progress func(share float64) // of the whole exploration; may be nil
}

// NewReport returns a report without images.
func NewReport(program string, o quantize.Options) *Report {
	k := o.Colors
	if k == 0 {
		k = quantize.DefaultColors
	}
	effort := map[kmeans.Effort]string{kmeans.Fast: "fast", kmeans.Default: "default", kmeans.Best: "best"}[o.Effort]
	return &Report{Schema: Schema, Program: program, K: k, Space: o.Space.String(), Effort: effort, Seed: o.Seed, Images: []*Image{}}
}

// Explore quantizes an image with many k, and looks closely at the result of one. The
// engine, nil for a CPU of its own, is not closed.
func Explore(ctx context.Context, e quantize.Engine, in Input, o Options) (*Image, error) {
	if in.Image == nil {
		return nil, errors.New("explore: got no image")
	}
	if e == nil {
		cpu := new(quantize.CPU)
		defer cpu.Close()
		e = cpu
	}
	if o.Progress == nil {
		o.Progress = func(float64) {}
	}
	t := &tracer{Engine: e}
	session, err := quantize.NewSession(ctx, t, in.Image)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	if session.Counts().Pixels() == 0 {
		return nil, fmt.Errorf("explore: got an image of %v, want at least one pixel", in.Image.Bounds().Size())
	}
	if o.Quantize.Colors == 0 {
		o.Quantize.Colors = quantize.DefaultColors
	}
	x := &exploration{in: in, options: o, tracer: t, session: session, image: newImage(in, session)}
	for _, step := range []func(context.Context) error{x.sweep, x.look} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return x.image, nil
}

// An exploration is one image's.
type exploration struct {
	in      Input
	options Options
	tracer  *tracer
	session *quantize.Session
	image   *Image
	shown   *outcome
}

// newImage fills in what is known before the work begins.
func newImage(in Input, s *quantize.Session) *Image {
	size := in.Image.Bounds().Size()
	return &Image{
		Name: validName(in.Name), Format: in.Format, Width: size.X, Height: size.Y, Bytes: in.Bytes,
		Deep: imagefile.Deep(in.Image), Distinct: s.Counts().Distinct(),
	}
}

// sweepShare is the share of the sweep in the work, and lookShare that up to the end of
// the closer look.
const sweepShare, lookShare = 0.88, 0.95

// sweep finds what k does, and the result of the k that was asked for.
func (x *exploration) sweep(ctx context.Context) error {
	start := time.Now()
	s := &sweeper{
		session: x.session, tracer: x.tracer, options: x.options.Quantize, deep: x.image.Deep, shown: x.options.Quantize.Colors,
		progress: func(done float64) { x.options.Progress(sweepShare * done) }, encode: encodePaletted,
	}
	rows, targets, shown, err := s.sweep(ctx)
	if err != nil {
		return err
	}
	m := x.image
	m.Seconds = time.Since(start).Seconds()
	m.Sweep, m.Targets, m.Elbow = rows, targets, findElbow(curve(rows))
	m.figures.previews = s.previews()
	x.shown = shown
	return nil
}

// look finds all that is told of the k that was asked for.
func (x *exploration) look(ctx context.Context) (err error) {
	m, r, q := x.image, x.shown.whole(), x.shown.quantized
	m.Convergence, m.ErrorUnit = convergence(x.tracer.trace, x.options.Quantize.Space, x.session.Counts().Pixels(), q)
	m.Result = Result{K: x.options.Quantize.Colors, Colors: r.Colors, MSE: r.MSE, PSNR: r.PSNR, Bytes: r.Bytes, Lossless: r.Lossless, Steps: q.Steps, Passes: q.Passes, Converged: q.Converged}
	x.count(q)
	x.options.Progress(lookShare)
	m.figures.pictures, err = show(ctx, x.in.Image, x.shown)
	return err
}

// count fills in what is found by looking at the distinct colours.
func (x *exploration) count(q *quantize.Quantized) {
	m := x.image
	l := listColors(x.session.Counts(), q)
	m.Histogram, m.Transparent = l.histogram()
	ranks := l.ranks()
	m.Coverage = coverage(ranks)
	t := l.tally()
	m.Error = t.stats()
	m.Palette = l.entries(t)
	m.CoverageCurve = coverageCurve(ranks)
	f := &m.figures
	f.green, f.blue = l.planeViews()
	f.points = l.points()
}

// coverageCurve has a few hundred points, evenly spaced on a logarithmic axis.
func coverageCurve(ranks []rank) []Coverage {
	var list []Coverage
	most := ranks[len(ranks)-1].colors
	for last, i := 0, 0; last < most; i++ {
		n := min(most, int(math.Pow(2, float64(i)/8)))
		if n > last {
			list = append(list, Coverage{coverageBy(ranks, n), n})
			last = n
		}
	}
	return list
}
