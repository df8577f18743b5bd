//go:build !((linux || darwin || windows) && (amd64 || arm64))

package icc

type lcmsTransform struct{}

func newLCMS(*Profile, int) (*lcmsTransform, error) { return nil, ErrNoLittleCMS }

func (*lcmsTransform) convert(dst, src []byte) {}
func (*lcmsTransform) close()                  {}
