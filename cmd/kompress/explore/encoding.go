package explore

import (
	"bytes"
	"context"
	"image"
	"io"
	"sync"

	"kompress/imagefile"
)

// An encoder writes an image as compress would.
type encoder func(ctx context.Context, w io.Writer, m *image.Paletted) error

func encodePaletted(ctx context.Context, w io.Writer, m *image.Paletted) error {
	return imagefile.EncodePNG(ctx, w, m)
}

// encodeBeside encodes what work puts into the queue, while work goes on. An error of
// either ends both.
func encodeBeside(ctx context.Context, encode encoder, work func(ctx context.Context, queue chan<- *outcome) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan *outcome) // without room: at most one image waits while one is encoded
	var encoding sync.WaitGroup
	encoding.Go(func() {
		for f := range queue {
			if err := f.encode(ctx, encode); err != nil {
				cancel(err)
				return
			}
		}
	})
	if err := work(ctx, queue); err != nil {
		cancel(err)
	}
	close(queue)
	encoding.Wait()
	return context.Cause(ctx) // the first error, which may have caused the other
}

// encode finds the size of the file that compress would write, and makes the preview.
func (f *outcome) encode(ctx context.Context, encode encoder) error {
	size := f.mapped.Rect.Size()
	step := previewStep(size)
	var file, preview bytes.Buffer
	var n counter
	w := io.Writer(&n)
	if step == 1 || f.keep && isShownExact(size) {
		w = io.MultiWriter(&n, &file)
	}
	if err := encode(ctx, w, f.mapped); err != nil {
		return err
	}
	f.bytes, f.file, f.preview = int64(n), file.Bytes(), file.Bytes()
	if step > 1 {
		if err := encode(ctx, &preview, subsampled(f.mapped, step)); err != nil {
			return err
		}
		f.preview = preview.Bytes()
	}
	if !f.keep {
		f.mapped = nil
	}
	return nil
}

// A counter counts bytes.
type counter int64

func (n *counter) Write(p []byte) (int, error) {
	*n += counter(len(p))
	return len(p), nil
}
