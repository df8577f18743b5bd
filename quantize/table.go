package quantize

import (
	"context"
	"fmt"
	"image"
	"iter"
	"math"
	"runtime"
	"slices"
	"sync"
)

// A Table has the palette index of every colour of an image.
type Table struct {
	keys  []Key
	index []uint8 // of keys

	once   sync.Once // for what follows, which only an image mapped by the CPU needs
	dense  []uint8   // by key, for opaque colours of images with many; may be nil
	sparse hash      // index + 1 of all others
}

// manyColors is from where a table of 2²⁴ bytes is faster than a hash, even for
// few pixels.
const manyColors = 1 << 15

// NewTable maps the i-th of the colours that c.All lists to index[i], and keeps
// index.
func NewTable(c *Counts, index []uint8) (*Table, error) {
	if len(index) != len(c.keys) {
		return nil, fmt.Errorf("quantize: got %d indices for %d colors, want as many", len(index), len(c.keys))
	}
	return &Table{keys: c.keys, index: index}, nil
}

// readyFor makes, once, what is needed to look so many pixels up.
func (t *Table) readyFor(pixels uint64) {
	t.once.Do(func() { t.prepare(pixels) })
}

func (t *Table) prepare(pixels uint64) {
	keys, index := t.keys, t.index
	if len(keys) >= manyColors || pixels > fewPixels {
		t.dense = make([]uint8, OpaqueKeys)
		inHugePages(t.dense)
		n := fillDense(t.dense, keys, index)
		keys, index = keys[n:], index[n:]
	}
	for i, k := range keys {
		t.sparse.add(k, uint32(index[i])+1)
	}
}

// All returns the colours, in the order of their keys, and the index of each.
// Engines that want a table of another form make it of this.
func (t *Table) All() iter.Seq2[Key, uint8] {
	return func(yield func(Key, uint8) bool) {
		for i, k := range t.keys {
			if !yield(k, t.index[i]) {
				return
			}
		}
	}
}

// fillDense enters the opaque keys and returns how many they are.
func fillDense(dense []uint8, keys []Key, index []uint8) int {
	n, _ := slices.BinarySearch(keys, OpaqueKeys)
	const piece = 1 << 16
	parallel((n+piece-1)/piece, runtime.GOMAXPROCS(0), func(i int) {
		for j := i * piece; j < min((i+1)*piece, n); j++ {
			dense[keys[j]] = index[j]
		}
	})
	return n
}

// mapPixels writes the palette index of every pixel to index, row by row, by a table
// that is ready.
func mapPixels(ctx context.Context, index []uint8, m image.Image, t *Table, workers int) error {
	b := m.Bounds()
	return forPieces(ctx, m, workers, func(_ int, r *rowReader, x, y, n int) {
		at := (y-b.Min.Y)*b.Dx() + x - b.Min.X
		t.mapRow(index[at:at+n], r.piece(x, y, n), r.premultiplied)
	})
}

// Lookup writes the index of each pixel's colour to index. Pixels are 4 bytes
// each, as a PixelReader reads them, and colours are the table's. Several
// goroutines may look up at a time.
func (t *Table) Lookup(index, pixels []uint8, premultiplied bool) {
	t.readyFor(math.MaxUint64)
	t.mapRow(index, pixels[:4*len(index)], premultiplied)
}

func (t *Table) mapRow(index, row []uint8, premultiplied bool) {
	if t.dense == nil {
		t.mapSparse(index, row, premultiplied)
		return
	}
	dense := t.dense[:OpaqueKeys]
	row = row[:4*len(index)]
	for i := range index {
		p := row[4*i : 4*i+4 : 4*i+4]
		if p[3] == 255 {
			index[i] = dense[opaqueKey(p[0], p[1], p[2])&(OpaqueKeys-1)]
		} else {
			index[i] = t.entry(translucentKey(p, premultiplied))
		}
	}
}

func (t *Table) mapSparse(index, row []uint8, premultiplied bool) {
	var last uint32
	var found uint8
	seen := false
	for i := range index {
		p := row[4*i : 4*i+4 : 4*i+4]
		// Neighbours are often alike.
		v := uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16 | uint32(p[3])<<24
		if v != last || !seen {
			k := opaqueKey(p[0], p[1], p[2])
			if p[3] != 255 {
				k = translucentKey(p, premultiplied)
			}
			found = t.entry(k)
			last, seen = v, true
		}
		index[i] = found
	}
}

// entry looks a colour up that is not in the dense table. One that was not counted, as
// in a file that has changed since, has the first entry: any that is there.
func (t *Table) entry(k Key) uint8 { return uint8(max(1, t.sparse.get(k)) - 1) }
