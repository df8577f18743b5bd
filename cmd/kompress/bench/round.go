package bench

import (
	"context"
	"fmt"
	"hash/maphash"
	"image"
	"image/color"
	"runtime"
	"time"

	"kompress/imagefile"
	"kompress/quantize"
)

// A bench is the work on one image.
type bench struct {
	engines []Engine
	options Options
	path    string
	image   *Image
	yard    *yard
	seen    map[int]fingerprint // the first result of each number of colours
	step    func()              // told of parts of a round that are done

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
	wall, device time.Duration
	timed        bool // by a device
}

// An outcome is what came out for a number of colours.
type outcome struct {
	k        int
	found    *quantize.Quantized
	distinct int
	bytes    int64
}

// round does all work once. What it finds is entered only when it is complete. The
// order of the engines, and that of the numbers of colours, is another one each time.
func (b *bench) round(ctx context.Context, round int) error {
	clear(b.cases) // else their palettes keep all that was counted
	b.samples, b.cases, b.file = b.samples[:0], b.cases[:0], imagefile.File{}
	runtime.GC() // of the last round's image, lest it is part of this one's times
	begin := time.Now()
	file, err := imagefile.Decode(ctx, b.path, imagefile.DecodeOptions{MaxPixels: b.options.MaxPixels})
	if err != nil {
		return err
	}
	b.took(0, Decode, "", file.Bytes, time.Since(begin))
	b.file = *file
	b.measureMachine()
	b.step()
	for i := range b.options.Colors {
		k := b.options.Colors[(round+i)%len(b.options.Colors)]
		for j := range b.engines {
			m, err := b.turn(ctx, &b.engines[(round+j)%len(b.engines)], k)
			if err != nil {
				return err
			}
			if j > 0 {
				continue
			}
			if err := b.encode(ctx, k, m); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

func (b *bench) took(k int, stage, engine string, bytes int64, wall time.Duration) {
	b.samples = append(b.samples, sample{k: k, stage: stage, engine: engine, bytes: bytes, wall: wall})
}

// turn makes an engine do its part: all of it in one go and, if it cannot be timed
// stage by stage in that, once more for the stages.
func (b *bench) turn(ctx context.Context, e *Engine, k int) (m *image.Paletted, err error) {
	defer b.step()
	if e.Staged != nil {
		runtime.GC()
		begin := time.Now()
		if m, err = b.quantize(ctx, e.Engine, k, nil); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Device.Engine, err)
		}
		b.took(k, EngineSum, e.Device.Engine, 0, time.Since(begin))
		b.check(e, k, m)
	}
	runtime.GC()
	w := &watch{bench: b, engine: e, k: k}
	staged := e.Staged
	if staged == nil {
		staged = e.Engine
	}
	if m, err = b.quantize(ctx, staged, k, w); err != nil {
		return nil, fmt.Errorf("%s: %w", e.Device.Engine, err)
	}
	b.check(e, k, m)
	if e.Staged == nil {
		b.took(k, EngineSum, e.Device.Engine, 0, w.total)
	}
	return m, nil
}

// quantize counts, clusters and maps as compress does: nothing is left from one
// number of colours for the next.
func (b *bench) quantize(ctx context.Context, e quantize.Engine, k int, w *watch) (*image.Paletted, error) {
	w.start()
	s, err := quantize.NewSession(ctx, e, b.file.Image)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	w.stop(Count, b.pixelBytes())
	o := b.options.Quantize
	o.Colors = k
	w.start()
	q, err := s.Cluster(ctx, o)
	if err != nil {
		return nil, err
	}
	w.stop(Cluster, 0)
	w.start()
	m, err := s.Map(ctx, q)
	if err != nil {
		return nil, err
	}
	w.stop(Map, b.pixelBytes())
	if n := len(b.cases); n == 0 || b.cases[n-1].k != k {
		b.cases = append(b.cases, outcome{k: k, found: q, distinct: s.Counts().Distinct()})
	}
	return m, nil
}

// encode writes the PNG to nowhere.
func (b *bench) encode(ctx context.Context, k int, m *image.Paletted) error {
	var length counter
	begin := time.Now()
	if err := imagefile.EncodePNG(ctx, &length, m); err != nil {
		return err
	}
	b.took(k, Encode, "", int64(len(m.Pix)), time.Since(begin))
	b.cases[len(b.cases)-1].bytes = int64(length)
	return nil
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// A fingerprint stands for a result.
type fingerprint struct{ palette, indices uint64 }

var seed = maphash.MakeSeed()

func fingerprintOf(m *image.Paletted) fingerprint {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, c := range m.Palette {
		maphash.WriteComparable(&h, c.(color.NRGBA))
	}
	return fingerprint{h.Sum64(), maphash.Bytes(seed, m.Pix)}
}

// check notes at once if a palette or indices are not those that were found first, by
// whatever engine, in this round or an earlier one.
func (b *bench) check(e *Engine, k int, m *image.Paletted) {
	got := fingerprintOf(m)
	want, seen := b.seen[k]
	switch c := b.image.caseOf(k); {
	case !seen:
		b.seen[k] = got
	case got.palette != want.palette:
		c.Differ = e.Device.Engine + " has another palette than was found first"
	case got.indices != want.indices:
		c.Differ = e.Device.Engine + " has other indices than were found first"
	}
}
