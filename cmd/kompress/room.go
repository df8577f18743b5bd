package main

import (
	"context"
	"math"

	"github.com/urfave/cli/v2"
	"golang.org/x/sync/semaphore"
)

func memoryFlag(what string) cli.Flag {
	return &cli.StringFlag{Name: "memory", Value: "512M", Usage: "`SIZE` " + what}
}

func countingMemoryFlag() cli.Flag {
	return memoryFlag("of what is counted at a time, all together: of an image some bands of rows, or all of it where its format has none")
}

func readMemory(c *cli.Context) (int64, error) {
	bytes, err := parseSize(c.String("memory"))
	if err != nil {
		return 0, usagef("--memory: %w", err)
	}
	return bytes, nil
}

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
