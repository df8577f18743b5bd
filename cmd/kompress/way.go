package main

import (
	"fmt"
	"path/filepath"
	"sync"

	"kompress/cmd/kompress/words"
)

// A way is how far along several images are, some of which are in work at a time.
type way struct {
	progress *progress
	images   int

	mu    sync.Mutex
	ended int
	done  float64 // images, with parts of those in work
}

func newWay(p *progress, images int) *way { return &way{progress: p, images: images} }

// A course is how far along one of them is.
type course struct {
	way  *way
	name string
	done float64
}

// begin begins an image.
func (w *way) begin(n int, path string) *course {
	if w.images == 1 {
		w.progress.file(0, 1, path)
	}
	return &course{way: w, name: filepath.Base(path)}
}

// stage begins a stage of the image.
func (c *course) stage(name string) { c.set(stages[name]) }

// read is told how much of the file is read.
func (c *course) read(share float64) { c.between("decode", "count", share) }

// between sets the way to a share of that between two stages.
func (c *course) between(from, to string, share float64) {
	c.set(stages[from] + share*(stages[to]-stages[from]))
}

// share is told how much of the clustering is done.
func (c *course) share(done float64) {
	c.between("cluster", "map", done)
}

func (c *course) set(done float64) {
	w := c.way
	if w.progress.writer == nil {
		return
	}
	if w.images == 1 {
		w.progress.set(done)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done += done - c.done
	c.done = done
	w.progress.work(w.done/float64(w.images), fmt.Sprintf("%d/%d %s", w.ended+1, w.images, words.Printable(c.name)))
}

// end ends the image, done or not.
func (c *course) end() {
	c.set(1)
	c.way.mu.Lock()
	c.way.ended++
	c.way.mu.Unlock()
}
