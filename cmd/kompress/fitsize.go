package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"maps"
	"math"
	"slices"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"
	"kompress/quantize"
)

// A fitting looks for the palette of the most colours whose file is small enough. A
// large image takes long to encode: which number to try is guessed from a part of it,
// of which the whole is taken for a multiple.
type fitting struct {
	limit       int64
	least, most int // colours
	cluster     func(ctx context.Context, k int) (*quantize.Quantized, error)
	encode      func(ctx context.Context, q *quantize.Quantized) (*fileOfSize, error)
	sample      func(ctx context.Context, q *quantize.Quantized) (int64, error) // nil: the whole is quick enough
	ratio       float64                                                         // of the whole to the part, at first by their pixels

	low, high int // colours that are known to fit, or 0, and not to, or most + 1
	best      *fileOfSize
	sizes     map[int]float64 // of the part
	checked   bool            // the ratio is that of a file
}

// A fileOfSize is a file in memory.
type fileOfSize struct {
	palette *quantize.Quantized
	colors  int
	length  int64
	data    []byte // nil if it is longer than the limit
}

const (
	// closeEnough is how much of the limit a file has to have for the search by parts to end.
	closeEnough = 0.985
	// nearEnough is how little room a guess by parts has to leave, and nearFirst the first
	// one, for what a part is of the whole is not quite known then.
	nearEnough = 0.005
	nearFirst  = 0.03
)

func (f *fitting) find(ctx context.Context) (*fileOfSize, error) {
	f.low, f.high, f.sizes = 0, f.most+1, map[int]float64{}
	for {
		k, err := f.guess(ctx)
		if err != nil {
			return nil, err
		}
		if k == f.low {
			return f.best, nil
		}
		file, err := f.file(ctx, k)
		if err != nil {
			return nil, err
		}
		switch {
		case file.data != nil:
			f.low = k
			if f.sample == nil || f.high-k == 1 || float64(file.length) >= closeEnough*float64(f.limit) {
				return file, nil
			}
		case k == f.least:
			return nil, fmt.Errorf("--max-bytes: with %s the file has %s, want at most %s", words.Count(file.colors, "color"), words.Bytes(file.length), words.Bytes(f.limit))
		default:
			f.high = k
		}
		if f.sample != nil {
			f.ratio, f.checked = float64(file.length)/f.sizes[k], true
		}
	}
}

// guess returns for how many colours the part says that they are the most that fit, or
// the least there can be.
func (f *fitting) guess(ctx context.Context) (int, error) {
	room, err := f.room(ctx, min(f.high, f.most))
	if err != nil || f.high > f.most && room > 0 {
		return f.most, err
	}
	b, err := f.bracket(ctx)
	if err != nil {
		return 0, err
	}
	for k, ok := b.Next(); ok; k, ok = b.Next() {
		room := math.SmallestNonzeroFloat64
		if k >= f.least {
			if room, err = f.room(ctx, k); err != nil {
				return 0, err
			}
			if f.isNear(room) {
				return k, nil
			}
		}
		b.Narrow(k, room)
	}
	return max(b.Low, f.least), nil
}

// bracket begins with what is known already.
func (f *fitting) bracket(ctx context.Context) (*quantize.Bracket, error) {
	low, high := f.low, min(f.high, f.most)
	for _, k := range slices.Sorted(maps.Keys(f.sizes)) {
		if k <= low || k >= high {
			continue
		}
		room, err := f.room(ctx, k)
		if err != nil {
			return nil, err
		}
		if room > 0 {
			low = k
		} else {
			high = k
		}
	}
	atLow := math.Inf(1)
	var err error
	if low > 0 {
		if atLow, err = f.room(ctx, low); err != nil {
			return nil, err
		}
	}
	atHigh, err := f.room(ctx, high)
	// What files have shown goes before what the part says.
	const next = math.SmallestNonzeroFloat64
	return quantize.NewBracket(low, max(atLow, next), high, min(atHigh, -next)), err
}

// isNear says whether a guess is as good as the part is for.
func (f *fitting) isNear(room float64) bool {
	switch {
	case f.sample == nil:
		return false
	case !f.checked:
		return math.Abs(room) < nearFirst
	}
	return room > 0 && room < nearEnough
}

