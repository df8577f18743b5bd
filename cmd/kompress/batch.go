package main

import (
	"context"
	"fmt"
	"image"
	"math/bits"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"kompress/imagefile"

	"golang.org/x/sync/semaphore"
)

const (
	// largePixels is from how many pixels on an image is worth several threads. Smaller
	// ones are done side by side, each by one.
	largePixels = 4 << 20

	// pixelBytes is what a pixel takes, with its index, as --memory is shared out. An
	// image that takes more than all is done alone.
	pixelBytes = 5

	// diskWaits is how many small images may wait until their files are safely on the
	// disk, while others are worked on: disks take many files in hardly more time than
	// one.
	diskWaits = 16
)

// run finds the images and compresses them.
func (j *compression) run(ctx context.Context, args []string) error {
	s := &search{recursive: j.recursive, fail: j.fail}
	if j.outputs.folder != "" {
		s.output, _ = os.Stat(j.outputs.folder)
	}
	tasks, err := j.outputs.plan(s.inputs(args))
	if err != nil {
		return err
	}
	return j.all(ctx, j.inShard(tasks), s.failures)
}

// An outcome is what has become of a task.
type outcome struct {
	number  int
	summary *summary
	err     error
}

// all compresses the images, some at a time, and tells of them in their order. One
// that fails is reported and does not keep the others from being done.
func (j *compression) all(ctx context.Context, tasks []*task, failures int) error {
	tally := newTally(failures)
	j.report.several = len(tasks) > 1
	waiting := map[int]outcome{} // for those before them
	next := 0
	for o := range j.start(ctx, tasks) {
		waiting[o.number] = o
		for {
			o, is := waiting[next]
			if !is {
				break
			}
			delete(waiting, next)
			next++
			j.tell(ctx, o, tally)
		}
	}
	for ; len(waiting) > 0; next++ { // interrupted: some will never come
		if o, is := waiting[next]; is {
			delete(waiting, next)
			j.tell(ctx, o, tally)
		}
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	if len(tasks) > 1 {
		if err := j.report.all(tally); err != nil {
			return err
		}
	}
	return tally.status()
}

// tell reports a task that has ended. Of those that an interrupt has ended it says nothing.
func (j *compression) tell(ctx context.Context, o outcome, tally *tally) {
	j.progress.clear()
	err := o.err
	if err == nil {
		if !j.report.quiet {
			j.notes(o.summary.Input, o.summary.Notes)
		}
		err = j.report.one(o.summary)
	}
	if ctx.Err() != nil && err != nil {
		return
	}
	tally.add(o.summary, err)
	if err != nil {
		j.fail(err)
	}
}

// start sets as many workers to work as --jobs says, and returns what they will have
// done, in the order in which they have.
func (j *compression) start(ctx context.Context, tasks []*task) <-chan outcome {
	workers := j.jobs
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = max(1, min(workers, len(tasks)))
	b := &batch{
		job: j, tasks: tasks, turns: make(chan struct{}, workers), room: newRoom(j.memory),
		way: newWay(j.progress, len(tasks)), heap: newHeapGoal(),
	}
	done := make(chan outcome, workers)
	var wg sync.WaitGroup
	for range min(workers+diskWaits, len(tasks)) {
		wg.Go(func() {
			for n := b.next.Add(1) - 1; int(n) < len(tasks) && ctx.Err() == nil; n = b.next.Add(1) - 1 {
				done <- b.do(ctx, int(n))
			}
		})
	}
	go func() {
		wg.Wait()
		b.heap.end()
		close(done)
	}()
	return done
}

// A batch is what the workers share.
type batch struct {
	job   *compression
	tasks []*task
	turns chan struct{} // has room for as many as may use the processors
	next  atomic.Int64  // task
	room  *room
	way   *way
	heap  *heapGoal
}

// A seat is what a task has of the processors.
type seat struct {
	threads int // 0 means all
	small   bool
	leave   func() // lets another have the seat; may be called twice
}

// do does a task. A panic is a mistake of this program, and ends that task only.
func (b *batch) do(ctx context.Context, n int) (o outcome) {
	t := b.tasks[n]
	o.number = n
	defer func() {
		if p := recover(); p != nil {
			o.err = fmt.Errorf("%s: this program has a mistake, please report it: %v", displayName(t.path), p)
		}
	}()
	if o.err = enter(ctx, b.turns); o.err != nil {
		return o
	}
	leave := sync.OnceFunc(func() { <-b.turns })
	defer leave()
	pixels, threads := b.size(ctx, t)
	if o.err = b.room.Acquire(ctx, pixels); o.err != nil {
		return o
	}
	defer b.room.Release(pixels)
	defer b.heap.hold(pixels)()
	course := b.way.begin(n, t.path)
	defer course.end()
	at := &seat{threads: threads, small: pixels < largePixels, leave: leave}
	o.summary, o.err = b.job.one(ctx, t, at, course)
	return o
}

// A room is what pixels may be in memory at a time.
type room struct {
	*semaphore.Weighted
	pixels int64
}

func newRoom(bytes int64) *room {
	pixels := max(1, bytes/pixelBytes)
	return &room{semaphore.NewWeighted(pixels), pixels}
}

// share returns the pixels of what is size, from 0 to all that there is room for. A file
// may declare sides whose product is more than an int64 holds.
func (r *room) share(size image.Point) int64 {
	hi, pixels := bits.Mul64(uint64(max(0, size.X)), uint64(max(0, size.Y)))
	if hi != 0 || pixels > uint64(r.pixels) {
		return r.pixels
	}
	return int64(pixels)
}

// size returns for how many pixels an image needs room, and how many threads are worth
// to be used; 0 means all. What cannot be decoded needs no room.
func (b *batch) size(ctx context.Context, t *task) (pixels int64, threads int) {
	pixels = b.room.pixels
	if t.path != "-" {
		size, _ := imagefile.Size(ctx, t.path)
		pixels = b.room.share(size)
	}
	if pixels < largePixels && cap(b.turns) > 1 {
		threads = 1
	}
	return pixels, threads
}
