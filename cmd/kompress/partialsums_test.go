package main

import (
	"testing"

	"kompress/cmd/kompress/countsfile"
	"kompress/quantize"
)

func TestPartialSums(t *testing.T) {
	for _, most := range []int{1, 7, manyColors} {
		testPartialSums(t, most)
	}
}

func testPartialSums(t *testing.T, most int) {
	for n := range 20 {
		var sums partialSums
		for i := range n {
			c, err := quantize.NewCounts([]quantize.Key{0, quantize.Key(i + 1)}, []uint32{2, 3})
			if err == nil {
				err = sums.addWithin(&countsfile.File{Counts: c, Images: 1}, most)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		sum, err := sums.all()
		if err != nil || sum.Pixels() != uint64(5*n) || sum.Images != uint64(n) || n > 0 && sum.Distinct() != n+1 {
			t.Errorf("%d: got %d pixels, %d colors, %v", n, sum.Pixels(), sum.Distinct(), err)
		}
		if beside := sums.beside(); beside > most+1 {
			t.Errorf("%d: got %d colors beside the largest sum, want about %d", n, beside, most)
		}
		if len(sums) > 5 {
			t.Errorf("%d: got %d sums in memory", n, len(sums))
		}
	}
}
