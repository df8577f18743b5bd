package viewer

import (
	"context"
	"errors"
	"image"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kompress/kmeans"
	"kompress/quantize"
)

// A testWorker is a worker at work, and what it says.
type testWorker struct {
	*worker
	t      testing.TB
	cancel context.CancelFunc
	ended  chan struct{}
	stages chan string
	shows  chan *result
	fails  chan error
	failed chan request
	on     string // goroutine it runs on
}

func newTestWorker(t testing.TB) *testWorker {
	w := &testWorker{
		worker: newWorker(), t: t, ended: make(chan struct{}),
		stages: make(chan string, 10000), shows: make(chan *result, 10000),
		fails: make(chan error, 10000), failed: make(chan request, 10000),
	}
	w.worker.stage = func(_ request, stage string) { w.stages <- stage }
	w.worker.show = func(r *result) { w.shows <- r }
	w.worker.failed = func(r request, err error) { w.fails <- err; w.failed <- r }
	return w
}

// start has it work until the test ends.
func (w *testWorker) start() *testWorker {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	on := make(chan string, 1)
	go func() {
		defer close(w.ended)
		on <- goroutine()
		w.run(ctx)
	}()
	w.on = <-on
	w.t.Cleanup(w.end)
	return w
}

func (w *testWorker) end() {
	w.cancel()
	receive(w.t, w.ended, "the worker's end")
}

// settled returns the first settled result of a request.
func (w *testWorker) settled(r request) *result {
	w.t.Helper()
	for {
		if got := receive(w.t, w.shows, "a settled result"); got.request == r && got.settled {
			return got
		}
	}
}

func requestOf(t testing.TB, m image.Image, colors int) request {
	t.Helper()
	return request{pictureOf(t, m), settings{colors: colors}}
}

// checkResult compares a result with what package quantize alone gives.
func checkResult(t *testing.T, r *result, effort kmeans.Effort) {
	t.Helper()
	want, q := reduced(t, r.picture.image(), r.options(effort))
	got, err := r.picture.paletted(context.Background(), r.found)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(got, want); d != "" || r.found.MSE != q.MSE {
		t.Errorf("%+v: %s; an error of %v, want %v", r.settings, d, r.found.MSE, q.MSE)
	}
}

func TestWorkerShowsAFastResultAndThenASettledOne(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	r := requestOf(t, noise(50, 30, 1), 12)
	for _, s := range some(settings{colors: 12}, settings{colors: 33, seed: 7}, settings{colors: 5, space: quantize.Oklab}) {
		r.settings = s
		w.ask(r)
		fast := receive(t, w.shows, "the fast result")
		if fast.request != r || fast.settled || fast.drawing != nil || fast.counts.Pixels() != 1500 {
			t.Fatalf("got %+v first", fast)
		}
		checkResult(t, fast, kmeans.Fast)
		settled := receive(t, w.shows, "the settled result")
		if settled.request != r || !settled.settled || settled.counts != fast.counts {
			t.Fatalf("got %+v second", settled)
		}
		checkResult(t, settled, kmeans.Default)
	}
	if got := receive(t, w.stages, "a stage"); got != "counting colors" || len(w.stages) != 0 {
		t.Errorf("got %s and %d more stages, want colours counted once", got, len(w.stages))
	}
	if len(w.fails) > 0 {
		t.Error(<-w.fails)
	}
}

// What is lossless cannot get better.
func TestLosslessIsSettledAtOnce(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	r := requestOf(t, noise(4, 4, 1), 16)
	w.ask(r)
	if got := receive(t, w.shows, "the result"); !got.settled || !got.found.Lossless {
		t.Errorf("got %+v", got)
	}
	other := requestOf(t, noise(5, 5, 1), 4)
	w.ask(other)
	if got := receive(t, w.shows, "the next result"); got.request != other {
		t.Errorf("got %+v, want nothing more of the first", got)
	}
}

// Of many requests at once the last one is shown, and few others.
func TestTheNewestWins(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	r := requestOf(t, noise(24, 24, 1), 2)
	for k := 2; k <= 256; k++ {
		r.colors = k
		w.ask(r)
	}
	shown := 0
	for got := (*result)(nil); got == nil || !got.settled; shown++ {
		got = receive(t, w.shows, "a result")
		if got.settled && got.request != r {
			t.Fatalf("got a settled result of k = %d", got.colors)
		}
	}
	if shown > 100 {
		t.Errorf("%d results were shown", shown)
	}
}

