package explore

import (
	"context"
	"math"
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
	for b.high-b.low > 1 {
		f, err := s.probe(ctx, b.next(want, s.mse))
		if err != nil {
			return 0, err
		}
		b.narrow(f.row.K, reaches(f.row.MSE, want))
	}
	f := s.found[b.high]
	for k, other := range s.found {
		if k < b.high && !other.keep { // the targets to come are above
			other.quantized = nil
		}
	}
	return b.high, s.enqueue(ctx, f)
}

func (s *sweeper) mse(k int) float64 { return s.found[k].row.MSE }

// bracket returns the narrowest of those that are known, also from other targets.
func (s *sweeper) bracket(want float64) (b bracket, reached bool) {
	for _, k := range s.known() {
		if b.high = k; reaches(s.mse(k), want) {
			return b, true
		}
		b.low = k
	}
	return b, false
}

// A bracket has a k that reaches a target and a lower one that does not; 0 never does.
type bracket struct {
	low, high int
	streak    int // probes in a row that were on one side: above 0 those that reached it
}

// next returns where to look. The PSNR is nearly a line over the logarithm of k, so
// that it is interpolated; halving follows where that is twice wrong on the same side.
func (b *bracket) next(want float64, mse func(k int) float64) int {
	middle := (b.low + b.high) / 2
	if b.low == 0 || mse(b.high) == 0 || b.streak >= 2 || b.streak <= -2 {
		return middle
	}
	low, high := *psnr(mse(b.low)), *psnr(mse(b.high))
	at := (want - low) / (high - low)
	k := float64(b.low) * math.Pow(float64(b.high)/float64(b.low), at)
	return min(max(int(math.Ceil(k)), b.low+1), b.high-1)
}

// narrow takes in what a probe has found.
func (b *bracket) narrow(k int, reached bool) {
	if reached {
		b.high, b.streak = k, max(b.streak, 0)+1
	} else {
		b.low, b.streak = k, min(b.streak, 0)-1
	}
}

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
