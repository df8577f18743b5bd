package squeeze

import (
	"cmp"
	"math/bits"
	"slices"
)

// codeLengths returns the lengths of a Huffman code for the counts into lengths, none
// above limit. Symbols that do not occur get 0, and a single one gets 1.
func codeLengths(lengths []uint8, counts []uint32, limit int) {
	clear(lengths)
	var used []leaf
	for s, n := range counts {
		if n > 0 {
			used = append(used, leaf{n, int32(s)})
		}
	}
	if len(used) == 1 {
		lengths[used[0].symbol] = 1
	}
	if len(used) < 2 {
		return
	}
	// Rare symbols are taken for less and less rare ones until the code is flat
	// enough. That happens seldom and costs little.
	for least := uint32(1); ; least *= 2 {
		if huffman(lengths, used, least) <= limit {
			return
		}
	}
}

type leaf struct {
	count  uint32
	symbol int32
}

// huffman makes the code with all counts at least least, and returns its longest length.
func huffman(lengths []uint8, used []leaf, least uint32) int {
	leaves := slices.Clone(used)
	for i := range leaves {
		leaves[i].count = max(leaves[i].count, least)
	}
	slices.SortFunc(leaves, func(a, b leaf) int {
		return cmp.Or(cmp.Compare(a.count, b.count), cmp.Compare(a.symbol, b.symbol))
	})
	n := len(leaves)
	// Nodes 0 to n-1 are the leaves, the others their parents in order of weight.
	weights, parents := make([]uint64, 2*n-1), make([]int, 2*n-1)
	for i, l := range leaves {
		weights[i] = uint64(l.count)
	}
	nextLeaf, nextNode := 0, n
	for node := n; node < 2*n-1; node++ {
		for range 2 {
			child := nextNode
			if nextLeaf < n && (nextNode == node || weights[nextLeaf] <= weights[nextNode]) {
				child = nextLeaf
				nextLeaf++
			} else {
				nextNode++
			}
			weights[node] += weights[child]
			parents[child] = node
		}
	}
	depths := make([]int, 2*n-1)
	longest := 0
	for node := 2*n - 3; node >= 0; node-- {
		depths[node] = depths[parents[node]] + 1
		if node < n {
			longest = max(longest, depths[node])
			lengths[leaves[node].symbol] = uint8(min(depths[node], 255))
		}
	}
	return longest
}

// codes returns the canonical code of the lengths, its bits in the order in which
// deflate and WebP write them: the first in the lowest.
func codes(lengths []uint8) []uint16 {
	var counts, next [17]uint16
	for _, n := range lengths {
		counts[n]++
	}
	counts[0] = 0
	for n := 1; n < len(next); n++ {
		next[n] = (next[n-1] + counts[n-1]) << 1
	}
	result := make([]uint16, len(lengths))
	for s, n := range lengths {
		if n > 0 {
			result[s] = bits.Reverse16(next[n]) >> (16 - n)
			next[n]++
		}
	}
	return result
}
