package quantize

import "errors"

// AddCounts returns the counts of several images together.
func AddCounts(parts ...*Counts) (*Counts, error) {
	return nil, errors.New("quantize: cannot add counts yet")
}

// NewCountsSession returns a session of counts alone: it finds palettes, but has no
// pixels to map. Nil means a CPU of its own.
func NewCountsSession(e Engine, c *Counts) (*Session, error) {
	return nil, errors.New("quantize: cannot do with counts alone yet")
}
