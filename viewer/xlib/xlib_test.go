package xlib_test

import (
	"errors"
	"runtime"
	"sync"
	"testing"

	"kompress/viewer/xlib"
)

func TestLoadGivesAllTheSameResult(t *testing.T) {
	want := xlib.Load()
	if want != nil && !errors.Is(want, xlib.ErrMissing) {
		t.Errorf("got error %v, want one that wraps %q", want, xlib.ErrMissing)
	}
	if want != nil && runtime.GOOS != "linux" {
		t.Errorf("got error %v, want none where there is nothing to load", want)
	}
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() {
			if got := xlib.Load(); got != want {
				t.Errorf("got error %v, want %v as before", got, want)
			}
		})
	}
	calls.Wait()
}
