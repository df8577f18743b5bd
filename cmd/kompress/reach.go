package main

import (
	"context"
	"errors"
	"fmt"
	"math"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/quantize"
)

// errLowQuality says that an image does not reach the bottom of --quality.
var errLowQuality = errors.New("quality too low")

// reach finds the palette that the targets ask for: the fewest colours that are good
// enough, of these as many as fit. If the file had to be made for that, it returns it.
func (j *compression) reach(ctx context.Context, c *counted, s *summary, o quantize.Options) (q *quantize.Quantized, file []byte, err error) {
	t := &j.targets
	if t.quality != nil || t.psnr > 0 {
		if q, err = t.fewest(ctx, c.session, o); err != nil {
			return nil, nil, err
		}
	}
	if t.maxBytes > 0 {
		found, err := j.fit(ctx, c, o, q)
		if err != nil {
			return nil, nil, err
		}
		q, file = found.palette, found.data
	}
	if psnr := quantize.PSNR(q.MSE); psnr < t.psnr {
		s.Notes = append(s.Notes, fmt.Sprintf("PSNR %.2f dB with %s, which is less than the %v dB of --target-psnr", psnr, words.Count(len(q.Palette), "color"), t.psnr))
	}
	if t.quality == nil {
		return q, file, nil
	}
	quality := q.Quality()
	s.Quality = &quality
	if quality < t.quality.bottom {
		s.clustered(c.session.Counts(), q)
		return nil, nil, errLowQuality
	}
	return q, file, nil
}

// fewest finds the fewest colours that reach the quality and the PSNR, or the palette of
// all that are allowed.
func (t *targets) fewest(ctx context.Context, s *quantize.Session, o quantize.Options) (*quantize.Quantized, error) {
	q, _, err := s.FewestWithin(ctx, o, 1, func(q *quantize.Quantized) (float64, error) { return t.excess(q), nil })
	return q, err
}

// excess returns an error as a share of the greatest that is allowed.
func (t *targets) excess(q *quantize.Quantized) (share float64) {
	if t.psnr > 0 {
		share = q.MSE / (3 * 255 * 255 / math.Pow(10, t.psnr/10))
	}
	if t.quality == nil {
		return share
	}
	if e := q.QualityError(); e > 0 { // for quality 100 allows none
		share = max(share, e/quantize.QualityLimit(t.quality.top))
	}
	return share
}

// fit finds the palette of the most colours with which the file fits: at most those of
// the given one or, if that is nil, those of the options.
func (j *compression) fit(ctx context.Context, c *counted, o quantize.Options, given *quantize.Quantized) (*fileOfSize, error) {
	f := &fitting{limit: j.targets.maxBytes, least: max(1, len(o.Locked)), most: min(o.Colors, c.session.Counts().Distinct()+len(o.Locked))}
	if given != nil {
		f.most = len(given.Palette)
	}
	f.cluster = clusterer(c.session, o, given)
	compression := j.encoding.Compression
	if compression == imagefile.BestCompression {
		compression = imagefile.DefaultCompression // what fits so fits then, too
	}
	f.encode = func(ctx context.Context, q *quantize.Quantized) (*fileOfSize, error) {
		return j.encodeSize(ctx, c, q, compression)
	}
	part, err := newPart(ctx, c.in.Image(), c.threads)
	if err != nil {
		return nil, err
	}
	if part != nil {
		defer part.session.Close()
		part.encode = j.encoding
		part.encode.Compression = compression
		f.ratio = part.ratio
		f.sample = func(ctx context.Context, q *quantize.Quantized) (int64, error) {
			return part.size(ctx, q, o.Space, j.ditherFor(q, new(summary)))
		}
	}
	found, err := f.find(ctx)
	if err != nil || compression == j.encoding.Compression {
		return found, err
	}
	return j.encodeBest(ctx, c, found)
}

// clusterer returns what finds palettes of so many colours, among them a given one.
func clusterer(s *quantize.Session, o quantize.Options, given *quantize.Quantized) func(context.Context, int) (*quantize.Quantized, error) {
	progress, done := o.Progress, 0.0
	o.Progress = nil
	return func(ctx context.Context, k int) (*quantize.Quantized, error) {
		done += (1 - done) / 4 // how many trials there will be is not known
		progress(done)
		if given != nil && k == len(given.Palette) {
			return given, nil
		}
		o.Colors = k
		return s.Cluster(ctx, o)
	}
}

// encodeBest makes a file that fits smaller.
func (j *compression) encodeBest(ctx context.Context, c *counted, found *fileOfSize) (*fileOfSize, error) {
	best, err := j.encodeSize(ctx, c, found.palette, j.encoding.Compression)
	if err == nil && best.data != nil && best.length < found.length {
		found.data, found.length = best.data, best.length
	}
	return found, err
}

// encodeSize makes the file in memory.
func (j *compression) encodeSize(ctx context.Context, c *counted, q *quantize.Quantized, compression imagefile.Compression) (*fileOfSize, error) {
	m, err := c.session.Dither(ctx, q, j.ditherFor(q, new(summary)))
	if err != nil {
		return nil, err
	}
	w := &bounded{left: j.targets.maxBytes}
	if err := j.encode(ctx, w, m, c.in, compression); err != nil {
		return nil, err
	}
	return w.file(), nil
}
