package quantize

import (
	"context"
	"math"
	"runtime"

	"kompress/kmeans"
)

// Rows depend on those above them. To share them out, bands of rows are diffused
// apart, each of them from some rows above it on: by its own first row the error is
// that of an image which goes on there. How bands are cut does not depend on the
// number of threads.
const (
	bandHeight = 256
	warmUpRows = 16
)

// levelUnit is what 8-bit sRGB's step of one is in either space, nearly.
const levelUnit = 1 << srgbShift

// stayPut is the squared error up to which a pixel has its entry and hands nothing on:
// what is not seen need not be spread.
const stayPut = levelUnit * levelUnit

// A diffusion is error diffusion over one image.
type diffusion struct {
	session  *Session
	space    Space
	table    *Table
	entries  []entryPoint
	solid    []entryPoint               // those that are opaque, or all
	limits   [kmeans.MaxCentroids]int32 // squared error that an entry's pixels take over
	strength int32                      // of 256
	width    int
	height   int
}

func (s *Session) newDiffusion(q *Quantized, strength float64) *diffusion {
	d := &diffusion{
		session: s, space: q.space, table: q.table, width: s.size.X, height: s.size.Y,
		strength: int32(math.Floor(float64(strength*256) + 0.5)),
	}
	for i, k := range q.keys() {
		d.entries = append(d.entries, entryPoint{at: wide(q.space.point(k)), index: uint8(i)})
	}
	own(d.entries)
	for _, e := range d.entries {
		if e.opaque() {
			d.solid = append(d.solid, e)
		}
	}
	if len(d.solid) == 0 {
		d.solid = d.entries
	}
	d.limit()
	q.table.readyFor(pixelsOf(s.size))
	return d
}

// diffuse writes the palette index of every pixel to out.
func (s *Session) diffuse(ctx context.Context, out []uint8, q *Quantized, strength float64) error {
	d := s.newDiffusion(q, strength)
	workers := runtime.GOMAXPROCS(0)
	diffusers := make([]*diffuser, min(d.bands(), workers))
	parallelWorkers(d.bands(), workers, func(worker, band int) {
		if ctx.Err() != nil {
			return
		}
		if diffusers[worker] == nil {
			diffusers[worker] = d.newDiffuser(newPointReader(s.image, d.space, d.table))
		}
		f := diffusers[worker]
		from, to := d.band(band)
		for y := f.begin(from); y < to && ctx.Err() == nil; y++ {
			if y < from {
				f.next(y, nil)
			} else {
				f.next(y, out[y*d.width:][:d.width])
			}
		}
	})
	return ctx.Err()
}

// bands returns how many bands there are.
func (d *diffusion) bands() int { return (d.height + bandHeight - 1) / bandHeight }

// band returns the rows of a band.
func (d *diffusion) band(i int) (from, to int) {
	return i * bandHeight, min((i+1)*bandHeight, d.height)
}

// warmUp returns the row to begin at for a band that has this first one.
func warmUp(from int) int { return max(0, from-warmUpRows) }

// limit sets the limits: 2.4 times what pixels of an entry are off by in the root mean
// square. More error than that comes from colours that no mixture of entries is, and
// would be seen as specks where other colours begin.
func (d *diffusion) limit() {
	var sums, pixels [kmeans.MaxCentroids]uint64
	for i, k := range d.table.keys {
		e, n := d.table.index[i], uint64(d.session.counts.counts[i])
		p := wide(d.space.point(k))
		sums[e] += n * uint64(d.entries[e].distance(&p))
		pixels[e] += n
	}
	for e := range d.entries {
		mean := sums[e] / max(1, pixels[e])
		d.limits[e] = int32(min(mean*576/100, math.MaxInt32))
	}
}

func wide(p kmeans.Point) [4]int32 {
	return [4]int32{int32(p[0]), int32(p[1]), int32(p[2]), int32(p[3])}
}

