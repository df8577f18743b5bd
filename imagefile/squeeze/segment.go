package squeeze

// A segmentParser parses parts of a picture for one worker, whose buffers it keeps.
type segmentParser struct {
	picture *picture
	depth   int

	finder  finder
	matches []match
	near    [5]int // how long what comes is like what is one of these distances away
	long    match  // the last that was longer than what the finder looks at, cut by one a pixel
	costs   []uint32
	steps   []match
	lengths []webpLengthCosts // of each group
}

// webpNice is how long matches are that are taken whole.
const webpNice = 256

// A webpLengthCosts has the costs of shorter ones, with extra bits.
type webpLengthCosts [webpNice]uint32

// search returns the cheapest parse of the pixels from to to.
func (s *segmentParser) search(from, to int) []match {
	before := max(from-lookBack, 0)
	data := s.picture.pixels[before:to]
	s.finder.reset(data, webpWindow, s.depth, webpNice)
	for pos := range from - before {
		s.matches = s.finder.find(s.matches[:0], pos)
	}
	s.priceLengths()
	clear(s.near[:])
	s.long = match{}
	n := to - from
	s.costs, s.steps = sized(s.costs, n+1), sized(s.steps, n+1)
	for i := range s.costs {
		s.costs[i] = 1<<32 - 1
	}
	s.costs[0] = 0
	for i := range n {
		s.goOn(data, from-before+i, i, from+i)
	}
	return trace(nil, s.steps[:n+1])
}

func (s *segmentParser) priceLengths() {
	s.lengths = sized(s.lengths, len(s.picture.models))
	for g := range s.lengths {
		for n := 1; n < len(s.lengths[g]); n++ {
			symbol, extra, _ := prefixOf(uint32(n))
			s.lengths[g][n] = s.picture.models[g][256+symbol] + uint32(extra)<<costShift
		}
	}
}

// goOn tries all steps from place i of the segment, which is pixel pos of the picture
// and byte at of data.
func (s *segmentParser) goOn(data []byte, at, i, pos int) {
	p := s.picture
	group := p.groups[p.tileOf(pos)]
	model := &p.models[group]
	lengths := &s.lengths[group]
	here := s.costs[i]
	if c := here + model[data[at]]; c < s.costs[i+1] {
		s.costs[i+1], s.steps[i+1] = c, match{1, 0}
	}
	s.matches = s.finder.find(s.matches[:0], at)
	s.long.length--
	length := int32(minMatch)
	for _, m := range s.matches {
		base := here + s.distanceCost(model, int(m.distance))
		if m.length == webpNice {
			s.tryLong(data, at, i, m, base, model)
		} else {
			s.try(i, m, base, length, lengths)
		}
		length = m.length + 1
	}
	for j, distance := range [...]int{1, p.width, p.width + 1, p.width - 1, 2 * p.width} {
		if distance < 1 || distance > at {
			continue
		}
		most := min(webpLongest, len(data)-at)
		known := max(s.near[j]-1, 0)
		s.near[j] = s.finder.common(at-distance, at, min(known, most), most)
		if n := s.near[j]; n > 0 {
			base := here + s.distanceCost(model, distance)
			if n < webpNice {
				s.try(i, match{int32(n), int32(distance)}, base, 1, lengths)
			} else { // a shorter one would hardly be taken
				s.take(i, match{int32(n), int32(distance)}, base+s.longCost(model, n))
			}
		}
	}
}

// try tries a match at its lengths from shortest on.
func (s *segmentParser) try(i int, m match, base uint32, shortest int32, lengths *webpLengthCosts) {
	costs, steps := s.costs[i:], s.steps[i:]
	for n := shortest; n <= m.length; n++ {
		if c := base + lengths[n]; c < costs[n] {
			costs[n], steps[n] = c, match{n, m.distance}
		}
	}
}

// tryLong tries a match that may go on behind what the finder looks at.
func (s *segmentParser) tryLong(data []byte, at, i int, m match, base uint32, model *webpModel) {
	most := min(webpLongest, len(data)-at)
	known := webpNice
	if s.long.distance == m.distance {
		known = min(max(known, int(s.long.length)), most)
	}
	n := s.finder.common(at-int(m.distance), at, known, most)
	s.long = match{int32(n), m.distance}
	s.take(i, match{int32(n), m.distance}, base+s.longCost(model, n))
}

func (s *segmentParser) take(i int, m match, cost uint32) {
	if end := i + int(m.length); cost < s.costs[end] {
		s.costs[end], s.steps[end] = cost, m
	}
}

func (s *segmentParser) longCost(model *webpModel, length int) uint32 {
	symbol, extra, _ := prefixOf(uint32(length))
	return model[256+symbol] + uint32(extra)<<costShift
}

func (s *segmentParser) distanceCost(model *webpModel, distance int) uint32 {
	symbol, extra, _ := prefixOf(s.picture.distanceCode(distance))
	return model[greens+symbol] + uint32(extra)<<costShift
}