// A slowGPU is a CPU that takes a while for each clustering, gives up work, and says
// when it begins.
type slowGPU struct {
	fakeGPU
	takes time.Duration
	began chan bool // if not nil
}

func (g *slowGPU) Assign(index []uint8, centroids []kmeans.Point) error {
	g.wait()
	return g.CPU.Assign(index, centroids)
}

func (g *slowGPU) Lloyd(sums []kmeans.Sum, centroids []kmeans.Point, passes int) error {
	g.wait()
	return g.CPU.Lloyd(sums, centroids, passes)
}

func (g *slowGPU) MiniBatch(m *kmeans.Model, steps int) error {
	g.wait()
	return g.CPU.MiniBatch(m, steps)
}

func (g *slowGPU) wait() {
	if g.began != nil {
		select {
		case g.began <- true:
		default:
		}
	}
	time.Sleep(g.takes)
}

// A fakeGPU is a CPU that says it draws.
type fakeGPU struct {
	quantize.CPU
	openError, countError, drawError error

	on      atomic.Value // goroutine it was used on last
	opened  atomic.Int64 // images
	closed  atomic.Int64
	drawn   atomic.Int64
	retired atomic.Int64
	ended   atomic.Bool
}

func (g *fakeGPU) Device() string { return "fake" }

func (g *fakeGPU) Open(m image.Image) (quantize.Pixels, error) {
	g.on.Store(goroutine())
	if g.openError != nil {
		return nil, g.openError
	}
	p, err := g.CPU.Open(m)
	g.opened.Add(1)
	return &fakePixels{p, g, false}, err
}

func (g *fakeGPU) Draw(p quantize.Pixels, table *quantize.Table) (*Drawing, error) {
	g.on.Store(goroutine())
	if p.(*fakePixels).closed || table == nil {
		return nil, errors.New("pixels are closed, or there is no table")
	}
	if g.drawError != nil {
		return nil, g.drawError
	}
	g.drawn.Add(1)
	return &Drawing{Handle: g}, nil
}

func (g *fakeGPU) Retire(d *Drawing) {
	g.on.Store(goroutine())
	if d.Handle != g {
		panic("a drawing of another GPU")
	}
	g.retired.Add(1)
}

func (g *fakeGPU) Close() error {
	g.on.Store(goroutine())
	g.ended.Store(true)
	return g.CPU.Close()
}

// fakePixels count how many are closed.
type fakePixels struct {
	quantize.Pixels
	gpu    *fakeGPU
	closed bool
}

func (p *fakePixels) Count(ctx context.Context) (*quantize.Counts, error) {
	if p.gpu.countError != nil {
		return nil, p.gpu.countError
	}
	return p.Pixels.Count(ctx)
}

func (p *fakePixels) Close() error {
	if !p.closed {
		p.closed = true
		p.gpu.closed.Add(1)
	}
	return p.Pixels.Close()
}

func (w *testWorker) use(g GPU) {
	w.t.Helper()
	if _, err := w.useGPU(func() (GPU, error) { return g, nil }, func() {}); err != nil {
		w.t.Fatal(err)
	}
}

// While a key is held, requests come faster than results: some are shown all the same,
// the settled one not before there is rest.
func TestHeldKeysShowPictures(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	w.use(&slowGPU{takes: 30 * time.Millisecond})
	r := requestOf(t, noise(40, 40, 1), 2)
	r.gpu = true
	end := time.Now().Add(hangTime)
	for shown := 0; shown < 3; {
		if time.Now().After(end) {
			t.Fatalf("only %d pictures while a key is held", shown)
		}
		r.colors = 2 + (r.colors+1)%200
		w.ask(r)
		select {
		case got := <-w.shows:
			if got.settled {
				t.Fatal("it settled while a key is held")
			}
			shown++
		case <-time.After(10 * time.Millisecond):
		}
	}
	w.settled(r)
}

// Whenever requests come, the last one settles.
func TestNoRequestIsLost(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	random := rand.New(rand.NewPCG(1, 1))
	r := requestOf(t, noise(40, 40, 1), 2)
	others := []*picture{r.picture, pictureOf(t, noise(20, 30, 2)), pictureOf(t, noise(1, 1, 2))}
	for round := range some(0, 1, 2, 3) {
		for range 20 {
			r.picture = others[random.IntN(3)]
			r.colors = 1 + random.IntN(20)
			w.ask(r)
			if random.IntN(3) > 0 {
				time.Sleep(time.Duration(random.ExpFloat64() * float64(time.Duration(1+round)*time.Millisecond)))
			}
		}
		w.settled(r)
	}
}

