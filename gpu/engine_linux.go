//go:build cgo

package gpu

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"
	"unsafe"

	"kompress/kmeans"
)

// An Engine is a device that counts, clusters and maps. It is not safe for
// concurrent use, but any goroutine may use it. Close releases the device.
type Engine struct {
	thread *thread // nil once closed
	sizes  sizes
	up     ring // to the device
	down   ring // from it
	loads  int

	// Of the points:
	cloud  cloud
	total  uint64 // weight
	before buffer // 64-bit weight before each tile, and of all; see sum
	summed bool   // before is that of these points
	index  buffer // a byte a point

	// Of a call:
	centroids buffer // maxima of kmeans, each
	sums      buffer
	positions buffer
	seen      buffer
	batch     cloud

	// Of the passes over pixels:
	bands   [2]buffer // of images that do not stay on the device
	tables  tables
	entered entered
	salt    uint32
	budget  int64 // bytes of pixels that may stay

	apart     bool // transfers are
	transfers Transfers

	// Of windows:
	drawings map[*Drawing]drawn // that are not retired
	spare    *colorTable        // of one that is; may be nil
}

// A cloud is points on the device, with what accumulate has to know of their tiles.
type cloud struct {
	n                            int
	points, weights, boxes, sums buffer
}

// sizes are what work is cut into on this device.
type sizes struct {
	points  int // in a slice: a multiple of alignment
	pixels  int // in a band: a multiple of 4
	keys    int // in a slice of colours that are listed or entered: a multiple of 4
	slots   int // in a hash table, at most: a power of two
	counted int // opaque colours counted in a pass: a power of two, at least block
}

// Open makes an engine on a device. It is an error that wraps ErrUnavailable if
// there is none.
func Open(o Options) (*Engine, error) {
	t, err := openThread(o)
	if err != nil {
		return nil, err
	}
	return newEngine(t, o), nil
}

// OpenCurrent makes an engine on the context of OpenGL 4.3 or later that is current
// on the calling thread, such as a window's. The engine is then used by this
// goroutine alone, locked to its thread, while that context is current. It leaves
// its own programs and buffers bound; Close deletes them, and not the context. Debug
// messages are the window's owner's. go-gl's functions stay those of the first context
// in the process, headless or not: right with GLVND, and with one driver.
// getProcAddress is that of the window's library. Options.Device and Options.Debug
// have no effect.
func OpenCurrent(getProcAddress func(name string) unsafe.Pointer, o Options) (*Engine, error) {
	t, err := borrowThread(getProcAddress, o)
	if err != nil {
		return nil, fmt.Errorf("gpu: %w: %w", ErrUnavailable, err)
	}
	return newEngine(t, o), nil
}

func newEngine(t *thread, o Options) *Engine {
	e := &Engine{thread: t, salt: rand.Uint32(), budget: o.Memory, apart: o.Apart, drawings: map[*Drawing]drawn{}}
	limits := &t.device.Limits
	if o.limits.BlockBytes > 0 {
		limits.BlockBytes = o.limits.BlockBytes
	}
	if o.limits.Groups[0] > 0 {
		limits.Groups = o.limits.Groups
	}
	t.memory.persistent = t.memory.persistent && !o.mapEachTime
	e.sizes = limits.sizes()
	if e.budget == 0 {
		e.budget = 1 << 30
		if t.device.Free > 0 {
			e.budget = t.device.Free / 4 * 3
		}
	}
	return e
}

// sizes cuts work so that no buffer that a stage sees and no dispatch is above the
// limits. More than 4 million at a time have no use: the GPU is busy with that many.
func (l *Limits) sizes() sizes {
	const most = 1 << 22
	bytes, groups := int(min(l.BlockBytes, 1<<30)), l.Groups[0]
	return sizes{
		points:  max(alignment, min(most, bytes/pointBytes, groups*tile)/alignment*alignment),
		pixels:  min(most, bytes/4, groups*pixelShare) &^ 3,
		keys:    min(most, bytes/4, groups*enterShare) &^ 3,
		slots:   floorPower(min(bytes/4, groups*slotShare)),
		counted: max(block, floorPower(min(opaqueKeys, bytes/4, groups*block))),
	}
}

