package main

import (
	"context"
	"math"

	"golang.org/x/sync/semaphore"
)

// A room is how many bytes may be in memory at a time.
type room struct {
	*semaphore.Weighted
	bytes int64
}

func newRoom(bytes int64) *room {
	bytes = max(1, bytes)
	return &room{semaphore.NewWeighted(bytes), bytes}
}

// take waits until there is room for so many bytes. What takes more than all is done alone.
func (r *room) take(ctx context.Context, bytes int64) (leave func(), err error) {
	bytes = max(0, min(bytes, r.bytes))
	if err := r.Acquire(ctx, bytes); err != nil {
		return nil, err
	}
	return func() { r.Release(bytes) }, nil
}

// saturatingAdd adds numbers from 0 on: an image may need any number of bytes.
func saturatingAdd(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
