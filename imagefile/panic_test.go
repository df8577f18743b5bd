package imagefile

import (
	"context"
	"image"
	"testing"
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
	m.Pix = m.Pix[:len(m.Pix)/2] // less than its bounds promise
	ctx := context.Background()
	o := EncodeOptions{Workers: 3}
	for name, call := range map[string]func(){
		"bands":       func() { forBands(900, 10, func(top int) { _ = m.Pix[top*m.Stride] }) },
		"one band":    func() { forBands(1, 10, func(int) { _ = m.Pix[len(m.Pix)] }) },
		"filters":     func() { newScanlines(m).chooseFilters(ctx, 3) },
		"blocks":      func() { deflate(ctx, newScanlines(m), o, func([]byte) error { return nil }) },
		"orientation": func() { orient(ctx, &image.Gray{Pix: m.Pix, Stride: 400, Rect: m.Rect}, 6) },
	} {
		t.Run(name, func(t *testing.T) {
			if !panics(call) {
				t.Error("got no panic")
			}
		})
	}
}
