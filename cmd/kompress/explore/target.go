package explore

import (
	"context"
	"math"

	"kompress/quantize"
)

// targets finds a k for each target, 0 for none.
func (s *sweeper) targets(ctx context.Context) ([]int, error) {
	var ks []int
	for i, want := range targetPSNRs {
		k, err := s.target(ctx, want)
		if err != nil {
			return nil, err
		}
		ks = append(ks, k)
		s.progress(0.9 + 0.1*float64(i+1)/float64(len(targetPSNRs)))
	}
	return ks, nil
}

// target looks between the two known ks that are around the target for one that reaches
// it while the next lower does not. Errors fall with k but for a few per mille, so that
// it is the least, or beside it.
func (s *sweeper) target(ctx context.Context, want float64) (int, error) {
	b, reached := s.bracket(want)
	if !reached {
		return 0, nil
	}
	for k, ok := b.Next(); ok; k, ok = b.Next() {
		f, err := s.probe(ctx, k)
		if err != nil {
			return 0, err
		}
		b.Narrow(k, missing(f.row.MSE, want))
	}
	f := s.found[b.High]
	for k, other := range s.found {
		if k < b.High && !other.keep { // the targets to come are above
			other.quantized = nil
		}
	}
	return b.High, s.enqueue(ctx, f)
}

func (s *sweeper) mse(k int) float64 { return s.found[k].row.MSE }

// bracket returns the narrowest of those that are known, also from other targets.
func (s *sweeper) bracket(want float64) (b *quantize.Bracket, reached bool) {
	low, missed := 0, math.Inf(1)
	for _, k := range s.known() {
		m := missing(s.mse(k), want)
		if m <= 0 {
			return quantize.NewBracket(low, missed, k, m), true
		}
		low, missed = k, m
	}
	return nil, false
}

// missing returns how many decibels an error is from what a PSNR wants, and no more
// than 0 if it reaches that.
func missing(mse, want float64) float64 { return want - quantize.PSNR(mse) }

// describe tells of the ks that targets found, once their files are there.
func (s *sweeper) describe(ks []int) (list []Target) {
	for i, k := range ks {
		if k == 0 {
			list = append(list, Target{Want: targetPSNRs[i], Reason: "not reached with 256 colors"})
			continue
		}
		r := s.found[k].whole()
		list = append(list, Target{Want: targetPSNRs[i], K: &r.K, Colors: r.Colors, MSE: &r.MSE, PSNR: r.PSNR, Bytes: &r.Bytes})
	}
	return list
}
