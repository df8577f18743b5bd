package bench

import (
	"crypto/sha256"
	"image"
	"runtime"
	"sync"
	"time"
)

// A yard measures the machine itself, by work that never changes.
type yard struct{ from, to []uint8 }

// yardBytes is what a copy moves: more than most caches hold. Tests take less.
var yardBytes = 128 << 20

// newYard touches the memory, which is not there before.
func newYard() *yard {
	y := &yard{make([]uint8, yardBytes), make([]uint8, yardBytes)}
	const page = 4096 // of any system, or a part of one
	for i := 0; i < len(y.from); i += page {
		y.from[i], y.to[i] = 1, 1
	}
	return y
}

// copy returns the time of copying that many bytes in the processor's memory, on as
// many threads as the CPU engine has: the share of what a large copy takes.
func (y *yard) copy(bytes int64) time.Duration {
	least := time.Duration(0)
	for i := range 3 {
		begin := time.Now()
		inPieces(len(y.from), func(from, to int) { copy(y.to[from:to], y.from[from:to]) })
		if took := time.Since(begin); i == 0 || took < least {
			least = took
		}
	}
	return time.Duration(float64(least) * float64(bytes) / float64(len(y.from)))
}

// hash returns the time of work that needs the processor and hardly its memory.
func (y *yard) hash() time.Duration {
	const bytes = 1 << 20 // a thread
	begin := time.Now()
	inPieces(runtime.GOMAXPROCS(0)<<16, func(from, to int) {
		for range bytes / (1 << 16) {
			sha256.Sum256(y.from[:1<<16])
		}
	})
	return time.Since(begin)
}

// inPieces calls f for a part of n on each thread.
func inPieces(n int, f func(from, to int)) {
	var all sync.WaitGroup
	share := max(1<<16, (n+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
	for from := 0; from < n; from += share {
		all.Go(func() { f(from, min(from+share, n)) })
	}
	all.Wait()
}

// measureMachine takes the times of plain copies of the pixels, on the processor and
// on every device, and of hashing. A device without room for a copy goes without.
func (b *bench) measureMachine() {
	b.took(0, Hash, "cpu", 0, b.yard.hash())
	if area(b.file.Image) == 0 {
		return
	}
	b.took(0, Copy, "cpu", b.pixelBytes(), b.yard.copy(b.pixelBytes()))
	for i := range b.engines {
		e := &b.engines[i]
		if e.Meter == nil {
			continue
		}
		bytes := 4 * area(b.file.Image)
		if took, err := e.Meter.CopyTime(bytes); err == nil {
			b.took(0, Copy, e.Device.Engine, int64(bytes), took)
		}
	}
}

// pixelBytes is how much memory the decoded pixels take.
func (b *bench) pixelBytes() int64 {
	switch m := b.file.Image.(type) {
	case *image.RGBA:
		return int64(len(m.Pix))
	case *image.NRGBA:
		return int64(len(m.Pix))
	case *image.RGBA64:
		return int64(len(m.Pix))
	case *image.NRGBA64:
		return int64(len(m.Pix))
	case *image.Gray:
		return int64(len(m.Pix))
	case *image.Gray16:
		return int64(len(m.Pix))
	case *image.Paletted:
		return int64(len(m.Pix))
	case *image.CMYK:
		return int64(len(m.Pix))
	case *image.YCbCr:
		return int64(len(m.Y) + len(m.Cb) + len(m.Cr))
	case *image.NYCbCrA:
		return int64(len(m.Y) + len(m.Cb) + len(m.Cr) + len(m.A))
	}
	return 4 * int64(area(b.file.Image)) // no decoder here gives another type
}

// area returns the number of pixels.
func area(m image.Image) int {
	size := m.Bounds().Size()
	return size.X * size.Y
}