// A request may come just when the worker says something, or begins to cluster.
func TestRequestsAtAnyMoment(t *testing.T) {
	t.Parallel()
	const most = 1000
	by := 1
	if raceEnabled {
		by = 5
	}
	for moment := 0; moment < most; moment += by {
		w := newTestWorker(t)
		first := requestOf(t, noise(16, 16, 1), 3)
		first.gpu = true
		last := first
		last.colors = 5
		at, reached := 0, make(chan bool, 1)
		ask := func() {
			if at == moment {
				reached <- true
				w.ask(first) // the same again is no loss either
				w.ask(last)
			}
			at++
		}
		w.worker.stage = func(request, string) { ask() }
		w.worker.show = func(r *result) { ask(); w.shows <- r }
		w.start()
		w.use(&hookedGPU{hook: ask})
		w.ask(first)
		got := receive(t, w.shows, "a result")
		for !got.settled {
			got = receive(t, w.shows, "a settled result")
		}
		if len(reached) == 0 {
			if moment < 6 {
				t.Errorf("there are only %d moments", moment)
			}
			return
		}
		if got.request != last {
			w.settled(last)
		}
		w.end()
	}
	t.Errorf("there are more than %d moments", most)
}

// A hookedGPU calls a function where work is done.
type hookedGPU struct {
	fakeGPU
	hook func()
}

func (g *hookedGPU) Assign(index []uint8, centroids []kmeans.Point) error {
	g.hook()
	return g.CPU.Assign(index, centroids)
}

func (g *hookedGPU) Draw(p quantize.Pixels, table *quantize.Table) (*Drawing, error) {
	g.hook()
	return g.fakeGPU.Draw(p, table)
}

// The same request again does not make the work begin anew.
func TestTheSameRequestAgain(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	g := &slowGPU{began: make(chan bool, 1), takes: 20 * time.Millisecond}
	w.use(g)
	r := requestOf(t, noise(16, 16, 1), 3)
	r.gpu = true
	w.ask(r)
	receive(t, g.began, "the work")
	for range 5 {
		w.ask(r)
	}
	w.settled(r)
	time.Sleep(10 * time.Millisecond)
	if n := g.drawn.Load(); n != 2 {
		t.Errorf("%d results were made, want 2", n)
	}
	w.ask(r) // but once it is done it is
	w.settled(r)
	// And so does one that is newer than another that waits.
	other := r
	other.colors = 5
	receive(t, g.began, "the end of the work before")
	w.ask(other)
	receive(t, g.began, "the work")
	w.ask(r)
	w.ask(other)
	for {
		if got := receive(t, w.shows, "a result"); got.settled {
			if got.request != other {
				t.Errorf("k = %d settled, want %d", got.colors, other.colors)
			}
			return
		}
	}
}

// What was made to wait is next: the older one does not settle first.
func TestAWaitingRequestIsNext(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	g := &slowGPU{began: make(chan bool, 1), takes: 20 * time.Millisecond}
	w.use(g)
	r := requestOf(t, noise(16, 16, 1), 3)
	r.gpu = true
	next := r
	next.colors = 4
	w.ask(r)
	receive(t, g.began, "the work")
	w.ask(next)
	for {
		if got := receive(t, w.shows, "a result"); got.settled {
			if got.request != next {
				t.Errorf("k = %d settled, want %d", got.colors, next.colors)
			}
			return
		}
	}
}

// A request that comes just before the work on another begins is the only one that is
// shown.
func TestARequestComesInBetween(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	r := requestOf(t, noise(16, 16, 1), 3)
	next := r
	next.colors = 4
	hold := make(chan bool)
	w.later(func() { <-hold })
	w.later(func() {
		// The worker takes both of these at once.
		w.ask(r)
		w.later(func() { w.ask(next) })
	})
	close(hold)
	if got := receive(t, w.shows, "a result"); got.request != next {
		t.Errorf("k = %d is shown, want %d", got.colors, next.colors)
	}
	w.settled(next)
}

// Functions are called between the work, on the worker's goroutine, which then takes
// the work up again.
func TestCall(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	g := &slowGPU{began: make(chan bool, 1), takes: 30 * time.Millisecond}
	w.use(g)
	r := requestOf(t, noise(16, 16, 1), 3)
	r.gpu = true
	w.ask(r)
	receive(t, g.began, "the work")
	called := make(chan string, 1)
	w.call(func() { called <- goroutine() })
	if on := receive(t, called, "the call"); on != w.on {
		t.Error("it was called on another goroutine")
	}
	w.settled(r)
	w.later(func() { called <- goroutine() })
	if on := receive(t, called, "the later call"); on != w.on {
		t.Error("it was called on another goroutine")
	}
}

