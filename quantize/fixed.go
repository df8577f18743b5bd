package quantize

import (
	"context"
	"errors"
	"image/color"
)

// Assign gives every colour the nearest entry of a given palette, of 1 to MaxColors
// colours, in the space of the options. Entries that no pixel has are left out.
func (s *Session) Assign(ctx context.Context, p color.Palette, o Options) (*Quantized, error) {
	return nil, errors.New("quantize: cannot assign yet")
}
