package viewer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// A testLoader is a loader at work, of which each decoding waits to be told how it
// ends.
type testLoader struct {
	*loader
	t        testing.TB
	began    chan string
	finish   chan error
	given    chan string // decodings that were given up
	results  chan string
	progress chan string
	cancel   context.CancelFunc
	ended    chan struct{}
}

func newTestLoader(t testing.TB) *testLoader {
	l := &testLoader{
		t: t, began: make(chan string, 100), finish: make(chan error), given: make(chan string, 100),
		results: make(chan string, 100), progress: make(chan string, 100), ended: make(chan struct{}),
	}
	l.loader = newLoader(l.decode)
	l.loader.progress = func(path string, share float64) { l.progress <- fmt.Sprint(path, " ", share) }
	l.loader.loaded = func(path string, p *picture, err error) {
		if err == nil && p.path != path {
			err = errors.New("another picture")
		}
		l.results <- fmt.Sprint(path, " ", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	go func() {
		defer close(l.ended)
		l.run(ctx)
	}()
	t.Cleanup(l.end)
	return l
}

func (l *testLoader) end() {
	l.cancel()
	receive(l.t, l.ended, "the loader's end")
}

func (l *testLoader) decode(ctx context.Context, path string, progress func(float64)) (*Image, error) {
	l.began <- path
	progress(0.5)
	select {
	case err := <-l.finish:
		return &Image{Pixels: noise(3, 2, 1), Bytes: 7}, err
	case <-ctx.Done():
		l.given <- path
		return nil, ctx.Err()
	}
}

// expect waits for something that the loader does.
func (l *testLoader) expect(from <-chan string, want string) {
	l.t.Helper()
	if got := receive(l.t, from, want); got != want {
		l.t.Fatalf("got %q, want %q", got, want)
	}
}

func (l *testLoader) let(err error) {
	l.t.Helper()
	select {
	case l.finish <- err:
	case <-time.After(hangTime):
		l.t.Fatal("nothing is being decoded")
	}
}

func TestLoaderTakesOneAfterTheOther(t *testing.T) {
	l := newTestLoader(t)
	l.want([]string{"a", "b", "c"})
	for _, path := range []string{"a", "b", "c"} {
		l.expect(l.began, path)
		l.expect(l.progress, path+" 0.5")
		if path == "b" {
			l.let(errors.New("b: broken"))
			l.expect(l.results, "b b: broken")
		} else {
			l.let(nil)
			l.expect(l.results, path+" <nil>")
		}
	}
	l.want([]string{"a"}) // again
	l.expect(l.began, "a")
	l.let(nil)
	l.expect(l.results, "a <nil>")
	if len(l.began)+len(l.results)+len(l.given) > 0 {
		t.Error("more was done than was wanted")
	}
}

// What is most urgent now is begun at once; what is given up says nothing.
func TestLoaderGivesUpWhatIsLessUrgent(t *testing.T) {
	l := newTestLoader(t)
	l.want([]string{"a", "b"})
	l.expect(l.began, "a")
	l.want([]string{"b", "a"})
	l.expect(l.given, "a")
	l.expect(l.began, "b")
	l.want([]string{"b", "c"}) // it goes on
	l.let(nil)
	l.expect(l.results, "b <nil>")
	l.expect(l.began, "c")
	l.want(nil)
	l.expect(l.given, "c")
	l.want([]string{"d"})
	l.expect(l.began, "d")
	l.let(nil)
	l.expect(l.results, "d <nil>")
	if len(l.began)+len(l.results)+len(l.given) > 0 {
		t.Error("more was done than was wanted")
	}
}

func TestLoaderEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 5 {
		l := newTestLoader(t)
		l.want([]string{"a", "b"})
		l.expect(l.began, "a")
		l.end()
		if len(l.results) > 0 || len(l.began) > 0 {
			t.Error("it went on after its end")
		}
	}
	l := newTestLoader(t) // with nothing to do
	l.end()
	checkGoroutines(t, before)
}

// Whenever other images are wanted, all of the last list come.
func TestNoImageIsLost(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	results := make(chan string, 100000)
	l := newLoader(func(ctx context.Context, path string, _ func(float64)) (*Image, error) {
		if strings.HasPrefix(path, "slow") {
			select {
			case <-time.After(100 * time.Microsecond):
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		return &Image{Pixels: noise(1, 1, 1)}, nil
	})
	l.loaded = func(path string, _ *picture, err error) {
		if err != nil {
			path = err.Error()
		}
		results <- path
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); l.run(ctx) }()
	for round := range 300 {
		var last []string
		for i := range 5 {
			last = []string{fmt.Sprint("slow", round, i), fmt.Sprint("fast", round, i), fmt.Sprint("fast", round, i+1)}
			random.Shuffle(3, func(a, b int) { last[a], last[b] = last[b], last[a] })
			l.want(slices.Clone(last))
			if n := random.IntN(3); n > 0 {
				time.Sleep(time.Duration(n) * 50 * time.Microsecond)
			}
		}
		missing := map[string]bool{}
		for _, path := range last {
			missing[path] = true
		}
		l.want(slices.Clone(last)) // what came already comes again
		for len(missing) > 0 {
			delete(missing, receive(t, results, "an image"))
		}
	}
	cancel()
	receive(t, ended, "the loader's end")
}

// A file without a name is one that cannot be decoded.
func TestLoadEmptyPath(t *testing.T) {
	got := make(chan string, 2)
	l := newLoader(func(context.Context, string, func(float64)) (*Image, error) { return nil, errBroken })
	l.loaded = func(path string, _ *picture, _ error) { got <- path }
	go l.run(t.Context())
	l.want([]string{"", "b"})
	for _, want := range []string{"", "b"} {
		if path := receive(t, got, "an answer"); path != want {
			t.Errorf("got %q, want %q", path, want)
		}
	}
}
