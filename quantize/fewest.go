package quantize

import (
	"context"
	"errors"
	"math"
)

// Fewest finds the palette with the fewest colours, o.Colors at most, for which reached
// answers true, and whether there is one; else it returns that of o.Colors. More
// colours must not make reached answer false: if it does, as measured errors are out of
// line now and then, what is found reaches, but perhaps even fewer colours would. Counts
// and coarse points are kept from one number of colours to the next, none of which is
// clustered twice: eight or nine are.
func (s *Session) Fewest(ctx context.Context, o Options, reached func(*Quantized) (bool, error)) (q *Quantized, ok bool, err error) {
	below, enough, err := s.search(ctx, o, func(q *Quantized) (float64, error) {
		ok, err := reached(q)
		return sign(!ok), err
	})
	if enough == nil {
		return below, false, err
	}
	return enough, true, err
}

// FewestWithin is Fewest for an error that is at most limit. Knowing by how much each
// palette misses it, it clusters about half as often.
func (s *Session) FewestWithin(ctx context.Context, o Options, limit float64, measure func(*Quantized) (float64, error)) (q *Quantized, ok bool, err error) {
	below, enough, err := s.search(ctx, o, func(q *Quantized) (float64, error) {
		v, err := measure(q)
		return excess(v, limit), err
	})
	if enough == nil {
		return below, false, err
	}
	return enough, true, err
}

// excess is above 0 if the value is above the limit: the logarithm of the ratio, which
// is not rounded to 1 where the two differ.
func excess(value, limit float64) float64 {
	if value == 0 {
		return math.Inf(-1) // if the limit is 0 too
	}
	return math.Log(value / limit)
}

// sign is an excess of which only the sign is known.
func sign(above bool) float64 {
	if above {
		return 1
	}
	return -1
}

// search returns the palettes of two neighbouring numbers of colours: the last whose
// excess is above 0 and the first whose is not. One is nil if all are on one side.
func (s *Session) search(ctx context.Context, o Options, excess func(*Quantized) (float64, error)) (low, high *Quantized, err error) {
	if o, err = o.withDefaults(); err != nil {
		return nil, nil, err
	}
	locked := len(o.locked())
	most := min(o.Colors, max(1, s.counts.Distinct()+locked))
	t := trials{session: s, options: o, excess: excess}
	q, v, err := t.try(ctx, most)
	if err != nil || v > 0 {
		return q, nil, err
	}
	high = q
	b := NewBracket(max(0, locked-1), math.Inf(1), most, v)
	for k, ok := b.Next(); ok; k, ok = b.Next() {
		if q, v, err = t.try(ctx, k); err != nil {
			return nil, nil, err
		}
		if b.Narrow(k, v); v > 0 {
			low = q
		} else {
			high = q
		}
	}
	return low, high, nil
}

// trials cluster with one number of colours after the other.
type trials struct {
	session *Session
	options Options
	excess  func(*Quantized) (float64, error)
	done    float64 // share of the work: how many trials there will be is not known
}

var errNaN = errors.New("quantize: got a measure that is not a number")

// try returns the palette of k colours and its excess.
func (t *trials) try(ctx context.Context, k int) (*Quantized, float64, error) {
	o := t.options
	o.Colors = k
	from, part := t.done, (1-t.done)/2
	if o.Progress != nil {
		o.Progress = func(done float64) { t.options.Progress(from + part*done) }
	}
	q, err := t.session.Cluster(ctx, o)
	if err != nil {
		return nil, 0, err
	}
	t.done = from + part
	v, err := t.excess(q)
	if err == nil && math.IsNaN(v) {
		err = errNaN
	}
	if err != nil {
		return nil, 0, err
	}
	return q, v, nil
}
