package bench

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"kompress/cmd/kompress/words"
	"kompress/imagefile"

	"github.com/shirou/gopsutil/v4/mem"
	xdraw "golang.org/x/image/draw"
)

// A Source is an image to measure: a file or a copy of it of another size.
type Source struct {
	Name       string
	Path       string
	Data       []byte  // of the file, where there is no Path
	Megapixels float64 // to scale it to; 0 leaves it as it is
	Pixels     int     // of the file, or 0 if unknown; for the time that is left
}

// cost is what the work on the source is worth, in the ratio of times.
func (s *Source) cost() float64 {
	const small = 0.5 // megapixels that cost as much as the rest of the work on an image
	switch {
	case s.Megapixels > 0:
		return small + s.Megapixels
	case s.Pixels > 0:
		return small + float64(s.Pixels)/1e6
	}
	return small + 10
}

// Prepare returns the path of the source's file, which it makes if it is scaled. Remove deletes what it has made.
func (s *Source) Prepare(ctx context.Context, maxPixels int64) (path string, remove func(), err error) {
	if s.Path != "" && s.Megapixels == 0 {
		return s.Path, func() {}, nil
	}
	folder, err := os.MkdirTemp("", "kompress-bench-")
	if err != nil {
		return "", nil, fmt.Errorf("%s: no temporary folder for a copy of another size (TMPDIR): %w", words.Printable(s.Name), err)
	}
	remove = func() { os.RemoveAll(folder) }
	if path, err = s.make(ctx, folder, maxPixels); err != nil {
		remove()
		return "", nil, err
	}
	return path, remove, nil
}

// make makes the file, in a folder.
func (s *Source) make(ctx context.Context, folder string, maxPixels int64) (path string, err error) {
	path = s.Path
	if path == "" {
		path = filepath.Join(folder, "source")
		if err := os.WriteFile(path, s.Data, 0o666); err != nil {
			return "", err
		}
	}
	if s.Megapixels == 0 {
		return path, nil
	}
	file, err := imagefile.Decode(ctx, path, imagefile.DecodeOptions{MaxPixels: maxPixels})
	if err != nil {
		return "", err
	}
	size := scaledSize(file.Image.Bounds().Size(), s.Megapixels)
	if err := hasMemory(size); err != nil {
		return "", fmt.Errorf("%s: %w", words.Printable(s.Name), err)
	}
	m, err := scale(ctx, file.Image, size)
	if err != nil {
		return "", err
	}
	file = nil
	path = filepath.Join(folder, "scaled.png")
	return path, writeScaled(ctx, path, m)
}

// hasMemory says whether an image of that size can be made and measured: it takes some
// nine bytes a pixel.
func hasMemory(size image.Point) error {
	const each = 9
	pixels := float64(size.X) * float64(size.Y)
	found, err := mem.VirtualMemory()
	if pixels > math.MaxInt32 || err == nil && each*pixels > float64(found.Available) {
		return fmt.Errorf("got %.0f megapixels to scale it to, which need %s of memory: there is not as much", pixels/1e6, words.Bytes(int64(min(each*pixels, math.MaxInt64/2))))
	}
	return nil
}

// scaledSize returns the size of so many megapixels that is nearest in shape.
func scaledSize(size image.Point, megapixels float64) image.Point {
	pixels := 1e6 * megapixels
	width := max(1, math.Round(math.Sqrt(pixels*float64(size.X)/float64(size.Y))))
	return image.Pt(int(width), int(max(1, math.Round(pixels/width))))
}

// scale interpolates linearly between the four nearest pixels, in 8 bits.
func scale(ctx context.Context, m image.Image, size image.Point) (image.Image, error) {
	scaled := image.NewRGBA(image.Rectangle{Max: size})
	const rows = 64
	var all sync.WaitGroup
	limit := make(chan struct{}, runtime.GOMAXPROCS(0))
	for y := 0; y < size.Y && ctx.Err() == nil; y += rows {
		limit <- struct{}{}
		all.Go(func() {
			part := scaled.SubImage(image.Rect(0, y, size.X, min(y+rows, size.Y))).(*image.RGBA)
			xdraw.ApproxBiLinear.Scale(part, scaled.Bounds(), m, m.Bounds(), draw.Src, nil)
			<-limit
		})
	}
	all.Wait()
	return scaled, ctx.Err()
}

func writeScaled(ctx context.Context, path string, m image.Image) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(&ender{ctx, f}, 1<<20)
	// The file is there to be decoded, not to be small.
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, m); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// An ender writes until its context ends.
type ender struct {
	ctx context.Context
	w   io.Writer
}

func (e *ender) Write(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.w.Write(p)
}
