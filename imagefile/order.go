package imagefile

import (
	"image"
	"iter"
	"slices"

	"kompress/imagefile/squeeze"
)

// A palette's order does not matter to deflate, but to filters: what they leave is
// small, and alike, where neighbors have neighboring numbers.

// neighbors[a][b] counts how often colors a and b are beside or above each other.
// It is symmetric, and its diagonal is of no use.
type neighbors [maxPaletteLen][maxPaletteLen]uint32

// countNeighbors looks at neighborRows and those above them.
func countNeighbors(m *Banded, limit int) (*neighbors, error) {
	n := new(neighbors)
	for y := range neighborRows(m.Size, limit) {
		row, err := m.sample(y)
		if err != nil {
			return nil, err
		}
		row = row[:min(len(row), limit)]
		for x := 1; x < len(row); x++ {
			n[row[x-1]][row[x]]++
		}
		if y == 0 {
			continue
		}
		above, err := m.sample(y - 1)
		if err != nil {
			return nil, err
		}
		for x, v := range row {
			n[above[x]][v]++
		}
	}
	for a := range n {
		for b := range a {
			n[a][b] += n[b][a]
			n[b][a] = n[a][b]
		}
	}
	return n, nil
}

// neighborRows gives rows that have at most about limit pixels in all, or at least one.
func neighborRows(size image.Point, limit int) iter.Seq[int] {
	return func(yield func(int) bool) {
		step := int(ceilDiv(mul(int64(size.X), int64(size.Y)), int64(limit)))
		for y := 0; y < size.Y; y += step {
			if !yield(y) {
				return
			}
		}
	}
}

// chain returns the colors below k in an order in which those that meet often follow
// each other: it joins chains by their ends, the pairs that meet most first (Battiato
// et al. 2004, An efficient re-indexing algorithm for color-mapped images).
func (n *neighbors) chain(k int) []uint8 {
	pairs := make([]uint64, 0, k*(k-1)/2) // keys that rise while meetings fall
	for a := range k {
		for b := range a {
			pairs = append(pairs, uint64(^n[a][b])<<16|uint64(a)<<8|uint64(b))
		}
	}
	slices.Sort(pairs)
	chains := make([]*[]uint8, k) // of each color; an inner one's is not looked at
	inner := make([]bool, k)
	for i := range chains {
		chains[i] = &[]uint8{uint8(i)}
	}
	for _, p := range pairs {
		a, b := uint8(p>>8), uint8(p)
		if inner[a] || inner[b] || chains[a] == chains[b] {
			continue
		}
		joined := join2(*chains[a], *chains[b], a, b)
		inner[a], inner[b] = true, true
		first, last := joined[0], joined[len(joined)-1]
		inner[first], inner[last] = false, false
		chains[first], chains[last] = &joined, &joined
	}
	for i := range chains {
		if !inner[i] && len(*chains[i]) == k {
			return *chains[i]
		}
	}
	return nil // not reached: all pairs were tried
}

// join2 returns chains s and t as one, with their ends a and b side by side.
func join2(s, t []uint8, a, b uint8) []uint8 {
	if s[len(s)-1] != a {
		slices.Reverse(s)
	}
	if t[0] != b {
		slices.Reverse(t)
	}
	return append(s, t...)
}

// improve exchanges colors of the order, at most reach places apart, for as long as
// that brings those nearer each other which meet often: it lowers the sum of their
// meetings times the bits of their distance, about what a filtered byte costs.
func (n *neighbors) improve(order []uint8, reach, passes int) {
	bits := distanceBits()
	for range passes {
		changed := false
		for p := range order {
			for q := p + 1; q < min(p+reach+1, len(order)); q++ {
				if n.gain(order, p, q, bits) > 0 {
					order[p], order[q] = order[q], order[p]
					changed = true
				}
			}
		}
		if !changed {
			return
		}
	}
}

// gain returns by how much the cost falls if the colors at p and q change places.
func (n *neighbors) gain(order []uint8, p, q int, bits *[2 * maxPaletteLen]int64) int64 {
	a, b := &n[order[p]], &n[order[q]]
	atP, atQ := bits[maxPaletteLen-p:], bits[maxPaletteLen-q:] // bits[maxPaletteLen+d] is for distance d
	var sum int64
	for i, c := range order {
		sum += (int64(a[c]) - int64(b[c])) * (atP[i] - atQ[i])
	}
	// What the loop took for the meetings of the two with themselves and each other,
	// whose distance stays.
	sum -= (int64(a[order[p]])-int64(b[order[p]]))*(atP[p]-atQ[p]) +
		(int64(a[order[q]])-int64(b[order[q]]))*(atP[q]-atQ[q])
	return sum
}

// distanceBits returns log2(1+|d|) in 1/1024 at maxPaletteLen+d.
func distanceBits() *[2 * maxPaletteLen]int64 {
	var t [2 * maxPaletteLen]int64
	for d := range maxPaletteLen {
		v := int64(squeeze.Log2(uint32(1+d))) >> 6
		t[maxPaletteLen+d], t[maxPaletteLen-d] = v, v
	}
	return &t
}
