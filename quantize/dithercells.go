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
	lists   [][]entryPoint // of each cell; nil if none has asked yet
}

// An entryPoint is a palette entry as a point.
type entryPoint struct {
	at    [4]int32
	index uint8
}

// What a coordinate is shifted by to find its cell: 32 cells for a colour's, 8 for
// alpha's.
const (
	cellShift  = kmeans.CoordinateBits - 5
	layerShift = kmeans.CoordinateBits - 3
)

// newEntryCells has cells for that many layers of alpha: 1 for places that are opaque,
// else 8.
func newEntryCells(entries []entryPoint, layers int) *entryCells {
	return &entryCells{entries, make([][]entryPoint, layers<<15)}
}

// nearest returns the entry nearest p, whose coordinates are from 0 to below
// 1 << kmeans.CoordinateBits. The first wins a tie.
func (c *entryCells) nearest(p *[4]int32) *entryPoint {
	cell := p[3]>>layerShift<<15 | p[0]>>cellShift<<10 | p[1]>>cellShift<<5 | p[2]>>cellShift
	list := c.lists[cell]
	if list == nil {
		list = c.list(p)
		c.lists[cell] = list
	}
	best, least := &list[0], int32(math.MaxInt32)
	for i := range list {
		if d := list[i].distance(p); d < least {
			best, least = &list[i], d
		}
	}
	return best
}

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
