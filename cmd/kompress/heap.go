package main

import (
	"runtime/debug"
	"sync"
)

// A heapGoal lets garbage gather while all images in work are small: with the percentage
// that main sets for large ones there would be hundreds of collections a second.
type heapGoal struct {
	usual int // percentage

	mu    sync.Mutex
	large int // images in work
}

const (
	// smallImage is the most pixels of an image beside which the rest of the program's
	// memory is not small.
	smallImage   = 1 << 18
	smallPercent = 400
)

func newHeapGoal() *heapGoal { return &heapGoal{usual: debug.SetGCPercent(smallPercent)} }

func (h *heapGoal) end() { debug.SetGCPercent(h.usual) }

// hold notes that an image of so many pixels is in work, until the function that is
// returned is called.
func (h *heapGoal) hold(pixels int64) (release func()) {
	if pixels <= smallImage {
		return func() {}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.large++; h.large == 1 {
		debug.SetGCPercent(h.usual)
	}
	return h.release
}

func (h *heapGoal) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.large--; h.large == 0 {
		debug.SetGCPercent(smallPercent)
	}
}
