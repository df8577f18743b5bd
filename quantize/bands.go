package quantize

import (
	"context"
	"image"
	"sync"
	"sync/atomic"
)

// bandRows is how many rows of pieces a thread takes on at a time: enough that
// the handing out costs nothing, few enough that a cancelled context is noticed.
const bandRows = 32

// forPieces calls f for all rows of the image, in pieces of at most pieceWidth
// pixels that are shared out among the workers. Each worker has a number and a
// row reader of its own. A panic of the image's methods is one of the caller's.
func forPieces(ctx context.Context, m image.Image, workers int, f func(worker int, r *rowReader, x, y, n int)) error {
	b := m.Bounds()
	if b.Empty() {
		return ctx.Err()
	}
	across := (b.Dx() + pieceWidth - 1) / pieceWidth
	bands := across * ((b.Dy() + bandRows - 1) / bandRows)
	readers := make([]*rowReader, min(workers, bands))
	parallelWorkers(bands, workers, func(worker, band int) {
		if ctx.Err() != nil {
			return
		}
		if readers[worker] == nil {
			readers[worker] = newRowReader(m)
		}
		x, y := b.Min.X+band%across*pieceWidth, b.Min.Y+band/across*bandRows
		n := min(pieceWidth, b.Max.X-x)
		for end := min(y+bandRows, b.Max.Y); y < end; y++ {
			f(worker, readers[worker], x, y, n)
		}
	})
	return ctx.Err()
}

// parallel calls f for 0 to n-1 on that many goroutines.
func parallel(n, workers int, f func(i int)) {
	parallelWorkers(n, workers, func(_, i int) { f(i) })
}

// parallelWorkers tells f the number of its goroutine, too. If f panics, it
// panics itself.
func parallelWorkers(n, workers int, f func(worker, i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	var failed atomic.Pointer[any]
	for worker := range min(n, workers) {
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					failed.CompareAndSwap(nil, &p)
				}
			}()
			for i := int(next.Add(1)) - 1; i < n && failed.Load() == nil; i = int(next.Add(1)) - 1 {
				f(worker, i)
			}
		})
	}
	wg.Wait()
	if p := failed.Load(); p != nil {
		panic(*p)
	}
}
