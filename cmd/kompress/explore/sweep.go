package explore

import (
	"bytes"
	"context"
	"image"
	"io"
	"slices"
	"sync"
	"time"

	"kompress/imagefile"
	"kompress/quantize"
)

// sweepKs are the numbers of colours of the sweep.
var sweepKs = []int{2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256}

// targetPSNRs are those that a least k is looked for.
var targetPSNRs = []float64{30, 35, 40}

// A sweeper quantizes one image with one k after the other. All do with one session:
// its colours are counted once, and coarse points that were found for one k are used
// for the next. Encoding a file takes far longer than to find its palette, so that
// files are encoded while the next palettes are found.
type sweeper struct {
	session  *quantize.Session
	options  quantize.Options
	progress func(share float64)
	rows     []Row
	previews [][]byte // PNG of each row
}

// A job is a file to be encoded.
type job struct {
	image   *image.Paletted
	row     *Row
	preview *[]byte
}

// sweep fills in the rows.
func (s *sweeper) sweep(ctx context.Context) error {
	s.rows, s.previews = make([]Row, len(sweepKs)), make([][]byte, len(sweepKs))
	jobs := make(chan job) // without room: at most one image waits while one is encoded
	var encoding sync.WaitGroup
	var failed error
	encoding.Go(func() {
		for j := range jobs {
			if failed == nil {
				failed = j.encode(ctx)
			}
		}
	})
	err := s.each(ctx, jobs)
	close(jobs)
	encoding.Wait()
	if err == nil {
		err = failed
	}
	if err != nil {
		return err
	}
	s.repeatLossless()
	return nil
}

// each finds the palette of each k, up to the first that is lossless.
func (s *sweeper) each(ctx context.Context, jobs chan<- job) error {
	for i, k := range sweepKs {
		start := time.Now()
		q, err := s.cluster(ctx, k)
		if err != nil {
			return err
		}
		s.rows[i] = Row{K: k, Colors: len(q.Palette), MSE: q.MSE, PSNR: psnr(q.MSE), Lossless: q.Lossless, Seconds: time.Since(start).Seconds()}
		m, err := s.session.Map(ctx, q)
		if err != nil {
			return err
		}
		jobs <- job{m, &s.rows[i], &s.previews[i]}
		s.progress(0.9 * float64(i+1) / float64(len(sweepKs)))
		if q.Lossless {
			return nil
		}
	}
	return nil
}

// repeatLossless fills in the rows behind the first that is lossless, which are like
// it.
func (s *sweeper) repeatLossless() {
	first := slices.IndexFunc(s.rows, func(r Row) bool { return r.Lossless })
	if first < 0 {
		return
	}
	for i := first + 1; i < len(s.rows); i++ {
		s.rows[i] = s.rows[first]
		s.rows[i].K, s.rows[i].Seconds = sweepKs[i], 0
	}
	s.previews = s.previews[:first+1]
}

// cluster finds the palette of one k.
func (s *sweeper) cluster(ctx context.Context, k int) (*quantize.Quantized, error) {
	o := s.options
	o.Colors, o.Progress = k, nil
	return s.session.Cluster(ctx, o)
}

// encode finds the size of the file that compress would write, and makes the preview.
func (j *job) encode(ctx context.Context) (err error) {
	if j.row.Bytes, err = encodedSize(ctx, j.image); err != nil {
		return err
	}
	var b bytes.Buffer
	err = imagefile.EncodePNG(ctx, &b, subsampled(j.image, previewStep(j.image.Rect.Size())))
	*j.preview = b.Bytes()
	return err
}

// encodedSize encodes an image for nothing but its length.
func encodedSize(ctx context.Context, m *image.Paletted) (int64, error) {
	var n counter
	err := imagefile.EncodePNG(ctx, &n, m)
	return int64(n), err
}

// A counter counts bytes.
type counter int64

func (n *counter) Write(p []byte) (int, error) {
	*n += counter(len(p))
	return len(p), nil
}

var _ io.Writer = (*counter)(nil)

// targets finds the least k of each target.
func (s *sweeper) targets(ctx context.Context) ([]Target, error) {
	var list []Target
	for i, want := range targetPSNRs {
		t, err := s.target(ctx, want)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
		s.progress(0.9 + 0.1*float64(i+1)/float64(len(targetPSNRs)))
	}
	return list, nil
}

// target halves the distance between the two ks of the sweep that are around the
// target. Errors fall with k but for a few per mille, so that the k found is the
// least, or beside it.
func (s *sweeper) target(ctx context.Context, want float64) (Target, error) {
	above := slices.IndexFunc(s.rows, func(r Row) bool { return reaches(r.MSE, want) })
	if above < 0 {
		return Target{Want: want, Reason: "not reached with 256 colors"}, nil
	}
	found := s.rows[above]
	least := 0
	if above > 0 {
		least = s.rows[above-1].K
	}
	var best *quantize.Quantized
	for found.K-least > 1 {
		k := (found.K + least) / 2
		q, err := s.cluster(ctx, k)
		if err != nil {
			return Target{}, err
		}
		if !reaches(q.MSE, want) {
			least = k
			continue
		}
		best = q
		found = Row{K: k, Colors: len(q.Palette), MSE: q.MSE}
	}
	if best != nil {
		m, err := s.session.Map(ctx, best)
		if err != nil {
			return Target{}, err
		}
		if found.Bytes, err = encodedSize(ctx, m); err != nil {
			return Target{}, err
		}
	}
	return Target{Want: want, K: &found.K, Colors: found.Colors, MSE: &found.MSE, PSNR: psnr(found.MSE), Bytes: &found.Bytes}, nil
}
