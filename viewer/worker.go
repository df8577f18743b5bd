package viewer

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"kompress/kmeans"
	"kompress/quantize"
)

const (
	// restTime is for how long keys have to rest until the picture settles.
	restTime = 150 * time.Millisecond

	// showTime is after how long without a new picture one is finished though a
	// newer one is wanted: else there were none while a key is held.
	showTime = 100 * time.Millisecond
)

// A request is a picture, and what is wanted of it.
type request struct {
	picture *picture
	settings
}

// A result is what was found for a request.
type result struct {
	request
	counts  *quantize.Counts
	found   *quantize.Quantized
	drawing *Drawing // nil if the picture is not painted by the GPU
	settled bool     // of default effort, and no better one is to come
	took    time.Duration
}

// A worker counts and clusters, on a goroutine of its own. The newest request wins:
// work on older ones is given up, unless the screen has waited too long.
type worker struct {
	stage  func(request, string) // tells what is being done
	show   func(*result)
	failed func(request, error)

	mu      sync.Mutex
	next    *request
	calls   []func()
	working context.Context    // of the work under way
	cancel  context.CancelFunc // of that; nil for none
	doing   *request           // it is for; nil once its last result was shown
	atFast  bool               // the work under way is on the fast result
	shown   time.Time
	arrived chan struct{}
	ended   chan struct{} // closed when run returns

	// Of the worker's goroutine:
	cpu      quantize.CPU
	gpu      GPU
	release  func() // takes back what useGPU's open made current
	sessions map[place]*quantize.Session
}

// A place is where the colours of a picture were counted.
type place struct {
	picture *picture
	gpu     bool
}

func newWorker() *worker {
	return &worker{arrived: make(chan struct{}, 1), ended: make(chan struct{}), sessions: map[place]*quantize.Session{}}
}

// ask makes a request the newest.
func (w *worker) ask(r request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next == nil && w.doing != nil && *w.doing == r && w.working.Err() == nil {
		return // it is being worked on
	}
	w.next = &r
	if w.cancel != nil && !w.mustShow(r) {
		w.cancel()
	}
	w.wake()
}

// giveUp ends the work under way, and what waits for it: the picture was left.
func (w *worker) giveUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = nil
	if w.cancel != nil {
		w.cancel()
	}
}

// mustShow says whether the work under way is to be finished first.
func (w *worker) mustShow(r request) bool {
	return w.atFast && w.doing.picture == r.picture && w.doing.gpu == r.gpu && time.Since(w.shown) > showTime
}

// call has f called on the worker's goroutine, after the work under way was given up.
func (w *worker) call(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, f)
	if w.cancel != nil {
		if w.next == nil && w.working.Err() == nil {
			w.next = w.doing // it is taken up again
		}
		w.cancel()
	}
	w.wake()
}

// later has f called on the worker's goroutine when there is time.
func (w *worker) later(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, f)
	w.wake()
}

func (w *worker) wake() {
	select {
	case w.arrived <- struct{}{}:
	default:
	}
}

// run works until the context is done. The thread is the goroutine's alone, for a
// context of OpenGL may be current on it.
func (w *worker) run(ctx context.Context) {
	runtime.LockOSThread()
	defer close(w.ended)
	for {
		r, calls := w.take()
		for _, f := range calls {
			f()
		}
		if ctx.Err() != nil {
			w.close()
			return
		}
		if r != nil {
			w.work(ctx, r)
			continue
		}
		select {
		case <-w.arrived:
		case <-ctx.Done():
		}
	}
}

func (w *worker) take() (*request, []func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, calls := w.next, w.calls
	w.next, w.calls = nil, nil
	return r, calls
}

// work serves a request, and tells why if it cannot.
func (w *worker) work(ctx context.Context, r *request) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.mu.Lock()
	w.working, w.cancel, w.doing = ctx, cancel, r
	if w.next != nil {
		cancel() // it came in between
	}
	w.mu.Unlock()
	err := w.serve(ctx, r)
	w.mu.Lock()
	w.cancel, w.doing, w.atFast = nil, nil, false
	w.mu.Unlock()
	if err != nil && ctx.Err() == nil {
		w.failed(*r, err)
	}
}

