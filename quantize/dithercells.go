package quantize

import (
	"math"

	"kompress/kmeans"
)

// entryCells find the entry nearest any place of a space, exactly. The space is cut
// into cells, and each one that is asked for gets a list of the entries that are
// nearest somewhere in it: those whose least distance from the cell is not above the
// smallest greatest one. They belong to one goroutine.
type entryCells struct {
	entries []entryPoint
	places  []int32 // of each cell's list among the lists, and 1; 0 if none has asked yet
	lists   [][]entryPoint
}

// An entryPoint is a palette entry as a point.
type entryPoint struct {
	at    [4]int32
	index uint8
	owned int32 // squared distance up to where no other entry is as near
}

// own sets what the entries own: less than half of the way to the nearest other one.
func own(entries []entryPoint) {
	for i := range entries {
		e := &entries[i]
		e.owned = math.MaxInt32
		for j := range entries {
			if j != i {
				e.owned = min(e.owned, max(0, e.distance(&entries[j].at)/4-1))
			}
		}
	}
}

// How many bits of a coordinate tell its cell: 32 cells along a colour's, 8 along
// alpha's.
const (
	cellBits   = 5
	cellShift  = kmeans.CoordinateBits - cellBits
	layerShift = kmeans.CoordinateBits - 3
)

// newEntryCells has cells for that many layers of alpha: 1 for places that are opaque,
// else 8.
func newEntryCells(entries []entryPoint, layers int) *entryCells {
	return &entryCells{entries: entries, places: make([]int32, layers<<(3*cellBits))}
}

// nearest returns the entry nearest p, whose coordinates are from 0 to below
// 1 << kmeans.CoordinateBits. The first wins a tie.
func (c *entryCells) nearest(p *[4]int32) *entryPoint {
	cell := ((p[3]>>layerShift<<cellBits|p[0]>>cellShift)<<cellBits|p[1]>>cellShift)<<cellBits | p[2]>>cellShift
	place := c.places[cell]
	if place == 0 {
		c.lists = append(c.lists, c.list(p))
		place = int32(len(c.lists))
		c.places[cell] = place
	}
	list := c.lists[place-1]
	best, least := &list[0], int32(math.MaxInt32)
	for i := range list {
		if d := list[i].distance(p); d < least {
			best, least = &list[i], d
		}
	}
	return best
}

// opaque says whether the entry is: of the points, only those that are not have a
// fourth coordinate.
func (e *entryPoint) opaque() bool { return e.at[3] == 0 }

// distance returns the squared distance, which fits: coordinates have 14 bits.
func (e *entryPoint) distance(p *[4]int32) int32 {
	d0, d1, d2, d3 := p[0]-e.at[0], p[1]-e.at[1], p[2]-e.at[2], p[3]-e.at[3]
	return d0*d0 + d1*d1 + d2*d2 + d3*d3
}

// list returns the entries that are nearest somewhere in the cell of p.
func (c *entryCells) list(p *[4]int32) (list []entryPoint) {
	var lo, hi [4]int32
	for axis, shift := range [4]int{cellShift, cellShift, cellShift, layerShift} {
		lo[axis] = p[axis] >> shift << shift
		hi[axis] = lo[axis] + 1<<shift - 1
	}
	reach := int32(math.MaxInt32)
	for i := range c.entries {
		_, farthest := c.entries[i].span(&lo, &hi)
		reach = min(reach, farthest)
	}
	for i := range c.entries {
		if closest, _ := c.entries[i].span(&lo, &hi); closest <= reach {
			list = append(list, c.entries[i])
		}
	}
	return list
}

// span returns the squared distances of the closest and of the farthest place in a box.
func (e *entryPoint) span(lo, hi *[4]int32) (closest, farthest int32) {
	for axis, v := range e.at {
		near := max(0, lo[axis]-v, v-hi[axis])
		far := max(v-lo[axis], hi[axis]-v)
		closest += near * near
		farthest += far * far
	}
	return closest, farthest
}
