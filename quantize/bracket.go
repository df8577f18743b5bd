package quantize

import "math"

// A Bracket closes in on the least number of colours that is enough for something, when
// more colours are enough too. What it is told of a number of colours is the excess,
// above 0 if that is not enough: the logarithm of the error as a share of the one that
// is allowed, or the decibels that are missing. It falls nearly in a line over the
// logarithm of the number of colours, so that a few trials suffice; but any numbers of
// the right sign do.
type Bracket struct {
	Low, High int // Low is not enough, as 0 never is; High is

	low, high float64 // excess there
	streak    int     // trials in a row on one side: above 0 those that were enough
}

// NewBracket returns a bracket of two numbers of colours and the excess at each.
func NewBracket(low int, lowExcess float64, high int, highExcess float64) *Bracket {
	return &Bracket{Low: low, High: high, low: lowExcess, high: highExcess}
}

// Next returns the number of colours to try, between Low and High, and false if there
// is none: High is what was looked for. The line is followed but for where it was
// twice wrong on the same side, or the excess is infinite: there the rest is halved.
func (b *Bracket) Next() (k int, ok bool) {
	if b.High-b.Low <= 1 {
		return 0, false
	}
	if b.Low == 0 {
		return b.between(1, 0.5), true
	}
	at := b.low / (b.low - b.high)
	if !(at > 0 && at <= 1) || b.streak >= 2 || b.streak <= -2 {
		return (b.Low + b.High) / 2, true
	}
	return b.between(b.Low, at), true
}

// between returns what is at a share of the way from low to High, in logarithms.
func (b *Bracket) between(low int, share float64) int {
	k := float64(low) * math.Pow(float64(b.High)/float64(low), share)
	return min(max(int(math.Ceil(k)), b.Low+1), b.High-1)
}

// Narrow takes in the excess at a number of colours that Next returned.
func (b *Bracket) Narrow(k int, excess float64) {
	if excess > 0 {
		b.Low, b.low, b.streak = k, excess, min(b.streak, 0)-1
	} else {
		b.High, b.high, b.streak = k, excess, max(b.streak, 0)+1
	}
}
