package squeeze

// A tileCounts lists the symbols of a tile and how often each occurs.
type tileCounts struct {
	symbols []uint16
	counts  []uint32
}

// countTiles counts the symbols of each tile.
func (p *picture) countTiles() []webpCounts {
	tiles := make([]webpCounts, len(p.groups))
	pos := 0
	for _, parse := range p.parse {
		for _, m := range parse {
			c := &tiles[p.tileOf(pos)]
			if m.distance == 0 {
				c[p.pixels[pos]]++
			} else {
				s, _, _ := prefixOf(uint32(m.length))
				c[256+s]++
				s, _, _ = prefixOf(p.distanceCode(int(m.distance)))
				c[greens+s]++
			}
			pos += int(m.length)
		}
	}
	return tiles
}

// countGroups counts the symbols of each group.
func (p *picture) countGroups() []webpCounts {
	all := make([]webpCounts, len(p.models))
	for i, c := range p.countTiles() {
		all[p.groups[i]].add(&c)
	}
	return all
}

func (c *webpCounts) add(o *webpCounts) {
	for s, n := range o {
		c[s] += n
	}
}

// groupAsOne gives all tiles the same codes.
func (p *picture) groupAsOne() {
	clear(p.groups)
	p.models = make([]webpModel, 1)
	p.models[0].set(&p.countGroups()[0])
}

// group divides the tiles into groups of like ones, by k-means with code lengths for
// distances, and drops groups that do not pay for the codes they need.
func (p *picture) group() {
	const rounds = 6
	tiles := p.countTiles()
	sparse := make([]tileCounts, len(tiles))
	for i := range tiles {
		sparse[i] = sparsely(&tiles[i])
	}
	p.seed(len(tiles))
	for range rounds {
		p.regroup(tiles)
		for i, t := range sparse {
			p.groups[i] = p.cheapest(t)
		}
		p.dropEmpty()
	}
	p.merge(tiles)
	p.regroup(tiles)
}

func sparsely(c *webpCounts) (t tileCounts) {
	for s, n := range c {
		if n > 0 {
			t.symbols, t.counts = append(t.symbols, uint16(s)), append(t.counts, n)
		}
	}
	return t
}

// seed begins with groups of tiles that follow each other.
func (p *picture) seed(tiles int) {
	n := min(mostGroups, (tiles+3)/4)
	p.models = make([]webpModel, n)
	for i := range p.groups {
		p.groups[i] = uint8(i * n / tiles)
	}
}

// regroup makes the models of what the groups' tiles have.
func (p *picture) regroup(tiles []webpCounts) {
	all := make([]webpCounts, len(p.models))
	for i := range tiles {
		all[p.groups[i]].add(&tiles[i])
	}
	for g := range all {
		p.models[g].set(&all[g])
	}
}

// cheapest returns the group whose codes suit a tile best.
func (p *picture) cheapest(t tileCounts) uint8 {
	best, least := 0, uint64(1<<64-1)
	for g := range p.models {
		var sum uint64
		for i, s := range t.symbols {
			sum += uint64(t.counts[i]) * uint64(p.models[g][s])
		}
		if sum < least {
			best, least = g, sum
		}
	}
	return uint8(best)
}

// dropEmpty gives the groups that have tiles the first numbers.
func (p *picture) dropEmpty() {
	var number [256]int
	n := 0
	used := make([]bool, len(p.models))
	for _, g := range p.groups {
		used[g] = true
	}
	for g, is := range used {
		if is {
			number[g] = n
			n++
		}
	}
	for i, g := range p.groups {
		p.groups[i] = uint8(number[g])
	}
	p.models = p.models[:n]
}

// merge joins, as long as that makes the whole smaller, the two groups that gain most.
func (p *picture) merge(tiles []webpCounts) {
	all := make([]webpCounts, len(p.models))
	for i := range tiles {
		all[p.groups[i]].add(&tiles[i])
	}
	pairs := newPairs(all)
	for {
		a, b, gain := pairs.best()
		if gain <= 0 {
			break
		}
		pairs.join(a, b)
		for i, g := range p.groups {
			if int(g) == b {
				p.groups[i] = uint8(a)
			}
		}
	}
	p.dropEmpty()
}

// A pairs knows what is gained by joining any two groups.
type pairs struct {
	all   []webpCounts
	gone  []bool
	costs []int64
	gains [mostGroups][mostGroups]int64 // of a > b
}

func newPairs(all []webpCounts) *pairs {
	p := &pairs{all: all, gone: make([]bool, len(all)), costs: make([]int64, len(all))}
	for a := range all {
		p.update(a)
	}
	return p
}

// update finds out about a group and those before it, or all if they are known.
func (p *pairs) update(a int) {
	p.costs[a] = p.all[a].cost()
	for b := range p.all {
		if b == a || p.gone[b] || p.costs[b] == 0 {
			continue
		}
		sum := p.all[a]
		sum.add(&p.all[b])
		p.gains[max(a, b)][min(a, b)] = p.costs[a] + p.costs[b] - sum.cost()
	}
}

func (p *pairs) best() (a, b int, gain int64) {
	for i := range p.all {
		for j := range i {
			if g := p.gains[i][j]; g > gain && !p.gone[i] && !p.gone[j] {
				a, b, gain = j, i, g
			}
		}
	}
	return a, b, gain
}

// join adds group b to a.
func (p *pairs) join(a, b int) {
	p.all[a].add(&p.all[b])
	p.gone[b] = true
	p.update(a)
}

// cost returns what the symbols and their codes take, in 1/65536 bits: about four bits
// for the length of each symbol's code.
func (c *webpCounts) cost() int64 {
	const code, symbol = 40 << 16, 4 << 16
	var total [2]uint32
	sum := int64(code)
	for s, n := range c {
		if n == 0 {
			continue
		}
		sum += symbol - NLog2N(n)
		if s < greens {
			total[0] += n
		} else {
			total[1] += n
		}
	}
	return sum + NLog2N(total[0]) + NLog2N(total[1])
}
