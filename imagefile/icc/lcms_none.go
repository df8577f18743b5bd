//go:build !((linux || darwin || windows) && (amd64 || arm64))

package icc

// HasLittleCMS says whether LittleCMS can be opened, and if not, why.
func HasLittleCMS() error { return ErrNoLittleCMS }

type lcmsTransform struct{}

func newLCMS(*Profile, int) (*lcmsTransform, error) { return nil, ErrNoLittleCMS }

func (*lcmsTransform) convert(dst, src []byte) {}
func (*lcmsTransform) close()                  {}
