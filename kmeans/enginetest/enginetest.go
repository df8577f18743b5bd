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
// wrapped with the name of the case. It does not close e. With the race detector
// it runs only cases of which an engine may share out the work.
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
	groups := allCases()
	if raceEnabled {
		groups = sharedCases()
	}
	var all []*testCase
	for _, group := range groups {
		for i := range group {
			c := &group[i]
			c.want = sync.OnceValue(func() []result { return c.play(new(reference)).results })
			all = append(all, c)
		}
	}
	return all
})

func allCases() [][]testCase {
	return [][]testCase{
		errorCases(), tieCases(), cornerCases(), clusterCases(), weightCases(), modelCases(),
		reloadCases(), orderCases(), batchCases(), sizeCases(), largeCases(),
	}
}

// sharedCases are those for the race detector: every call on thousands of points or
// samples, on none and on few, in every order. Results are for the plain tests.
func sharedCases() [][]testCase {
	return [][]testCase{
		passErrors()[:2], reloadCases(), orderCases(),
		{
			batchCase(4097, 2, 16), sizeCase(0, 3, 0), sizeCase(1, 7, 1), sizeCase(2049, 64, 2), sizeCase(4097, 256, 5),
			largeCase(65537, 9),
			{name: "a batch of many leaves", run: func(s *script) {
				s.load(s.random(3), ones(3))
				s.miniBatch(kmeans.NewModel(s.random(8), 1, 70_000, 1), 2)
			}},
		},
	}
}

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
