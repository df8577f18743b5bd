package imagefile

import (
	"context"
	"image"
	"testing"

	"kompress/imagefile/workers"
)

// panics says whether call panics on this goroutine. On another it ends the test.
func panics(call func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	call()
	return false
}

// One image that shows a mistake in the program must not end the work on others.
func TestWorkersPanicWhereTheyAreAwaited(t *testing.T) {
	m := picture(400, 900, 200)
	whole := *m
	lines := newScanlines(m.Rect.Size(), m.Palette)
	m.Pix = m.Pix[:len(m.Pix)/2] // less than its bounds promise
	ctx := context.Background()
	o := EncodeOptions{Workers: 3}
	for name, call := range map[string]func(){
		"bands":       func() { forBands(900, 10, func(top int) { _ = m.Pix[top*m.Stride] }) },
		"one band":    func() { forBands(1, 10, func(int) { _ = m.Pix[len(m.Pix)] }) },
		"rows":        func() { deflate(ctx, brokenBands(m), lines, o, func([]byte) error { return nil }) },
		"blocks":      func() { compressBrokenBlock(ctx, bandOf(&whole), lines) },
		"output":      func() { deflate(ctx, bandOf(&whole), lines, o, func([]byte) error { panic("output") }) },
		"orientation": func() { orient(ctx, &image.Gray{Pix: m.Pix, Stride: 400, Rect: m.Rect}, 6) },
	} {
		t.Run(name, func(t *testing.T) {
			checkGoroutines(t)
			if !panics(call) {
				t.Error("got no panic")
			}
		})
	}
}

// brokenBands panics where pixels are missing.
func brokenBands(m *image.Paletted) *Banded {
	b := bandOf(m)
	b.Each = func(_ context.Context, do func(*image.Paletted) error) error {
		for y := range m.Rect.Dy() {
			row := &image.Paletted{Pix: m.Pix[y*m.Stride:][:m.Stride], Stride: m.Stride}
			row.Rect = image.Rect(0, y, m.Stride, y+1)
			if err := do(row); err != nil {
				return err
			}
		}
		return nil
	}
	return b
}

// compressBrokenBlock compresses what is beyond the rows.
func compressBrokenBlock(ctx context.Context, m *Banded, lines *scanlines) {
	d := newDeflater(m, lines, EncodeOptions{Workers: 1})
	ctx, d.cancel = context.WithCancel(ctx)
	var wg workers.Group
	wg.Go(func() { d.stage(func() error { return d.work(ctx) }) })
	d.queue <- &block{from: 0, to: 2 * blockSize}
	wg.Wait()
}
