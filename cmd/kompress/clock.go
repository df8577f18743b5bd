package main

import "time"

// A clock takes the times of the stages.
type clock struct{ start, last time.Time }

func newClock() *clock {
	now := time.Now()
	return &clock{now, now}
}

func (c *clock) lap(seconds *float64) {
	now := time.Now()
	*seconds = now.Sub(c.last).Seconds()
	c.last = now
}

func (c *clock) total() time.Duration { return time.Since(c.start) }
