package squeeze

// split returns where blocks should end, so that a parse of data takes the fewest bits.
// Of all ways to put blocks of whole cuts together it takes the best.
func split(data []byte, parse []match) []int {
	const (
		mostCuts    = 96
		leastSteps  = 512
		headerGuess = 60 * 8 // bits
	)
	per := max(leastSteps, (len(parse)+mostCuts-1)/mostCuts)
	var sums []symbolCounts // of all steps before each cut
	var places []int
	sums, places = append(sums, symbolCounts{}), append(places, 0)
	for len(parse) > 0 {
		n := min(per, len(parse))
		sum := sums[len(sums)-1]
		place := places[len(places)-1]
		sum.add(data[place:], parse[:n])
		for _, m := range parse[:n] {
			place += int(m.length)
		}
		sums, places = append(sums, sum), append(places, place)
		parse = parse[n:]
	}
	costs, from := make([]int64, len(sums)), make([]int, len(sums))
	for end := 1; end < len(sums); end++ {
		costs[end] = 1<<63 - 1
		for start := range end {
			c := costs[start] + between(&sums[start], &sums[end]) + headerGuess<<16
			if c < costs[end] {
				costs[end], from[end] = c, start
			}
		}
	}
	var ends []int
	for end := len(sums) - 1; end > 0; end = from[end] {
		ends = append([]int{places[end]}, ends...)
	}
	return ends
}

// between returns the entropy of the symbols that b has more than a, in 1/65536 bits.
func between(a, b *symbolCounts) int64 {
	return entropyOf(a.literals[:], b.literals[:]) + entropyOf(a.distances[:], b.distances[:])
}

func entropyOf(a, b []uint32) int64 {
	var sum int64
	var total uint32
	for s, n := range b {
		n -= a[s]
		total += n
		sum -= NLog2N(n)
	}
	return sum + NLog2N(total)
}
