package main

import (
	"kompress/cmd/kompress/countsfile"
	"kompress/quantize"
)

// partialSums add the counts of images, of which there may be thousands: number i is of
// 2^i images, or nil. So each color is moved once for each doubling, not for each image,
// and few counts are in memory.
type partialSums []*countsfile.File

// manyColors is how many may be in all sums but the largest one. Then all are added at once,
// for the memory that they take matters more than the time.
const manyColors = 1 << 24

func (p *partialSums) add(c *countsfile.File) error { return p.addWithin(c, manyColors) }

func (p *partialSums) addWithin(c *countsfile.File, most int) (err error) {
	if p.beside()+c.Distinct() > most {
		return p.addAtOnce(c)
	}
	for i := range *p {
		if (*p)[i] == nil {
			(*p)[i] = c
			return nil
		}
		if c, err = countsfile.Add((*p)[i], c); err != nil {
			return err
		}
		(*p)[i] = nil
	}
	*p = append(*p, c)
	return nil
}

// beside returns how many colors there are in all sums but the largest one.
func (p partialSums) beside() int {
	all, largest := 0, 0
	for _, c := range p {
		if c != nil {
			all += c.Distinct()
			largest = max(largest, c.Distinct())
		}
	}
	return all - largest
}

// addAtOnce leaves one sum.
func (p *partialSums) addAtOnce(c *countsfile.File) (err error) {
	for i, sum := range *p {
		if sum == nil {
			continue
		}
		if c, err = countsfile.Add(c, sum); err != nil {
			return err
		}
		(*p)[i] = nil
	}
	*p = append((*p)[:0], c)
	return nil
}

// all returns the sum of all.
func (p partialSums) all() (sum *countsfile.File, err error) {
	for _, c := range p {
		switch {
		case c == nil:
			continue
		case sum == nil:
			sum = c
			continue
		}
		if sum, err = countsfile.Add(sum, c); err != nil {
			return nil, err
		}
	}
	if sum == nil {
		sum = &countsfile.File{Counts: new(quantize.Counts)}
	}
	return sum, nil
}
