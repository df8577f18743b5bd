package quantize

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math/bits"
	"sync/atomic"

	"kompress/kmeans"
)

// Importance says which pixels matter more than others.
type Importance struct {
	// Mask, if not nil, has the size of the image: white pixels matter 1+15·Strength
	// times as much as black ones; greys, and colours by their luma, are in between and
	// what is transparent is as black. Nil means by how rare the hue is, so that a thin
	// red line or a small logo on a large grey picture is not given up for more greys.
	Mask image.Image

	Strength float64 // more than 0, MaxStrength at most; 0 means 1
}

// MaxStrength is the largest Importance.Strength.
const MaxStrength = 16

// Weigh makes Cluster take pixels for as many as they matter. Errors and counts are
// those of the pixels as before, so that the error rises: by 0.5 % on average for the
// Kodak pictures and rare hues at strength 1, up to 5 % for one of them. Nil takes it
// back. The result depends neither on the engine nor on the number of threads.
func (s *Session) Weigh(ctx context.Context, o *Importance) error {
	if o == nil {
		s.setWeights(weightsOf(s.counts))
		return nil
	}
	strength := o.Strength
	if strength == 0 {
		strength = 1
	}
	if !(strength > 0 && strength <= MaxStrength) {
		return fmt.Errorf("quantize: got an importance of strength %v, want more than 0 to %d", strength, MaxStrength)
	}
	if o.Mask == nil {
		s.setWeights(s.rarityWeights(strength))
		return ctx.Err()
	}
	weights, err := s.maskWeights(ctx, o.Mask, strength)
	if err == nil {
		s.setWeights(weights)
	}
	return err
}

func (s *Session) setWeights(weights []uint32) { s.weights, s.cloud = weights, nil }

// weightBits is the fraction of weights before they are made to fit.
const weightBits = 6

// fitWeights divides all by the power of two that makes them fit an engine. None is 0.
func fitWeights(sums []uint64) []uint32 {
	var total, largest uint64
	for _, n := range sums {
		total += n
		largest = max(largest, n)
	}
	shift := max(0, bits.Len64(largest)-32)
	for total>>shift+uint64(len(sums)) > kmeans.MaxWeight {
		shift++
	}
	weights := make([]uint32, len(sums))
	for i, n := range sums {
		weights[i] = uint32(max(1, n>>shift))
	}
	return weights
}

var errMaskWithoutPixels = errors.New("quantize: a mask needs the pixels of the whole image, which this session does not hold")

// maskWeights sums up for each colour what the mask has where its pixels are.
func (s *Session) maskWeights(ctx context.Context, mask image.Image, strength float64) ([]uint32, error) {
	if s.image == nil {
		return nil, errMaskWithoutPixels
	}
	if got := sizeOf(mask); got != s.size {
		return nil, fmt.Errorf("quantize: got a mask of %d × %d pixels, want %d × %d as the image has", got.X, got.Y, s.size.X, s.size.Y)
	}
	var levels [256]uint64
	for v := range levels {
		levels[v] = uint64(float64((1+float64(strength*15*float64(v))/255)*(1<<weightBits)) + 0.5)
	}
	sums := make([]uint64, len(s.counts.keys))
	places := newPlaces(s.counts.keys)
	masks := make([]*rowReader, new(CPU).workers())
	from, to := mask.Bounds().Min, s.image.Bounds().Min
	err := forPieces(ctx, s.image, len(masks), func(worker int, r *rowReader, x, y, n int) {
		if masks[worker] == nil {
			masks[worker] = newRowReader(mask)
		}
		m := masks[worker]
		row, over := r.piece(x, y, n), m.piece(x-to.X+from.X, y-to.Y+from.Y, n)
		for i := range n {
			k := keyAt(row[4*i:4*i+4], r.premultiplied)
			// Additions commute: the order of the threads does not matter.
			atomic.AddUint64(&sums[places.of(k)], levels[maskLevel(over[4*i:4*i+4], m.premultiplied)])
		}
	})
	if err != nil {
		return nil, err
	}
	return fitWeights(sums), nil
}

// keyAt returns the key of a pixel that was read.
func keyAt(p []uint8, premultiplied bool) Key {
	if p[3] == 255 {
		return opaqueKey(p[0], p[1], p[2])
	}
	return translucentKey(p, premultiplied)
}

// maskLevel returns the luma of a pixel over black, 0 to 255.
func maskLevel(p []uint8, premultiplied bool) int {
	v := (299*int(p[0]) + 587*int(p[1]) + 114*int(p[2]) + 500) / 1000
	if premultiplied {
		return v
	}
	return (v*int(p[3]) + 127) / 255
}

// places find the place of a colour in a rising list.
type places struct {
	dense  []uint32 // of opaque colours, if there are many
	sparse hash     // place + 1 of all others
}

func newPlaces(keys []Key) *places {
	p := new(places)
	if len(keys) >= manyColors {
		p.dense = make([]uint32, OpaqueKeys)
	}
	for i, k := range keys {
		if p.dense != nil && k < OpaqueKeys {
			p.dense[k] = uint32(i)
		} else {
			p.sparse.add(k, uint32(i)+1)
		}
	}
	return p
}

func (p *places) of(k Key) uint32 {
	if p.dense != nil && k < OpaqueKeys {
		return p.dense[k]
	}
	return p.sparse.get(k) - 1
}
