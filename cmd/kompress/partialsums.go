package main

import (
	"kompress/cmd/kompress/countsfile"
	"kompress/quantize"
)

// partialSums add the counts of images, of which there may be thousands: number i is of
// 2^i images, or nil. So each color is moved once for each doubling, not for each image,
// and few counts are in memory.
type partialSums []*countsfile.File

func (p *partialSums) add(c *countsfile.File) (err error) {
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

// all returns the sum of all.
func (p partialSums) all() (sum *countsfile.File, err error) {
	sum = &countsfile.File{Counts: new(quantize.Counts)}
	for _, c := range p {
		if c == nil {
			continue
		}
		if sum, err = countsfile.Add(sum, c); err != nil {
			return nil, err
		}
	}
	return sum, nil
}