// A diffuser is one goroutine's part of a diffusion.
type diffuser struct {
	*diffusion
	reader             *pointReader
	anyCells           *entryCells // nil until something is translucent
	solidCells         *entryCells
	above, this, below *pointRow
	scratch            []uint8 // for the indices of rows that are another band's

	// What pixels take over, 16 times as much: those of this row that are still to come,
	// those of the next one where this row has been, with a pixel more at both ends.
	errors [][4]int32
	ahead  [4]int32 // what the next pixel takes over besides
	under  [4]int32 // what the one below it does
}

func (d *diffusion) newDiffuser(r *pointReader) *diffuser {
	return &diffuser{
		diffusion: d, reader: r,
		solidCells: newEntryCells(d.solid, 1),
		above:      newPointRow(d.width), this: newPointRow(d.width), below: newPointRow(d.width),
		errors:  make([][4]int32, d.width+2),
		scratch: make([]uint8, d.width),
	}
}

// begin readies for the rows of a band, from a warm-up on, and returns the first.
func (f *diffuser) begin(from int) (first int) {
	clear(f.errors)
	first = warmUp(from)
	f.reader.read(f.this, max(0, first-1))
	f.reader.read(f.below, first)
	return first
}

// next diffuses the next row, y, on every second one from right to left. It reads the
// row below. Without out the indices are dropped.
func (f *diffuser) next(y int, out []uint8) {
	f.above, f.this, f.below = f.this, f.below, f.above
	f.reader.read(f.below, min(y+1, f.height-1))
	if out == nil {
		out = f.scratch
	}
	f.ahead, f.under = [4]int32{}, [4]int32{}
	x, step := 0, 1
	if y%2 == 1 {
		x, step = f.width-1, -1
	}
	for range f.width {
		out[x] = f.pixel(x, step)
		x += step
	}
}

// pixel returns a pixel's entry and hands its error on.
func (f *diffuser) pixel(x, step int) uint8 {
	e := &f.entries[f.this.index[x]]
	at, alpha := wide(f.this.at[x]), f.this.alpha[x]
	off := e.distance(&at)
	own := &f.errors[x+1]
	if alpha == 0 || off <= stayPut && (alpha < 255 || e.opaque()) {
		*own = f.under
		f.ahead, f.under = [4]int32{}, [4]int32{}
		return e.index
	}
	for i, v := range f.ahead {
		own[i] += v
	}
	v := f.wanted(&at, own, f.level(x), f.limitOf(e.index, off))
	if alpha == 255 {
		v[3] = 0
	}
	if e.distance(&v) > e.owned || alpha == 255 && !e.opaque() {
		e = f.cells(alpha).nearest(&v)
	}
	behind := &f.errors[x+1-step]
	for i := range v {
		d := v[i] - e.at[i]
		f.ahead[i] = 7 * d
		behind[i] += 3 * d
		own[i] = f.under[i] + 5*d
		f.under[i] = d
	}
	return e.index
}

// cells are those of the entries that a pixel of that alpha may have.
func (f *diffuser) cells(alpha uint8) *entryCells {
	if alpha == 255 {
		return f.solidCells
	}
	if f.anyCells == nil {
		f.anyCells = newEntryCells(f.entries, 8)
	}
	return f.anyCells
}

// limitOf returns the squared error that a pixel takes over whose entry is off by that
// square: the entry's limit, but not more than 1.5 times what the pixel is off by
// itself. Another entry is then used for at least a fifth of such pixels, or for none:
// it makes no specks.
func (f *diffuser) limitOf(entry uint8, off int32) int32 {
	return int32(min(int64(f.limits[entry]), int64(off)*9/4))
}

// wanted returns the pixel with a part of the error, level/256 of it or less where it
// is above the limit.
func (f *diffuser) wanted(p, errors *[4]int32, level, limit int32) (v [4]int32) {
	var square int64
	for i, e := range errors {
		v[i] = (e + 8) >> 4
		square += int64(v[i]) * int64(v[i])
	}
	if square > int64(limit) {
		level = int32(float64(level) * math.Sqrt(float64(limit)/float64(square)))
	}
	for i, e := range v {
		v[i] = min(max(0, p[i]+e*level/256), 1<<kmeans.CoordinateBits-1)
	}
	return v
}
