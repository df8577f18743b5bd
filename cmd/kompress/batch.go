package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/urfave/cli/v2"
)

const (
	// largePixels is from how many pixels on an image is worth several threads. Smaller
	// ones are done side by side, each by one.
	largePixels = 4 << 20

	// bandsNeed is about how many bytes an image takes that is read by bands, with what
	// counts it.
	bandsNeed = 128 << 20

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

// readJobs reads how many images are done at a time; 0 means one for each processor.
func readJobs(c *cli.Context) (int, error) {
	jobs := c.Int("jobs")
	if c.IsSet("jobs") && jobs < 1 {
		return 0, usagef("--jobs: got %d, want at least 1", jobs)
	}
	return jobs, nil
}

// atATime returns how many of so many images are done at a time.
func atATime(jobs, images int) int {
	if jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	return max(1, min(jobs, images))
}

// mistake is what is told of a panic, which ends the work on one file only.
func mistake(path string, panicked any) error {
	return fmt.Errorf("%s: this program has a mistake, please report it: %v", displayName(path), panicked)
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
	workers := atATime(j.jobs, len(tasks))
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

	take func(ctx context.Context, in *inputImage) error // room in memory
}

// do does a task. A panic is a mistake of this program, and ends that task only.
func (b *batch) do(ctx context.Context, n int) (o outcome) {
	t := b.tasks[n]
	o.number = n
	defer func() {
		if p := recover(); p != nil {
			o.err = mistake(t.path, p)
		}
	}()
	if o.err = enter(ctx, b.turns); o.err != nil {
		return o
	}
	leave := sync.OnceFunc(func() { <-b.turns })
	defer leave()
	course := b.way.begin(n, t.path)
	defer course.end()
	at := &seat{leave: leave}
	release := func() {}
	at.take = func(ctx context.Context, in *inputImage) (err error) {
		at.threads, at.small = threadsFor(in.pixels(), cap(b.turns))
		release, err = b.take(ctx, in)
		return err
	}
	defer func() { release() }()
	o.summary, o.err = b.job.one(ctx, t, at, course)
	return o
}

// take waits until there is room in memory for an image. Who waits has a turn but no room,
// and who has room waits for no turn, so that none wait for each other.
func (b *batch) take(ctx context.Context, in *inputImage) (release func(), err error) {
	leave, err := b.room.take(ctx, in.held)
	if err != nil {
		return func() {}, err
	}
	end := b.heap.hold(in.pixels())
	return func() {
		end()
		leave()
	}, nil
}

// threadsFor returns how many threads are worth to be used for an image, 0 for all, when
// so many are done at a time, and whether it is a small one.
func threadsFor(pixels int64, atATime int) (threads int, small bool) {
	small = pixels < largePixels
	if small && atATime > 1 {
		threads = 1
	}
	return threads, small
}