// room is above 0 if the file, as far as the part says, fits: the logarithm of how many
// times it does.
func (f *fitting) room(ctx context.Context, k int) (float64, error) {
	size, err := f.size(ctx, k)
	if err != nil {
		return 0, err
	}
	if f.sample != nil {
		size *= f.ratio
	}
	if room := math.Log(float64(f.limit) / size); size > float64(f.limit) || room > 0 {
		return room, nil
	}
	return math.SmallestNonzeroFloat64, nil // it fits to the byte
}

// size returns that of the part, or of the whole if there is no part.
func (f *fitting) size(ctx context.Context, k int) (float64, error) {
	if size, known := f.sizes[k]; known {
		return size, nil
	}
	if f.sample == nil {
		file, err := f.file(ctx, k)
		if err != nil {
			return 0, err
		}
		f.sizes[k] = float64(file.length)
		return f.sizes[k], nil
	}
	q, err := f.cluster(ctx, k)
	if err != nil {
		return 0, err
	}
	n, err := f.sample(ctx, q)
	f.sizes[k] = float64(n)
	return f.sizes[k], err
}

// file encodes the whole, and keeps it if it is the best one yet.
func (f *fitting) file(ctx context.Context, k int) (*fileOfSize, error) {
	if f.best != nil && f.best.colors == k {
		return f.best, nil
	}
	q, err := f.cluster(ctx, k)
	if err != nil {
		return nil, err
	}
	file, err := f.encode(ctx, q)
	if err != nil {
		return nil, err
	}
	file.palette, file.colors = q, k
	if file.data != nil && (f.best == nil || f.best.colors < k) {
		f.best = file
	}
	return file, nil
}

// A bounded keeps what is written to it until that is too much, and counts it all.
type bounded struct {
	bytes.Buffer
	left   int64
	length int64
}

func (b *bounded) Write(p []byte) (int, error) {
	b.length += int64(len(p))
	if b.left -= int64(len(p)); b.left < 0 {
		b.Buffer = bytes.Buffer{}
		return len(p), nil
	}
	return b.Buffer.Write(p)
}

func (b *bounded) file() *fileOfSize {
	f := &fileOfSize{length: b.length}
	if b.left >= 0 {
		f.data = b.Bytes()
	}
	return f
}

// A part is some of an image, in the palettes of the whole.
type part struct {
	session *quantize.Session
	ratio   float64 // of the pixels of the whole to its own
	encode  imagefile.EncodeOptions
}

const (
	// partFrom is from how many pixels on a part is measured first.
	partFrom = 3 << 20
	// partShare is the share of the rows that is in it, in so many pieces.
	partShare  = 8
	partPieces = 16
)

// newPart returns a part of an image that is large enough for that, else nil.
func newPart(ctx context.Context, m image.Image, threads int) (*part, error) {
	b := m.Bounds()
	if b.Dx()*b.Dy() < partFrom || b.Dy() < partShare*partPieces {
		return nil, nil
	}
	cpu := new(quantize.CPU)
	cpu.Workers = threads
	rows := rowsOf(m)
	s, err := quantize.NewSession(ctx, cpu, rows)
	if err != nil {
		return nil, err
	}
	return &part{session: s, ratio: float64(b.Dy()) / float64(rows.Rect.Dy())}, nil
}

// rowsOf returns bands of rows from all over an image.
func rowsOf(m image.Image) *image.NRGBA {
	b := m.Bounds()
	rows := b.Dy() / partShare / partPieces
	dst := image.NewNRGBA(image.Rect(0, 0, b.Dx(), rows*partPieces))
	for i := range partPieces {
		from := b.Min.Y + (b.Dy()-rows)*i/(partPieces-1)
		draw.Draw(dst, image.Rect(0, i*rows, b.Dx(), (i+1)*rows), m, image.Pt(b.Min.X, from), draw.Src)
	}
	return dst
}

// size returns how long the file of the part is.
func (p *part) size(ctx context.Context, q *quantize.Quantized, space quantize.Space, d quantize.DitherOptions) (int64, error) {
	assigned, err := p.session.Assign(ctx, q.Palette, quantize.Options{Space: space, KeepUnused: true})
	if err != nil {
		return 0, err
	}
	m, err := p.session.Dither(ctx, assigned, d)
	if err != nil {
		return 0, err
	}
	w := new(bounded)
	err = imagefile.Encode(ctx, w, m, p.encode)
	return w.length, err
}