// A request that is newer than the work under way is what goes on after a call.
func TestCallKeepsTheNewest(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	g := &slowGPU{began: make(chan bool, 1), takes: 30 * time.Millisecond}
	w.use(g)
	r := requestOf(t, noise(16, 16, 1), 3)
	r.gpu = true
	w.ask(r)
	receive(t, g.began, "the work")
	r.colors = 7
	w.ask(r)
	w.call(func() {})
	w.settled(r)
}

func TestUseGPU(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	want := errors.New("no GPU")
	released := make(chan string, 2)
	release := func() { released <- goroutine() }
	if _, err := w.useGPU(func() (GPU, error) { return nil, want }, release); err != want {
		t.Errorf("got error %v, want %v", err, want)
	}
	if on := receive(t, released, "release"); on != w.on {
		t.Error("it was released on another goroutine")
	}
	r := requestOf(t, noise(16, 16, 1), 3)
	r.gpu = true
	w.ask(r)
	if err := receive(t, w.fails, "an error"); !strings.Contains(err.Error(), "closed") {
		t.Errorf("got error %v", err)
	}
	g := new(fakeGPU)
	on := make(chan string, 1)
	if _, err := w.useGPU(func() (GPU, error) { on <- goroutine(); return g, nil }, release); err != nil {
		t.Fatal(err)
	}
	if got := <-on; got != w.on {
		t.Error("it was opened on another goroutine")
	}
	w.ask(r)
	settled := w.settled(r)
	if settled.drawing == nil || g.on.Load() != w.on {
		t.Error("there is no drawing, or it was made on another goroutine")
	}
	checkResult(t, settled, kmeans.Default)
	cpu := r
	cpu.gpu = false
	w.ask(cpu)
	if w.settled(cpu).drawing != nil {
		t.Error("the CPU draws")
	}
	w.retire(nil)
	w.retire(settled.drawing)
	if len(released) > 0 {
		t.Error("it was released too early")
	}
	w.end()
	if on := receive(t, released, "release"); on != w.on {
		t.Error("it was released on another goroutine")
	}
	if g.retired.Load() != 1 || g.on.Load() != w.on || !g.ended.Load() || g.opened.Load() != g.closed.Load() {
		t.Errorf("got %d retired, %d of %d closed, ended %t", g.retired.Load(), g.closed.Load(), g.opened.Load(), g.ended.Load())
	}
}

// What is not on the GPU as a whole is painted by the CPU; all else is a failure.
func TestDrawErrors(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	g := &fakeGPU{drawError: errors.Join(errors.New("too large"), ErrNotResident)}
	w.use(g)
	r := requestOf(t, noise(16, 16, 1), 3)
	r.gpu = true
	w.ask(r)
	if got := w.settled(r); got.drawing != nil {
		t.Error("got a drawing")
	}
	want := errors.New("broken")
	w.later(func() { g.drawError = want })
	r.colors = 4
	w.ask(r)
	if err := receive(t, w.fails, "an error"); err != want {
		t.Errorf("got error %v, want %v", err, want)
	}
	if got := receive(t, w.failed, "its request"); got != r {
		t.Errorf("got %v", got)
	}
}

// Errors of an engine arrive, and what comes after them works.
func TestWorkerErrors(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	r := requestOf(t, noise(16, 16, 1), 3)
	r.gpu = true
	for _, g := range []*fakeGPU{{openError: errors.New("no memory")}, {countError: errors.New("lost")}} {
		w.use(g)
		w.ask(r)
		if err := receive(t, w.fails, "an error"); err != g.openError && err != g.countError {
			t.Errorf("got error %v", err)
		}
		if g.opened.Load() != g.closed.Load() {
			t.Error("pixels are left open")
		}
	}
	r.colors = 1000 // no such number
	r.gpu = false
	w.ask(r)
	if err := receive(t, w.fails, "an error"); !strings.Contains(err.Error(), "1000") {
		t.Errorf("got error %v", err)
	}
	r.colors = 3
	w.ask(r)
	w.settled(r)
	if len(w.fails) != 0 {
		t.Errorf("got error %v", <-w.fails)
	}
}

