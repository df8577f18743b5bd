package workers

import (
	"sync/atomic"
	"testing"
)

func TestGroupPanicsWhereItIsAwaited(t *testing.T) {
	var g Group
	var done atomic.Int32
	for i := range 8 {
		g.Go(func() {
			if i == 3 {
				panic("three")
			}
			done.Add(1)
		})
	}
	defer func() {
		if p := recover(); p != "three" || done.Load() != 7 || !g.Failed() {
			t.Errorf("got panic %v, %d done", p, done.Load())
		}
	}()
	g.Wait()
	t.Error("got no panic")
}

func TestGroupAwaitsAll(t *testing.T) {
	var g Group
	var done atomic.Int32
	for range 8 {
		g.Go(func() { done.Add(1) })
	}
	g.Wait()
	if done.Load() != 8 || g.Failed() {
		t.Errorf("got %d done, failed %v", done.Load(), g.Failed())
	}
}