// floorPower returns the largest power of two up to n.
func floorPower(n int) int {
	p := 1
	for 2*p <= n {
		p *= 2
	}
	return p
}

// Device describes the device.
func (e *Engine) Device() Device {
	if e.thread == nil {
		return Device{}
	}
	return e.thread.device
}

// Times returns the device time of every stage so far, if the options asked for
// it: by timer queries, or by the clock on a software renderer.
func (e *Engine) Times() map[string]time.Duration {
	var times map[string]time.Duration
	_ = e.do(func(t *thread) error {
		times = maps.Clone(t.timer.collect())
		return nil
	})
	return times
}

// Memory returns how many buffers the engine holds, and how many bytes they have.
func (e *Engine) Memory() (buffers, bytes int) {
	_ = e.do(func(t *thread) error {
		buffers, bytes = len(t.memory.live), t.memory.bytes
		return nil
	})
	return buffers, bytes
}

// do runs f on the thread of the device. After an error nothing is under way.
func (e *Engine) do(f func(t *thread) error) error {
	if e.thread == nil {
		return kmeans.ErrClosed
	}
	t := e.thread
	return t.do(func() (err error) {
		done := false
		defer func() {
			if !done || err != nil || t.err != nil {
				t.abandon(&e.up)
				t.abandon(&e.down)
			}
		}()
		err = f(t)
		done = true
		return err
	})
}

// Loads implements kmeans.Engine.
func (e *Engine) Loads() int { return e.loads }

// Close implements kmeans.Engine.
func (e *Engine) Close() error {
	if e.thread != nil {
		e.thread.close()
	}
	*e = Engine{loads: e.loads}
	return nil
}

// Load implements kmeans.Engine. It keeps no slice.
func (e *Engine) Load(points []kmeans.Point, weights []uint32) error {
	if e.thread == nil {
		return kmeans.ErrClosed
	}
	e.loads++
	e.cloud.n, e.total, e.summed = 0, 0, false
	if err := kmeans.CheckPoints(points, weights); err != nil {
		return err
	}
	if len(points) == 0 {
		return nil
	}
	err := e.do(func(t *thread) error {
		t.reshape(&e.cloud, len(points))
		t.writeAll(&e.up, &e.cloud.points, bytesOf(points))
		t.writeAll(&e.up, &e.cloud.weights, bytesOf(weights))
		e.findTiles(t, &e.cloud)
		return nil
	})
	if err != nil {
		e.cloud.n = 0
		return err
	}
	for _, w := range weights {
		e.total += uint64(w)
	}
	return nil
}

// reshape makes room for n points.
func (t *thread) reshape(c *cloud, n int) {
	tiles := ceilDiv(n, tile)
	t.grow(&c.points, tiles*tile*pointBytes)
	t.grow(&c.weights, tiles*tile*4)
	t.grow(&c.boxes, tiles*boxBytes)
	t.grow(&c.sums, tiles*tileSum*8)
	c.n = n
}

// slices calls f for each slice of the points: those from first on, n of them.
func (e *Engine) slices(c *cloud, f func(first, n int)) {
	for first := 0; first < c.n; first += e.sizes.points {
		f(first, min(e.sizes.points, c.n-first))
	}
}

// The views are of whole tiles: a stage that goes beyond the last point would not
// notice, and tests should.

func (c *cloud) viewPoints(first, n int) view {
	return c.points.part(first*pointBytes, ceilDiv(n, tile)*tile*pointBytes)
}

func (c *cloud) viewWeights(first, n int) view {
	return c.weights.part(first*4, ceilDiv(n, tile)*tile*4)
}

func (c *cloud) viewBoxes(first, n int) view {
	return c.boxes.part(first/tile*boxBytes, ceilDiv(n, tile)*boxBytes)
}

func (c *cloud) viewSums(first, n int) view {
	return c.sums.part(first/tile*tileSum*8, ceilDiv(n, tile)*tileSum*8)
}

