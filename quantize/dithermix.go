package quantize

import (
	"math"
	"runtime"
	"slices"

	"kompress/kmeans"
)

// mixPenalty is what the distance of two entries counts against mixing them: a mix of
// t and 1-t of entries at a distance of d looks as wrong as a colour that is off by
// mixPenalty·t·(1-t)·d². Above 0 it is, so that near an entry nothing is mixed, where
// single pixels of another one would be specks. At 1 nothing would ever be mixed.
const mixPenalty = 0.3

// A mixer finds the mixes of colours.
type mixer struct {
	space    Space
	points   []kmeans.Point // of the entries
	solid    []bool         // entries that are opaque
	others   [][]partner    // for each entry, all others, the nearest first
	strength float64
}

// A partner is an entry that another one may be mixed with.
type partner struct {
	entry  uint8
	step   [4]int32 // to it
	square int32    // the squared distance
}

func newMixer(q *Quantized, strength float64) *mixer {
	m := &mixer{space: q.space, strength: strength}
	for _, k := range q.keys() {
		m.points = append(m.points, q.space.point(k))
		m.solid = append(m.solid, k < OpaqueKeys)
	}
	m.others = make([][]partner, len(m.points))
	for a := range m.points {
		for b := range m.points {
			// What is opaque stays so.
			if b == a || m.solid[a] && !m.solid[b] {
				continue
			}
			p := partner{entry: uint8(b), step: difference(m.points[b], m.points[a])}
			p.square = dot(&p.step, &p.step)
			if p.square > 0 {
				m.others[a] = append(m.others[a], p)
			}
		}
		slices.SortStableFunc(m.others[a], func(x, y partner) int { return int(x.square) - int(y.square) })
	}
	return m
}

// all returns the mixes of the table's colours.
func (m *mixer) all(t *Table) []Mix {
	mixes := make([]Mix, len(t.keys))
	const piece = 1 << 12
	parallel((len(mixes)+piece-1)/piece, runtime.GOMAXPROCS(0), func(i int) {
		for j := i * piece; j < min((i+1)*piece, len(mixes)); j++ {
			mixes[j] = m.mix(t.keys[j], t.index[j])
		}
	})
	return mixes
}

// mix returns the mix that is nearest the colour, the penalty included, of which one
// entry is the nearest one.
//
// For a colour at c from entry a, with the partner at b from it, a share t of the
// partner is wrong by |c-t·b|² + p·t(1-t)·|b|². That has its minimum at
// t = (2c·b - p|b|²) / (2(1-p)|b|²), and is better than t = 0 by
// (2c·b - p|b|²)² / (4(1-p)|b|²).
func (m *mixer) mix(k Key, nearest uint8) Mix {
	if k == transparent || k < OpaqueKeys && !m.solid[nearest] {
		return MakeMix(nearest, nearest, 0)
	}
	c := difference(m.space.point(k), m.points[nearest])
	if dot(&c, &c) <= stayPut {
		return MakeMix(nearest, nearest, 0)
	}
	square := float64(dot(&c, &c))
	best, most, share := nearest, 0.0, 0.0
	for i := range m.others[nearest] {
		o := &m.others[nearest][i]
		long := float64(o.square)
		penalty := float64(mixPenalty * long)
		if float64(mixPenalty*penalty) > 4*square {
			break // c·b ≤ |c||b| leaves no gain, here and farther off
		}
		gain := float64(2*dot(&c, &o.step)) - penalty
		if gain <= 0 {
			continue
		}
		if g := float64(gain*gain) / long; g > most {
			best, most, share = o.entry, g, gain/float64(2*(1-mixPenalty)*long)
		}
	}
	return m.ordered(nearest, best, min(share, 0.5))
}

// ordered has the smaller entry first, the darker one, so that where a gradient passes
// from one entry's side to the other's the pattern goes on.
func (m *mixer) ordered(nearest, other uint8, share float64) Mix {
	n := uint8(math.Floor(float64(share*m.strength*256) + 0.5))
	switch {
	case n == 0:
		return MakeMix(nearest, nearest, 0)
	case nearest < other:
		return MakeMix(nearest, other, n)
	}
	return MakeMix(other, nearest, -n)
}

func difference(a, b kmeans.Point) (d [4]int32) {
	for i := range d {
		d[i] = int32(a[i]) - int32(b[i])
	}
	return d
}

// dot returns the scalar product of two differences, which fits: their squares do.
func dot(a, b *[4]int32) int32 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] + a[3]*b[3] }
