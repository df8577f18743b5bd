package quantize

import (
	"context"
	"errors"
	"image"
)

// Importance says which pixels matter more than others.
type Importance struct {
	// Mask, if not nil, has the size of the image: white pixels matter most, black
	// ones least. Nil means by local contrast.
	Mask image.Image

	Strength float64 // more than 0; 0 means 1
}

// Weigh makes Cluster take pixels for as many as they matter. Errors are measured as
// before. Nil takes it back.
func (s *Session) Weigh(ctx context.Context, o *Importance) error {
	return errors.New("quantize: cannot weigh yet")
}
