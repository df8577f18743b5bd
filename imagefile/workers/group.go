// Package workers runs goroutines whose panics are their caller's.
package workers

import (
	"sync"
	"sync/atomic"
)

// A Group is a [sync.WaitGroup] whose Wait panics if one of its goroutines did. A panic
// of the goroutine itself would end the program, whatever the caller recovers from.
type Group struct {
	wg     sync.WaitGroup
	failed atomic.Pointer[any]
}

// Go calls f on a goroutine.
func (g *Group) Go(f func()) {
	g.wg.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				g.failed.CompareAndSwap(nil, &p)
			}
		}()
		f()
	})
}

// Wait returns when all goroutines have ended, or panics as the first that did.
func (g *Group) Wait() {
	g.wg.Wait()
	if p := g.failed.Load(); p != nil {
		panic(*p)
	}
}

// Failed says whether one has panicked, so that others can leave their work.
func (g *Group) Failed() bool { return g.failed.Load() != nil }
