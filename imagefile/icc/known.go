package icc

import (
	"crypto/sha256"
	"sync"
)

// known are the package's own conversions of profiles of which LittleCMS was asked
// already. Many images of a folder have the same, and asking takes longer than it
// does to convert a small one.
var known conversions

// A conversions remembers a few functions.
type conversions struct {
	mu sync.Mutex
	m  map[knownKey]func(dst, src []byte)
}

type knownKey struct {
	profile [sha256.Size]byte
	bits    int
}

// maxKnown bounds the memory: 1 MB is for a conversion of 16 bits.
const maxKnown = 16

func (c *conversions) get(k knownKey) func(dst, src []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m[k]
}

func (c *conversions) put(k knownKey, convert func(dst, src []byte)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil || len(c.m) >= maxKnown {
		c.m = make(map[knownKey]func(dst, src []byte))
	}
	c.m[k] = convert
}
