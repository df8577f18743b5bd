package quantize

import (
	"cmp"
	"context"
	"slices"

	"kompress/kmeans"
)

// assign rounds the centroids to colours and returns these and the locked ones, no two
// alike, with the entry nearest each distinct colour.
func (s *Session) assign(ctx context.Context, o Options, locked []Key, centroids []kmeans.Point) (entries []Key, index []uint8, err error) {
	entries = s.round(o, locked, centroids)
	if index, err = s.nearest(ctx, o.Space, entries); err != nil {
		return nil, nil, err
	}
	s.keepSolid(o.Space, entries, locked, index)
	if s.counts.Opaque() || !s.snapAlpha(entries, locked, index) {
		return entries, index, nil
	}
	entries = unique(entries)
	if index, err = s.nearest(ctx, o.Space, entries); err != nil {
		return nil, nil, err
	}
	s.keepSolid(o.Space, entries, locked, index)
	return entries, index, nil
}

// round returns the colours of the centroids, the locked ones and the reserved one.
func (s *Session) round(o Options, locked []Key, centroids []kmeans.Point) []Key {
	entries := make([]Key, 0, len(locked)+len(centroids)+1)
	entries = append(entries, locked...)
	for _, c := range centroids {
		entries = append(entries, posterize(o.Space.color(c), o.Posterize))
	}
	if s.reserved {
		entries = append(entries, transparent)
	}
	return unique(entries)
}

func unique(entries []Key) []Key {
	slices.Sort(entries)
	return slices.Compact(entries)
}

// nearest returns the entry nearest each distinct colour.
func (s *Session) nearest(ctx context.Context, space Space, entries []Key) ([]uint8, error) {
	keys := s.clustered()
	index := make([]uint8, len(s.counts.keys))
	if s.reserved { // its colour and its entry are the last ones
		index[len(keys)] = uint8(len(entries) - 1)
	}
	centroids := s.convert(nil, entries, space)
	if s.exact {
		return index, s.cloud.Assign(index[:len(keys)], centroids)
	}
	// The engine holds merged points: the colours go through it in pieces.
	s.cloud = nil
	const piece = 1 << 20
	weights := make([]uint32, min(piece, len(keys)))
	for from := 0; from < len(keys); from += piece {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		to := min(from+piece, len(keys))
		if err := s.engine.Load(nil, nil); err != nil { // it may hold what is overwritten now
			return nil, err
		}
		s.points = s.convert(s.points, keys[from:to], space)
		if err := s.engine.Load(s.points, weights[:to-from]); err != nil {
			return nil, err
		}
		if err := s.engine.Assign(index[from:to], centroids); err != nil {
			return nil, err
		}
	}
	return index, nil
}

// snapAlpha makes entries fully transparent, or opaque, that stand for such
// pixels more than for others, and says whether it did: a background must not
// become visible, nor a body be seen through, for the sake of a soft edge.
func (s *Session) snapAlpha(entries, locked []Key, index []uint8) (changed bool) {
	var all, clear, solid [kmeans.MaxCentroids]uint64
	for i, k := range s.counts.keys {
		n := uint64(s.counts.counts[i])
		all[index[i]] += n
		if k == transparent {
			clear[index[i]] += n
		} else if k < OpaqueKeys {
			solid[index[i]] += n
		}
	}
	for i, k := range entries {
		switch {
		case k == transparent && s.reserved, slices.Contains(locked, k): // they have to stay what they are
		case 2*clear[i] > all[i]:
			entries[i] = transparent
		case 2*solid[i] > all[i]:
			entries[i] = k % OpaqueKeys
		}
		changed = changed || entries[i] != k
	}
	return changed
}

// keepAll gives every colour its own entry, which may have been posterized.
func (s *Session) keepAll(ctx context.Context, o Options, entries, locked []Key) (*Quantized, error) {
	var index []uint8
	if o.Posterize == 0 {
		index = make([]uint8, s.counts.Distinct())
		for i, k := range s.counts.keys {
			place, _ := slices.BinarySearch(entries, k)
			index[i] = uint8(place)
		}
	} else {
		if err := s.load(o.Space, false); err != nil {
			return nil, err
		}
		var err error
		if index, err = s.nearest(ctx, o.Space, entries); err != nil {
			return nil, err
		}
	}
	q := &Quantized{Converged: true, space: o.Space}
	s.finish(q, entries, index, locked)
	q.Lossless = q.MSE == 0
	return q, nil
}

// finish drops entries that no pixel has, unless they are locked, sorts the others and
// fills in q.
func (s *Session) finish(q *Quantized, entries []Key, index []uint8, locked []Key) {
	counts, squares := s.measure(entries, index)
	order := make([]int, 0, len(entries))
	for i := range entries {
		if counts[i] > 0 || slices.Contains(locked, entries[i]) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareEntries(entries[a], entries[b]) })
	s.fill(q, entries, index, order, counts, squares)
}

// finishAll fills in q with all entries as they are.
func (s *Session) finishAll(q *Quantized, entries []Key, index []uint8) {
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	counts, squares := s.measure(entries, index)
	s.fill(q, entries, index, order, counts, squares)
}

// fill fills in q with the entries of the given numbers, among them all that some
// pixel has.
func (s *Session) fill(q *Quantized, entries []Key, index []uint8, order []int, counts []uint64, squares []float64) {
	var sum float64
	var place [kmeans.MaxCentroids]uint8 // of an entry in the palette
	for i, e := range order {
		place[e] = uint8(i)
		sum += squares[e]
		q.Counts = append(q.Counts, counts[e])
		q.Palette = append(q.Palette, entries[e].NRGBA())
	}
	q.MSE = sum / float64(max(1, s.counts.pixels))
	for i, e := range index {
		index[i] = place[e]
	}
	q.session, q.table = s, &Table{keys: s.counts.keys, index: index}
}

// compareEntries puts translucent entries first, so that a PNG need not list the
// alpha of the others, and darker before lighter ones: with neighbouring numbers
// for neighbouring shades, files are about 2 % smaller.
func compareEntries(a, b Key) int {
	_, _, _, alphaA := a.rgba()
	_, _, _, alphaB := b.rgba()
	if alphaA != alphaB {
		return cmp.Compare(alphaA, alphaB)
	}
	if c := cmp.Compare(luma(a), luma(b)); c != 0 {
		return c
	}
	return cmp.Compare(a, b)
}

// luma is that of Rec. 601, in units of 1/1000.
func luma(k Key) int {
	r, g, b, _ := k.rgba()
	return 299*int(r) + 587*int(g) + 114*int(b)
}