// serve shows the fast result and, when no newer request has come for a while, the
// one of default effort.
func (w *worker) serve(ctx context.Context, r *request) error {
	s, err := w.session(ctx, r)
	if err != nil {
		return err
	}
	w.beginFast()
	fast, err := w.cluster(ctx, r, s, kmeans.Fast)
	if err == nil {
		w.showResult(fast)
	}
	w.endFast(err == nil)
	if err != nil || fast.settled {
		return err
	}
	select {
	case <-time.After(restTime):
	case <-ctx.Done():
		return ctx.Err()
	}
	settled, err := w.cluster(ctx, r, s, kmeans.Default)
	if err == nil {
		w.showResult(settled)
	}
	return err
}

// showResult shows a result. After the last one of a request, the same may be asked for
// again.
func (w *worker) showResult(r *result) {
	if r.settled {
		w.mu.Lock()
		w.doing, w.atFast = nil, false
		w.mu.Unlock()
	}
	w.show(r)
}

func (w *worker) beginFast() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.atFast = true
}

// endFast gives the rest of the work up if something newer was made to wait.
func (w *worker) endFast(shown bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.atFast = false
	if shown {
		w.shown = time.Now()
	}
	if w.next != nil {
		w.cancel()
	}
}

// session returns the picture's, after counting its colours if need be.
func (w *worker) session(ctx context.Context, r *request) (*quantize.Session, error) {
	at := place{r.picture, r.gpu}
	if s := w.sessions[at]; s != nil {
		return s, nil
	}
	if w.gpu == nil && r.gpu {
		return nil, errors.New("viewer: the GPU's engine is closed")
	}
	w.stage(*r, "counting colors")
	s, err := quantize.NewSession(ctx, w.engine(r), r.picture.image())
	if err == nil {
		w.sessions[at] = s
	}
	return s, err
}

func (w *worker) engine(r *request) quantize.Engine {
	if r.gpu {
		return w.gpu
	}
	return &w.cpu
}

func (w *worker) cluster(ctx context.Context, r *request, s *quantize.Session, effort kmeans.Effort) (*result, error) {
	began := time.Now()
	found, err := s.Cluster(ctx, r.options(effort))
	if err != nil {
		return nil, err
	}
	out := &result{request: *r, counts: s.Counts(), found: found}
	out.settled = effort == kmeans.Default || found.Lossless
	if r.gpu {
		out.drawing, err = w.gpu.Draw(s.Pixels(), found.Table())
		if err != nil && !errors.Is(err, ErrNotResident) {
			return nil, err
		}
	}
	if out.drawing == nil {
		found.Table().Lookup(nil, nil, r.picture.premultiplied) // so that painting need not wait
	}
	out.took = time.Since(began)
	return out, nil
}

// retire gives back a drawing that is not on the screen any more.
func (w *worker) retire(d *Drawing) {
	if d != nil {
		w.later(func() {
			if w.gpu != nil {
				w.gpu.Retire(d)
			}
		})
	}
}

// forget closes the sessions of a picture, of which no drawing is on the screen.
func (w *worker) forget(p *picture) {
	w.mu.Lock()
	if w.next != nil && w.next.picture == p {
		w.next = nil
	}
	if w.doing != nil && w.doing.picture == p {
		w.cancel()
	}
	w.mu.Unlock()
	w.later(func() {
		for at, s := range w.sessions {
			if at.picture == p {
				s.Close()
				delete(w.sessions, at)
			}
		}
	})
}

// useGPU makes the engine on the worker's goroutine, where open makes a context
// current and release takes it back, waits for it and returns its device's name.
func (w *worker) useGPU(open func() (GPU, error), release func()) (device string, err error) {
	done := make(chan struct{})
	w.call(func() {
		defer close(done)
		var e GPU
		if e, err = open(); err != nil {
			release()
			return
		}
		w.gpu, w.release, device = e, release, e.Device()
	})
	select {
	case <-done:
		return device, err
	case <-w.ended:
		return "", context.Canceled
	}
}

// close releases what the engines hold.
func (w *worker) close() {
	for _, s := range w.sessions {
		s.Close()
	}
	w.sessions = map[place]*quantize.Session{}
	w.dropGPU()
}

// dropGPU closes the GPU's engine, and its sessions.
func (w *worker) dropGPU() {
	for at, s := range w.sessions {
		if at.gpu {
			s.Close()
			delete(w.sessions, at)
		}
	}
	if w.gpu != nil {
		w.gpu.Close()
		w.release()
	}
	w.gpu = nil
}
