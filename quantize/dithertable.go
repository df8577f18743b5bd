package quantize

import (
	"context"
	"fmt"
	"image"
	"iter"
	"runtime"
	"slices"
	"sync"
)

// A Mix is the two palette entries that stand for a colour, and at how many of a
// mask's 256 levels the second one does.
type Mix uint32

// MakeMix returns the mix of which share/256 is the second entry.
func MakeMix(first, second, share uint8) Mix {
	return Mix(first) | Mix(second)<<8 | Mix(share)<<16
}

// At returns the entry where a mask has that level.
func (m Mix) At(level uint8) uint8 {
	if level < uint8(m>>16) {
		return uint8(m >> 8)
	}
	return uint8(m)
}

// MaskSide is the width and the height of a mask, a power of two.
const MaskSide = 64

// A Mask has levels, row by row, which are repeated over an image from its first pixel
// on.
type Mask [MaskSide * MaskSide]uint8

// row returns the levels for a row of the image, the first one being at its left.
func (m *Mask) row(y int) *[MaskSide]uint8 {
	return (*[MaskSide]uint8)(m[y%MaskSide*MaskSide:])
}

// A DitherTable has the mix of every colour of an image, and the mask that says where
// which of its entries is.
type DitherTable struct {
	keys  []Key
	mixes []Mix // of keys
	mask  *Mask

	once   sync.Once // for what follows, which only the CPU needs
	dense  []Mix     // by key, for opaque colours of images with many; may be nil
	sparse hash      // mix + 1 of all others
}

// NewDitherTable gives the i-th of the colours that c.All lists mixes[i], and keeps
// mixes and mask.
func NewDitherTable(c *Counts, mixes []Mix, mask *Mask) (*DitherTable, error) {
	if len(mixes) != len(c.keys) {
		return nil, fmt.Errorf("quantize: got %d mixes for %d colors, want as many", len(mixes), len(c.keys))
	}
	return &DitherTable{keys: c.keys, mixes: mixes, mask: mask}, nil
}

// Len returns the number of colours.
func (t *DitherTable) Len() int { return len(t.keys) }

// Mask returns the mask, which must not be changed.
func (t *DitherTable) Mask() *Mask { return t.mask }

// All returns the colours, in the order of their keys, and the mix of each. Engines
// that want a table of another form make it of this.
func (t *DitherTable) All() iter.Seq2[Key, Mix] {
	return func(yield func(Key, Mix) bool) {
		for i, k := range t.keys {
			if !yield(k, t.mixes[i]) {
				return
			}
		}
	}
}

// readyFor makes, once, what is needed to look so many pixels up.
func (t *DitherTable) readyFor(pixels uint64) {
	t.once.Do(func() { t.prepare(pixels) })
}

func (t *DitherTable) prepare(pixels uint64) {
	keys, mixes := t.keys, t.mixes
	if len(keys) >= manyColors || pixels > fewPixels {
		t.dense = make([]Mix, OpaqueKeys)
		n, _ := slices.BinarySearch(keys, OpaqueKeys)
		const piece = 1 << 16
		parallel((n+piece-1)/piece, runtime.GOMAXPROCS(0), func(i int) {
			for j := i * piece; j < min((i+1)*piece, n); j++ {
				t.dense[keys[j]] = mixes[j]
			}
		})
		keys, mixes = keys[n:], mixes[n:]
	}
	for i, k := range keys {
		t.sparse.add(k, uint32(mixes[i])+1)
	}
}

// mixPixels writes the palette index of every pixel to index, row by row, by a table
// that is ready and whose mask begins at origin: above the image, or at its corner.
func mixPixels(ctx context.Context, index []uint8, m image.Image, origin image.Point, t *DitherTable, workers int) error {
	b := m.Bounds()
	return forPieces(ctx, m, workers, func(_ int, r *rowReader, x, y, n int) {
		// Pieces begin at multiples of pieceWidth, and so of MaskSide.
		at := (y-b.Min.Y)*b.Dx() + x - b.Min.X
		t.mixRow(index[at:at+n], r.piece(x, y, n), r.premultiplied, t.mask.row(y-origin.Y))
	})
}

// mixRow is mapRow for mixes. The row begins where the mask does.
func (t *DitherTable) mixRow(index, row []uint8, premultiplied bool, levels *[MaskSide]uint8) {
	var last uint32
	var mix Mix
	seen := false
	for i := range index {
		p := row[4*i : 4*i+4 : 4*i+4]
		// Neighbours are often alike.
		v := uint32(p[0]) | uint32(p[1])<<8 | uint32(p[2])<<16 | uint32(p[3])<<24
		if v != last || !seen {
			mix = t.mixOf(p, premultiplied)
			last, seen = v, true
		}
		index[i] = mix.At(levels[i%MaskSide])
	}
}

func (t *DitherTable) mixOf(p []uint8, premultiplied bool) Mix {
	k := opaqueKey(p[0], p[1], p[2])
	if p[3] != 255 {
		k = translucentKey(p, premultiplied)
	}
	if t.dense != nil && k < OpaqueKeys {
		return t.dense[k]
	}
	return Mix(max(1, t.sparse.get(k)) - 1) // the first entry for what was not counted
}
