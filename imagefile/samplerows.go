package imagefile

import (
	"fmt"
	"image"
	"slices"
)

// SampleRows returns the rows, rising, by which an image of that size has to be known
// before it can be written: they tell how it compresses best. How many colors it will
// have does not matter. They have some million pixels in all, or are a few tens of very
// long rows.
func SampleRows(size image.Point, o EncodeOptions) []int {
	var rows []int
	for _, depth := range depths {
		s := layScanlines(size, depth)
		if s.length < 2 || !s.needPlan(o.Compression) {
			continue
		}
		offsets, length := s.sampled()
		for _, offset := range offsets {
			first, last := s.sampledRows(offset, length)
			for y := first; y <= last; y++ {
				rows = append(rows, y)
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	for y := range neighborRows(size, neighborsLimit) {
		rows = append(rows, y)
		if y > 0 {
			rows = append(rows, y-1)
		}
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// sample returns a row that SampleRows lists.
func (m *Banded) sample(y int) ([]uint8, error) {
	row := m.Sample(y)
	if len(row) != m.Size.X {
		return nil, fmt.Errorf("%w: the sample of row %d has %d indices, want %d", ErrNoPixels, y, len(row), m.Size.X)
	}
	return row, nil
}
