package quantize

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"runtime"
	"slices"

	"kompress/kmeans"
)

// A Session is an image whose colours have been counted: it can be quantized
// again and again, with other numbers of colours and in other spaces, at a cost
// that does not depend on the image's size. It is not safe for concurrent use.
type Session struct {
	engine Engine
	size   image.Point
	image  image.Image // nil for counts alone, and once closed
	pixels Pixels
	bands  BandPixels // nil until bands are mapped, if the image did not come by them
	mixed  mixed
	counts *Counts
	points []kmeans.Point

	weights []uint32 // of the colours, in a clustering

	// What the engine holds:
	cloud    *kmeans.Cloud // nil for something else
	space    Space
	reserved bool // the fully transparent colour is left out
	exact    bool // the points are the colours, not means of some
}

// A Quantized is the outcome of clustering: a palette and how well it does.
type Quantized struct {
	Palette   color.Palette // of color.NRGBA, no two alike, all used; but see Assign and Options.Locked
	Counts    []uint64      // pixels of each palette entry
	MSE       float64       // mean over the pixels of the squared distance in 8-bit sRGB; with alpha, that over black and over white, averaged
	Steps     int           // mini-batch steps
	Passes    int           // full passes
	Converged bool
	Lossless  bool // every pixel has its colour

	session *Session
	space   Space // that of the clustering; of no meaning if lossless
	table   *Table
}

// Table returns the palette index of every colour of the image.
func (q *Quantized) Table() *Table { return q.table }

// NewSession counts the colours of an image, which must not change until the
// session is closed. The engine is not closed with it; sessions may share one, but
// not at the same time. Nil means a CPU of its own.
func NewSession(ctx context.Context, e Engine, m image.Image) (*Session, error) {
	if m == nil {
		return nil, errNoImage
	}
	if e == nil {
		e = new(CPU)
	}
	pixels, err := e.Open(m)
	if err != nil {
		return nil, err
	}
	counts, err := pixels.Count(ctx)
	if err != nil {
		pixels.Close()
		return nil, err
	}
	return &Session{engine: e, size: sizeOf(m), image: m, pixels: pixels, counts: counts, weights: weightsOf(counts)}, nil
}

// Close releases what the engine holds for the image. It may be called twice;
// Map then answers kmeans.ErrClosed.
func (s *Session) Close() error {
	s.image, s.mixed = nil, mixed{}
	err := s.pixels.Close()
	if s.bands != nil {
		err = errors.Join(err, s.bands.Close())
	}
	return err
}

// Counts returns the counts of the image's colours.
func (s *Session) Counts() *Counts { return s.counts }

// Pixels returns what the engine holds for the image, which the session closes.
func (s *Session) Pixels() Pixels { return s.pixels }

// Cluster finds the palette.
func (s *Session) Cluster(ctx context.Context, o Options) (*Quantized, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	locked := o.locked()
	if entries, ok := s.few(o, locked); ok {
		return s.keepAll(ctx, o, entries, locked)
	}
	reserve := s.reserves(o.Colors, locked)
	if reserve {
		o.Colors--
	}
	if err := s.load(o.Space, reserve); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	clustering := o.clustering()
	clustering.Fixed = s.convert(nil, locked, o.Space)
	found, err := s.cloud.Cluster(ctx, clustering)
	if err != nil {
		return nil, err
	}
	entries, index, err := s.assign(ctx, o, locked, found.Centroids[len(locked):])
	if err != nil {
		return nil, err
	}
	q := &Quantized{Steps: found.Steps, Passes: found.Passes, Converged: found.Converged, space: o.Space}
	s.finish(q, entries, index, locked)
	return q, nil
}

// Map gives the image in the colours of a palette that Cluster or Assign found.
func (s *Session) Map(ctx context.Context, q *Quantized) (*image.Paletted, error) {
	if q == nil || q.session != s {
		return nil, errOtherSession
	}
	m := image.NewPaletted(image.Rectangle{Max: s.size}, q.Palette)
	if err := s.pixels.Map(ctx, m.Pix, q.table); err != nil {
		return nil, err
	}
	return m, nil
}

var errOtherSession = errors.New("quantize: got a palette that is not of this session's Cluster or Assign")

