//go:build cgo

package gpu

import (
	"time"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A timer adds up the device time of each stage, by timer queries, or by the clock
// where OpenGL runs on the CPU: there the queries tell nonsense. A nil one does
// nothing.
type timer struct {
	byClock bool
	times   map[string]time.Duration
	pending []timed
	copies  string // what copies are for; "" for nothing in particular
	unused  []uint32
}

type timed struct {
	stage string
	query uint32
}

func newTimer(byClock bool) *timer {
	return &timer{byClock: byClock, times: map[string]time.Duration{}}
}

// start returns what has to be called when the stage's commands have been issued.
func (t *timer) start(stage string) (stop func()) {
	switch {
	case t == nil:
		return func() {}
	case t.byClock:
		gl.Finish()
		begin := time.Now()
		return func() {
			gl.Finish()
			t.times[stage] += time.Since(begin)
		}
	}
	query := t.query()
	gl.BeginQuery(gl.TIME_ELAPSED, query)
	return func() {
		gl.EndQuery(gl.TIME_ELAPSED)
		t.pending = append(t.pending, timed{stage, query})
	}
}

// startCopy is start for a copy, which counts as what it is for.
func (t *timer) startCopy() (stop func()) {
	if t == nil || t.copies == "" {
		return t.start("copy")
	}
	return t.start(t.copies)
}

// during runs f, the copies in which are for that.
func (t *timer) during(what string, f func()) {
	if t == nil {
		f()
		return
	}
	t.copies = what
	defer func() { t.copies = "" }()
	f()
}

func (t *timer) query() (q uint32) {
	if n := len(t.unused); n > 0 {
		q, t.unused = t.unused[n-1], t.unused[:n-1]
		return q
	}
	gl.GenQueries(1, &q)
	return q
}

// collect waits for the queries' results and returns the times so far.
func (t *timer) collect() map[string]time.Duration {
	if t == nil {
		return nil
	}
	for _, p := range t.pending {
		var ns uint64
		gl.GetQueryObjectui64v(p.query, gl.QUERY_RESULT, &ns)
		t.times[p.stage] += time.Duration(ns)
		t.unused = append(t.unused, p.query)
	}
	t.pending = t.pending[:0]
	return t.times
}

func (t *timer) freeAll() {
	t.collect()
	for _, q := range t.unused {
		gl.DeleteQueries(1, &q)
	}
}
