package quantize

import (
	"context"
	"errors"
)

// Fewest finds the palette with the fewest colours, o.Colors at most, for which reached
// answers true, and whether there is one; else it returns that of o.Colors. More
// colours must not make reached answer false. Counts and coarse points are kept from
// one number of colours to the next.
func (s *Session) Fewest(ctx context.Context, o Options, reached func(*Quantized) (bool, error)) (q *Quantized, ok bool, err error) {
	return nil, false, errors.New("quantize: cannot look for the fewest colors yet")
}
