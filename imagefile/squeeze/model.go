package squeeze

import "math/bits"

// A symbolCounts says how often a block has each of deflate's symbols.
type symbolCounts struct {
	literals  [literals]uint32 // and lengths
	distances [distances]uint32
}

// count counts the symbols of a parse of data.
func count(data []byte, parse []match) *symbolCounts {
	c := new(symbolCounts)
	c.add(data, parse)
	c.literals[endOfBlock] = 1
	return c
}

func (c *symbolCounts) add(data []byte, parse []match) {
	at := 0
	for _, m := range parse {
		if m.distance == 0 {
			c.literals[data[at]]++
		} else {
			c.literals[lengthSymbols[m.length]]++
			c.distances[distanceSymbol(m.distance)]++
		}
		at += int(m.length)
	}
}

// blend keeps half of what was: without, two parses may take turns forever.
func (c *symbolCounts) blend(o *symbolCounts) {
	for s := range c.literals {
		c.literals[s] = (c.literals[s] + o.literals[s] + 1) / 2
	}
	for s := range c.distances {
		c.distances[s] = (c.distances[s] + o.distances[s] + 1) / 2
	}
}

// A costModel has costs in 1/256 bits, with extra bits.
type costModel struct {
	literals  [256]uint32
	lengths   [longestMatch + 1]uint32
	distances [distances]uint32
}

const costShift = 8 // from log2's units to the costs'

// model returns what symbols would cost that occur as often as counted. One that does
// not occur costs as if it did once.
func model(c *symbolCounts) *costModel {
	m := new(costModel)
	var symbols [literals]uint32
	prices(symbols[:], c.literals[:])
	copy(m.literals[:], symbols[:])
	for n := minMatch; n <= longestMatch; n++ {
		s := lengthSymbols[n]
		m.lengths[n] = symbols[s] + uint32(lengthExtra[s-firstLength])<<costShift
	}
	prices(m.distances[:], c.distances[:])
	for s := range m.distances {
		m.distances[s] += uint32(distanceExtra(s)) << costShift
	}
	return m
}

// prices sets each symbol's entropy, in 1/256 bits.
func prices(costs, counts []uint32) {
	var total uint32
	for _, n := range counts {
		total += n
	}
	all := Log2(max(total, 1))
	for s, n := range counts {
		costs[s] = (all - Log2(max(min(n, total), 1))) >> costShift
	}
}

// guess is a model for when nothing is known yet but how often each byte occurs.
func guess(data []byte) *costModel {
	c := new(symbolCounts)
	for _, v := range data {
		c.literals[v]++
	}
	m := model(c)
	for n := minMatch; n <= longestMatch; n++ {
		m.lengths[n] = (6 + uint32(lengthExtra[lengthSymbols[n]-firstLength])) << costShift
	}
	for s := range m.distances {
		m.distances[s] = (5 + uint32(distanceExtra(s))) << costShift
	}
	return m
}

// distanceSymbol returns the symbol of a distance of at least 1: its two highest bits
// and how many are below them.
func distanceSymbol(distance int32) int {
	d := uint32(distance - 1)
	if d < 4 {
		return int(d)
	}
	n := bits.Len32(d) - 2
	return 2*n + int(d>>n)
}

func distanceExtra(symbol int) int { return max(symbol/2-1, 0) }

func distanceBase(symbol int) int32 {
	if symbol < 4 {
		return int32(symbol) + 1
	}
	return int32(2+symbol%2)<<distanceExtra(symbol) + 1
}

// lengthExtra and lengthBase tell of the symbols from firstLength on.
var (
	lengthExtra = [29]uint8{8: 1, 9: 1, 10: 1, 11: 1, 12: 2, 13: 2, 14: 2, 15: 2,
		16: 3, 17: 3, 18: 3, 19: 3, 20: 4, 21: 4, 22: 4, 23: 4, 24: 5, 25: 5, 26: 5, 27: 5}
	lengthBase    [29]int32
	lengthSymbols = func() (symbols [longestMatch + 1]uint16) {
		base := int32(minMatch)
		for s, extra := range lengthExtra {
			lengthBase[s] = base
			for range 1 << extra {
				if base < longestMatch {
					symbols[base] = uint16(firstLength + s)
				}
				base++
			}
		}
		lengthBase[28] = longestMatch // it has a symbol of its own
		symbols[longestMatch] = firstLength + 28
		return symbols
	}()
)