// mergeAbove is the number of distinct colours above which those in the same
// 2 × 2 × 2 cell are clustered as one, their mean. Photographs have fewer; for
// what has more this bounds memory, and changes the error by less than 0.01 %.
const mergeAbove = 4 << 20

// load loads the points of the colours, or of all but the transparent one.
func (s *Session) load(space Space, reserve bool) error {
	if s.cloud != nil && s.space == space && s.reserved == reserve {
		return nil
	}
	s.cloud, s.space, s.reserved = nil, space, reserve
	keys, weights := s.clustered(), s.weights
	s.exact = len(keys) <= mergeAbove
	// The engine may still hold what is overwritten now.
	if err := s.engine.Load(nil, nil); err != nil {
		return err
	}
	if s.exact {
		s.points, weights = s.convert(s.points, keys, space), weights[:len(keys)]
	} else {
		s.points, weights = s.merged(space)
	}
	cloud, err := kmeans.NewCloud(s.engine, s.points, weights)
	s.cloud = cloud
	return err
}

// reserves says whether full transparency gets an entry of its own: a
// background must stay invisible, however many faint shadows there are whose
// mean it could join at less error. For a few stray pixels it is not worth one.
// If it is locked, or others take all places, there is nothing to reserve.
func (s *Session) reserves(colors int, locked []Key) bool {
	const share = 2048
	last := len(s.counts.keys) - 1
	return colors >= 2 && colors > len(locked) && !slices.Contains(locked, transparent) && s.counts.keys[last] == transparent && uint64(s.counts.counts[last]) >= s.counts.pixels/share
}

// clustered returns the colours that are: all but the reserved one, which is the
// last.
func (s *Session) clustered() []Key {
	if s.reserved {
		return s.counts.keys[:len(s.counts.keys)-1]
	}
	return s.counts.keys
}

// convert returns the points of the colours.
func (s *Session) convert(dst []kmeans.Point, keys []Key, space Space) []kmeans.Point {
	if cap(dst) < len(keys) {
		dst = make([]kmeans.Point, len(keys))
	}
	dst = dst[:len(keys)]
	const piece = 1 << 14
	parallel((len(keys)+piece-1)/piece, runtime.GOMAXPROCS(0), func(i int) {
		for j := i * piece; j < min((i+1)*piece, len(keys)); j++ {
			dst[j] = space.point(keys[j])
		}
	})
	return dst
}

// merged returns the means of the colours that differ in the lowest bits only.
func (s *Session) merged(space Space) ([]kmeans.Point, []uint32) {
	const piece = 1 << 16
	keys := s.clustered()
	n := (len(keys) + piece - 1) / piece
	first := make([]int, n+1) // cell that begins at or after the start of each piece
	parallel(n, runtime.GOMAXPROCS(0), func(i int) {
		cells := 0 // not in the slice, which the threads share
		for j := i * piece; j < min((i+1)*piece, len(keys)); j++ {
			if beginsCell(keys, j) {
				cells++
			}
		}
		first[i+1] = cells
	})
	for i := range n {
		first[i+1] += first[i]
	}
	points, weights := make([]kmeans.Point, first[n]), make([]uint32, first[n])
	parallel(n, runtime.GOMAXPROCS(0), func(i int) {
		s.mergeCells(space, points[first[i]:first[i+1]], weights[first[i]:first[i+1]], i*piece)
	})
	return points, weights
}

// beginsCell says whether the colour is the first of its 2 × 2 × 2 cell.
func beginsCell(keys []Key, i int) bool { return i == 0 || keys[i]>>3 != keys[i-1]>>3 }

// mergeCells fills in as many cells as there are points, which begin at or after
// the given colour.
func (s *Session) mergeCells(space Space, points []kmeans.Point, weights []uint32, from int) {
	keys := s.clustered()
	for i := range points {
		for !beginsCell(keys, from) {
			from++
		}
		var sum kmeans.Sum
		for first := from; from == first || from < len(keys) && !beginsCell(keys, from); from++ {
			sum.Add(space.point(keys[from]), s.weights[from])
		}
		points[i], _ = sum.Mean()
		weights[i] = uint32(min(sum.Count, math.MaxUint32))
	}
}
