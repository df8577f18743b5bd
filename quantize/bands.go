package quantize

import (
	"context"
	"image"
	"sync"
	"sync/atomic"
)

// bandPixels is how many pixels a thread takes on at a time: enough that the
// handing out costs nothing, few enough that a cancelled context is noticed.
const bandPixels = 1 << 18

// forBands calls f for all rows of the image, in bands that are shared out among
// the workers. Each worker has a number and a row reader of its own.
func forBands(ctx context.Context, m image.Image, workers int, f func(worker int, r *rowReader, from, to int)) error {
	b := m.Bounds()
	rows := max(1, bandPixels/max(1, b.Dx()))
	bands := (b.Dy() + rows - 1) / rows
	if b.Dx() == 0 {
		bands = 0
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for worker := range min(workers, bands) {
		wg.Go(func() {
			r := newRowReader(m)
			for ctx.Err() == nil {
				band := int(next.Add(1)) - 1
				if band >= bands {
					return
				}
				from := b.Min.Y + band*rows
				f(worker, r, from, min(from+rows, b.Max.Y))
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// parallel calls f for 0 to n-1 on that many goroutines.
func parallel(n, workers int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, workers) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}