func TestForget(t *testing.T) {
	t.Parallel()
	w := newTestWorker(t).start()
	g := new(fakeGPU)
	w.use(g)
	a, b := requestOf(t, noise(16, 16, 1), 3), requestOf(t, noise(16, 16, 2), 3)
	a.gpu, b.gpu = true, true
	for _, r := range []request{a, b} {
		w.ask(r)
		w.settled(r)
		r.gpu = false
		w.ask(r)
		w.settled(r)
	}
	w.forget(a.picture)
	left := make(chan []place, 1)
	w.later(func() {
		var list []place
		for at := range w.sessions {
			list = append(list, at)
		}
		left <- list
	})
	list := receive(t, left, "what is left")
	if len(list) != 2 || list[0].picture != b.picture || list[1].picture != b.picture || g.closed.Load() != 1 {
		t.Errorf("%d sessions are left, %d were closed on the GPU", len(list), g.closed.Load())
	}
	w.later(w.dropGPU)
	w.later(func() { left <- make([]place, len(w.sessions)) })
	if list := receive(t, left, "what is left"); len(list) != 1 || g.closed.Load() != 2 || !g.ended.Load() {
		t.Errorf("%d sessions are left, %d were closed on the GPU", len(list), g.closed.Load())
	}
	w.retire(&Drawing{Handle: g}) // of a GPU that is gone
	w.ask(a)
	if err := receive(t, w.fails, "an error"); err == nil {
		t.Error("a GPU that is gone works")
	}
}

// The end gives up what is under way, says nothing of it and leaves nothing behind.
func TestWorkerEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 10 {
		w := newTestWorker(t).start()
		g := &slowGPU{began: make(chan bool, 1), takes: 10 * time.Millisecond}
		w.use(g)
		r := requestOf(t, noise(16, 16, 1), 3)
		r.gpu = true
		w.ask(r)
		receive(t, g.began, "the work")
		w.end()
		if len(w.fails) > 0 {
			t.Errorf("got error %v", <-w.fails)
		}
		if !g.ended.Load() || g.closed.Load() != g.opened.Load() || g.on.Load() != w.on {
			t.Error("the engine is left open, or was closed elsewhere")
		}
	}
	checkGoroutines(t, before)
}

// checkGoroutines waits until there are no more than there were.
func checkGoroutines(t *testing.T, before int) {
	t.Helper()
	end := time.Now().Add(hangTime)
	for runtime.NumGoroutine() > before {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines are left, there were %d", runtime.NumGoroutine(), before)
		}
		time.Sleep(time.Millisecond)
	}
}

// A request may be made again as soon as its last result is there.
func TestSameRequestAfterItsEnd(t *testing.T) {
	w := newTestWorker(t)
	r := requestOf(t, noise(16, 16, 1), 3)
	again := false
	w.worker.show = func(got *result) {
		w.shows <- got
		if got.settled && !again {
			again = true
			w.ask(r)
		}
	}
	w.start()
	w.ask(r)
	w.settled(r)
	w.settled(r)
}

// What is wanted of a picture that is forgotten is forgotten too.
func TestForgetWhatWaits(t *testing.T) {
	w := newTestWorker(t).start()
	g := &slowGPU{takes: 30 * time.Millisecond, began: make(chan bool, 1)}
	w.use(g)
	r := requestOf(t, noise(16, 16, 1), 3)
	r.gpu = true
	w.ask(r)
	receive(t, g.began, "the beginning of work")
	r.colors = 4
	w.ask(r)
	w.forget(r.picture)
	other := requestOf(t, noise(16, 16, 2), 3)
	w.ask(other)
	w.settled(other)
	left := make(chan int, 1)
	w.later(func() { left <- len(w.sessions) })
	if n := receive(t, left, "the number of sessions"); n != 1 {
		t.Errorf("got %d sessions, want that of the other picture only", n)
	}
}

// Nobody waits for an engine when there is no worker any more.
func TestUseGPUAfterTheEnd(t *testing.T) {
	w := newTestWorker(t).start()
	w.end()
	if _, err := w.useGPU(func() (GPU, error) { return nil, errNoGPU }, func() {}); err == nil {
		t.Error("got no error")
	}
}

// A request that was given up may be made again before the work on it has ended.
func TestAskForWhatWasGivenUp(t *testing.T) {
	w := newTestWorker(t).start()
	g := &slowGPU{takes: 30 * time.Millisecond, began: make(chan bool, 1)}
	w.use(g)
	r := requestOf(t, noise(16, 16, 1), 3)
	r.gpu = true
	w.ask(r)
	receive(t, g.began, "the beginning of work")
	w.giveUp()
	w.ask(r)
	w.settled(r)
}
