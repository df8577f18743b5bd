// Package enginetest checks that a kmeans.Engine keeps its contract: every case
// is run on the engine and on a slow reference implementation, and the two have
// to agree in every bit.
package enginetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"kompress/kmeans"
)

// Check runs every case on e and returns the first breach of the contract,
// wrapped with the name of the case. It does not close e.
func Check(e kmeans.Engine) error {
	for _, c := range cases() {
		if err := c.check(e); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

// CheckClose closes e and checks what it does then.
func CheckClose(e kmeans.Engine) error {
	points, weights := []kmeans.Point{{1, 2, 3}}, []uint32{1}
	if err := e.Load(points, weights); err != nil {
		return fmt.Errorf("close: Load: %w", err)
	}
	for _, call := range []string{"first", "second"} {
		if err := e.Close(); err != nil {
			return fmt.Errorf("close: the %s Close: %w", call, err)
		}
	}
	for _, call := range []struct {
		name string
		err  error
	}{
		{"Load", e.Load(points, weights)},
		{"Lloyd", e.Lloyd(make([]kmeans.Sum, 1), points, 1)},
		{"Assign", e.Assign(make([]uint8, 1), points)},
		{"MiniBatch", e.MiniBatch(kmeans.NewModel(points, 1, 1, 1), 1)},
	} {
		if !errors.Is(call.err, kmeans.ErrClosed) {
			return fmt.Errorf("close: %s after Close: got error %v, want %v", call.name, call.err, kmeans.ErrClosed)
		}
	}
	if err := e.Close(); err != nil {
		return fmt.Errorf("close: a later Close: %w", err)
	}
	return nil
}

// CheckNew checks an engine that never saw Load: it holds no points.
func CheckNew(e kmeans.Engine) error {
	c := testCase{name: "before the first Load", run: func(s *script) {
		s.calls(s.random(3), 16, 2)
	}}
	if err := c.check(e); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	return nil
}

// Run runs every case as a subtest, all of them on one engine, for what a call
// leaves behind must not show in the next. Further engines are made to be
// closed. Subtests are goroutines of their own, and calls come from all of them,
// though never two at a time.
func Run(t *testing.T, open func() kmeans.Engine) {
	shared := open()
	t.Cleanup(func() {
		if err := shared.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	report := func(name string, check func() error) {
		t.Run(name, func(t *testing.T) {
			if err := check(); err != nil {
				t.Error(err)
			}
		})
	}
	for _, c := range cases() {
		report(c.name, func() error { return c.check(shared) })
	}
	report("new", func() error {
		e := open()
		return errors.Join(CheckNew(e), e.Close())
	})
	report("close", func() error { return CheckClose(open()) })
}

// A testCase is calls to make on an engine.
type testCase struct {
	name string
	run  func(*script)
	want func() []result // of the reference; made once, for it is slow
}

var cases = sync.OnceValue(func() []*testCase {
	var all []*testCase
	for _, group := range [][]testCase{
		errorCases(), tieCases(), cornerCases(), clusterCases(), weightCases(), modelCases(),
		reloadCases(), orderCases(), batchCases(), sizeCases(), largeCases(),
	} {
		for i := range group {
			c := &group[i]
			c.want = sync.OnceValue(func() []result { return c.play(new(reference)).results })
			all = append(all, c)
		}
	}
	return all
})

func (c *testCase) play(e kmeans.Engine) *script {
	s := newScript(e)
	c.run(s)
	return s
}

func (c *testCase) check(e kmeans.Engine) error {
	var want []result
	if c.want != nil {
		want = c.want()
	} else {
		want = c.play(new(reference)).results
	}
	got := c.play(e)
	for i := range want {
		if err := got.results[i].compare(&want[i]); err != nil {
			return fmt.Errorf("call %d, %s: %w", i+1, want[i].call, err)
		}
	}
	return got.breach
}
