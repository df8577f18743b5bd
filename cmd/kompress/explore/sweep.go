package explore

import (
	"context"
	"image"
	"maps"
	"slices"

	"kompress/quantize"
)

// sweepKs are the numbers of colours of the sweep.
var sweepKs = []int{2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256}

// targetPSNRs are those that a k is looked for.
var targetPSNRs = []float64{30, 35, 40}

// A sweeper quantizes one image with one k after the other. All do with one session:
// its colours are counted once, and coarse points that were found for one k are used
// for the next. No k is clustered or encoded twice.
type sweeper struct {
	session  *quantize.Session
	tracer   *tracer // on for the k that is shown
	options  quantize.Options
	deep     bool
	shown    int // the k that is looked at closely
	progress func(share float64)
	encode   encoder
	found    map[int]*outcome // by k
	kept     *outcome         // that of the k shown
	queue    chan<- *outcome  // of files to be encoded
}

// An outcome is what is found of one k. Only that of the k shown keeps the palette and
// the pixels; the others have them for as long as a file may have to be made of them.
type outcome struct {
	row       Row // but for the bytes, which are found while it is read
	quantized *quantize.Quantized
	mapped    *image.Paletted
	keep      bool
	queued    bool
	bytes     int64  // of the file
	file      []byte // kept where it is a picture of the page, too
	preview   []byte // PNG
}

// sweep finds the outcomes of all k of the sweep, the targets and the k shown.
// Encoding a file takes far longer than to find its palette, so that files are encoded
// while the next palettes are found.
func (s *sweeper) sweep(ctx context.Context) (rows []Row, targets []Target, shown *outcome, err error) {
	s.found = map[int]*outcome{}
	var ks []int
	err = encodeBeside(ctx, s.encode, func(ctx context.Context, queue chan<- *outcome) error {
		s.queue = queue
		if err := s.each(ctx); err != nil {
			return err
		}
		if ks, err = s.targets(ctx); err != nil {
			return err
		}
		shown, err = s.closeUp(ctx)
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	return s.rows(), s.describe(ks), shown, nil
}

// whole returns the row once the file has been encoded.
func (f *outcome) whole() Row {
	r := f.row
	r.Bytes = f.bytes
	return r
}

// each finds the palette of each k, up to the first that is exact: more change nothing.
func (s *sweeper) each(ctx context.Context) error {
	for i, k := range sweepKs {
		f, err := s.probe(ctx, k)
		if err != nil {
			return err
		}
		if err := s.enqueue(ctx, f); err != nil {
			return err
		}
		s.progress(0.9 * float64(i+1) / float64(len(sweepKs)))
		if f.row.Exact() {
			return nil
		}
	}
	return nil
}

// probe finds the palette of one k, unless it is known.
func (s *sweeper) probe(ctx context.Context, k int) (*outcome, error) {
	if f := s.found[k]; f != nil {
		return f, nil
	}
	o := s.options
	o.Colors, o.Progress = k, nil
	s.tracer.on = k == s.shown
	q, err := s.session.Cluster(ctx, o)
	s.tracer.on = false
	if err != nil {
		return nil, err
	}
	f := &outcome{row: Row{K: k, Colors: len(q.Palette), MSE: q.MSE, PSNR: psnr(q.MSE), Lossless: q.MSE == 0 && !s.deep}, quantized: q}
	if s.kept == nil && (k == s.shown || s.repeats(f)) {
		f.keep, s.kept = true, f
	}
	s.found[k] = f
	return f, nil
}

// repeats says whether the k shown has the same outcome, as more colours than the image
// has change nothing.
func (s *sweeper) repeats(f *outcome) bool {
	return f.row.Exact() && s.shown >= f.row.Colors && s.shown <= quantize.MaxColors
}

// enqueue has the file of an outcome encoded, once.
func (s *sweeper) enqueue(ctx context.Context, f *outcome) (err error) {
	if f.queued {
		return nil
	}
	f.queued = true
	if f.mapped, err = s.session.Map(ctx, f.quantized); err != nil {
		return err
	}
	if !f.keep {
		f.quantized = nil
	}
	select {
	case s.queue <- f:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// closeUp returns the outcome of the k shown.
func (s *sweeper) closeUp(ctx context.Context) (*outcome, error) {
	if s.kept == nil {
		if _, err := s.probe(ctx, s.shown); err != nil {
			return nil, err
		}
	}
	return s.kept, s.enqueue(ctx, s.kept)
}

// known returns the k that have been clustered, from the least on.
func (s *sweeper) known() []int { return slices.Sorted(maps.Keys(s.found)) }

// rows returns the sweep's. Those behind the first that is exact are like it.
func (s *sweeper) rows() []Row {
	rows := make([]Row, len(sweepKs))
	for i, k := range sweepKs {
		if f := s.found[k]; f != nil && (i == 0 || !rows[i-1].Exact()) {
			rows[i] = f.whole()
		} else {
			rows[i] = rows[i-1]
			rows[i].K = k
		}
	}
	return rows
}

// previews returns those of the sweep, up to the first that is exact.
func (s *sweeper) previews() (list [][]byte) {
	for _, k := range sweepKs {
		f := s.found[k]
		list = append(list, f.preview)
		if f.row.Exact() {
			break
		}
	}
	return list
}
