package bands

import (
	"image"
	"sync"

	"kompress/imagefile/workers"
)

// A Maker makes an image by bands.
type Maker struct {
	Size image.Point

	// New makes an image with such bounds, of a type that RasterOf knows.
	New func(r image.Rectangle) image.Image

	// Count is how many bands there are, Band the rows of each, which follow each other
	// from row 0 on, and Rows how many those are at the most.
	Count int
	Band  func(i int) (top, bottom int)
	Rows  int

	// Paint does one of the jobs that together make a band. They are begun in order, on
	// so many workers at the same time. After one with an error no more are begun.
	Paint   func(worker, job int, band Raster) error
	Jobs    int
	Workers int
}

// Limits on the bands that are held: those that are made, wait, or are taken.
const (
	maxHeld = 32 << 20 // bytes, unless one takes more
	maxWait = 4
)

// Each makes all bands once and calls do with them, in order, on the goroutine that
// calls it. With keep they are parts of one image, which it returns. Else they are valid
// until do returns, and the image is nil. An error is that of the first job that has
// one, or of do, after those bands that came before.
func (m *Maker) Each(keep bool, do func(band image.Image) error) (image.Image, error) {
	l := &line{maker: m, slots: make([]slot, m.slots(keep))}
	l.changed.L = &l.mu
	var whole image.Image
	if keep {
		whole = m.New(image.Rectangle{Max: m.Size})
		l.whole, _ = RasterOf(whole)
	}
	err := l.run(do)
	return whole, err
}

func (m *Maker) slots(keep bool) int {
	if keep {
		return max(m.Count, 1)
	}
	one, _ := RasterOf(m.New(image.Rect(0, 0, 1, 1)))
	band := int64(one.Size) * int64(m.Size.X) * int64(m.Rows)
	return int(max(1, min(maxHeld/max(band, 1), maxWait, int64(m.Count))))
}

// A line is a Maker at work.
type line struct {
	maker *Maker
	whole Raster // that is kept, or zero

	mu      sync.Mutex
	changed sync.Cond // for whatever is below
	slots   []slot    // of the bands from taken on, each at its number modulo their number
	next    int       // job to begin, of those of all bands
	taken   int       // bands that do has done with
	stopped bool

	// failed says that a job had an error: none that begins later is wanted. All before
	// it have begun, so which error is the first does not depend on who is faster.
	failed bool
}

// A slot is where a band is made.
type slot struct {
	room Raster // for the highest one; used again
	band Raster
	left int // jobs to be done
	err  error
	job  int // that err is of
}

func (l *line) run(do func(band image.Image) error) error {
	var g workers.Group
	for worker := range max(1, min(l.maker.Workers, l.maker.Count*l.maker.Jobs)) {
		g.Go(func() { l.work(worker) })
	}
	defer g.Wait()
	defer l.stop() // before that, even if do panics
	for i := range l.maker.Count {
		band, err := l.wait(i)
		if err != nil || band.typed == nil {
			return err
		}
		if err := do(band.Image()); err != nil {
			return err
		}
		l.take()
	}
	return nil
}

func (l *line) work(worker int) {
	panics := true
	defer func() {
		if panics {
			l.stop()
		}
	}()
	for {
		s, job, wanted := l.begin()
		if s == nil {
			panics = false
			return
		}
		var err error
		if wanted {
			err = l.maker.Paint(worker, job, s.band)
		}
		l.finish(s, job, err)
	}
}

// begin returns the next job when there is room for its band, or nil when there is no
// more to do, and whether it is to be done.
func (l *line) begin() (_ *slot, job int, wanted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.stopped && l.next < l.maker.Count*l.maker.Jobs && l.next/l.maker.Jobs-l.taken >= len(l.slots) {
		l.changed.Wait()
	}
	if l.stopped || l.next >= l.maker.Count*l.maker.Jobs {
		return nil, 0, false
	}
	i := l.next / l.maker.Jobs
	job = l.next % l.maker.Jobs
	s := &l.slots[i%len(l.slots)]
	if job == 0 {
		l.place(s, i)
	}
	l.next++
	return s, job, !l.failed
}

// place prepares a slot for band i.
func (l *line) place(s *slot, i int) {
	top, bottom := l.maker.Band(i)
	s.left, s.err = l.maker.Jobs, nil
	if l.whole.typed != nil {
		s.band = l.whole.Rows(top, bottom)
		return
	}
	if s.room.typed == nil {
		s.room, _ = RasterOf(l.maker.New(image.Rect(0, 0, l.maker.Size.X, l.maker.Rows)))
	}
	s.band = s.room.Rows(0, bottom-top)
	s.band.Rect.Min.Y, s.band.Rect.Max.Y = top, bottom
}

func (l *line) finish(s *slot, job int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.failed = true
	}
	if err != nil && (s.err == nil || job < s.job) {
		s.err, s.job = err, job
	}
	s.left--
	l.changed.Broadcast()
}

// wait returns band i when it is made, or none if a job has panicked.
func (l *line) wait(i int) (Raster, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := &l.slots[i%len(l.slots)]
	for (l.next <= i*l.maker.Jobs || s.left > 0) && !l.stopped {
		l.changed.Wait()
	}
	if l.next <= i*l.maker.Jobs || s.left > 0 {
		return Raster{}, nil
	}
	return s.band, s.err
}

func (l *line) take() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken++
	l.changed.Broadcast()
}

func (l *line) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
	l.changed.Broadcast()
}