func (e *Engine) findTiles(t *thread, c *cloud) {
	e.slices(c, func(first, n int) {
		t.dispatch("tiles", ceilDiv(n, tile), []view{
			c.viewPoints(first, n), c.viewWeights(first, n), c.viewBoxes(first, n), c.viewSums(first, n),
		}, u32("count", n))
	})
}

// tilesPerGroup is how many tiles a work group takes on: several, for it has to
// fetch the centroids and add its sums, but not so many that the GPU is idle.
func tilesPerGroup(n int) int { return min(max(1, ceilDiv(n, tile)/1024), 16) }

func (e *Engine) accumulate(t *thread, c *cloud, k int) {
	e.slices(c, func(first, n int) {
		share := tilesPerGroup(n)
		t.dispatch("accumulate", ceilDiv(ceilDiv(n, tile), share), []view{
			e.centroids.first(k * pointBytes), c.viewPoints(first, n), c.viewWeights(first, n),
			c.viewBoxes(first, n), c.viewSums(first, n), e.sums.first(k * sumBytes),
		}, u32("k", k), u32("count", n), u32("tilesPerGroup", share))
	})
}

// setCentroids sends the centroids and makes all sums 0.
func (e *Engine) setCentroids(t *thread, centroids []kmeans.Point) {
	t.grow(&e.centroids, kmeans.MaxCentroids*pointBytes)
	t.grow(&e.sums, kmeans.MaxCentroids*sumBytes)
	t.writeAll(&e.up, &e.centroids, bytesOf(centroids))
	t.clear(&e.sums, len(centroids)*sumBytes)
}

// Lloyd implements kmeans.Engine.
func (e *Engine) Lloyd(sums []kmeans.Sum, centroids []kmeans.Point, passes int) error {
	if e.thread == nil {
		return kmeans.ErrClosed
	}
	if passes < 1 {
		return fmt.Errorf("gpu: got %d passes, want at least 1", passes)
	}
	if err := kmeans.CheckCentroids(centroids, len(sums), len(centroids)); err != nil {
		return err
	}
	if e.cloud.n == 0 {
		clear(sums)
		return nil
	}
	k := len(centroids)
	moved := slices.Clone(centroids)
	err := e.do(func(t *thread) error {
		e.setCentroids(t, centroids)
		for pass := range passes {
			if pass > 0 {
				t.dispatch("move", 1, []view{e.centroids.first(k * pointBytes), e.sums.first(k * sumBytes)}, u32("k", k))
			}
			e.accumulate(t, &e.cloud, k)
		}
		t.readAll(&e.down, &e.sums, bytesOf(sums))
		if passes > 1 {
			t.readAll(&e.down, &e.centroids, bytesOf(moved))
		}
		t.finish(&e.down)
		return nil
	})
	if err == nil {
		copy(centroids, moved)
	}
	return err
}

// Assign implements kmeans.Engine.
func (e *Engine) Assign(index []uint8, centroids []kmeans.Point) error {
	if e.thread == nil {
		return kmeans.ErrClosed
	}
	if err := kmeans.CheckCentroids(centroids, len(index), e.cloud.n); err != nil {
		return err
	}
	if len(index) == 0 {
		return nil
	}
	return e.do(func(t *thread) error {
		e.setCentroids(t, centroids)
		c := &e.cloud
		t.grow(&e.index, ceilDiv(c.n, tile)*tile)
		e.slices(c, func(first, n int) {
			share := tilesPerGroup(n)
			t.dispatch("assign", ceilDiv(ceilDiv(n, tile), share), []view{
				e.centroids.first(len(centroids) * pointBytes), c.viewPoints(first, n), c.viewBoxes(first, n),
				e.index.part(first, ceilDiv(n, tile)*tile),
			}, u32("k", len(centroids)), u32("count", n), u32("tilesPerGroup", share))
		})
		t.readAll(&e.down, &e.index, index)
		t.finish(&e.down)
		return nil
	})
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }
