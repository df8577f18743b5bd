package bench

import (
	"image"
	"runtime"
	"sync"
	"time"
)

// copies takes the times of plain copies of the pixels, on the processor and on
// every device.
func (b *bench) copies() error {
	parts := memory(b.file.Image)
	if size := int(b.pixelBytes()); len(b.scratch) < size {
		b.scratch = make([]uint8, size)
		copyAll(b.scratch, parts) // before it was written to its memory is not there
	}
	begin := time.Now()
	copyAll(b.scratch, parts)
	b.took(0, Copy, "cpu", b.pixelBytes(), begin, 0)
	for i := range b.engines {
		e := &b.engines[i]
		if e.Meter == nil || area(b.file.Image) == 0 {
			continue
		}
		bytes := 4 * area(b.file.Image)
		took, err := e.Meter.CopyTime(bytes)
		if err != nil {
			return err
		}
		b.samples = append(b.samples, sample{0, Copy, e.Device.Engine, int64(bytes), took, took})
	}
	return nil
}

// pixelBytes is how much memory the decoded pixels take.
func (b *bench) pixelBytes() (n int64) {
	for _, part := range memory(b.file.Image) {
		n += int64(len(part))
	}
	return n
}

// memory returns the bytes of an image's pixels, without the gaps that a type may
// have. Types that decoders do not give have none.
func memory(m image.Image) [][]uint8 {
	switch m := m.(type) {
	case *image.RGBA:
		return [][]uint8{m.Pix}
	case *image.NRGBA:
		return [][]uint8{m.Pix}
	case *image.RGBA64:
		return [][]uint8{m.Pix}
	case *image.NRGBA64:
		return [][]uint8{m.Pix}
	case *image.Gray:
		return [][]uint8{m.Pix}
	case *image.Gray16:
		return [][]uint8{m.Pix}
	case *image.Paletted:
		return [][]uint8{m.Pix}
	case *image.CMYK:
		return [][]uint8{m.Pix}
	case *image.YCbCr:
		return [][]uint8{m.Y, m.Cb, m.Cr}
	case *image.NYCbCrA:
		return [][]uint8{m.Y, m.Cb, m.Cr, m.A}
	}
	return nil
}

// copyAll copies on as many threads as the CPU engine has.
func copyAll(dst []uint8, parts [][]uint8) {
	var all sync.WaitGroup
	for _, part := range parts {
		share := max(1<<16, (len(part)+runtime.GOMAXPROCS(0)-1)/runtime.GOMAXPROCS(0))
		for from := 0; from < len(part); from += share {
			piece := part[from:min(from+share, len(part))]
			to := dst[from:]
			all.Go(func() { copy(to, piece) })
		}
		dst = dst[len(part):]
	}
	all.Wait()
}
