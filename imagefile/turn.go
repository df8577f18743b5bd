package imagefile

import (
	"context"
	"encoding/binary"
	"image"
	"runtime"
	"sync/atomic"

	"kompress/imagefile/workers"
)

// A turn moves samples as an orientation of EXIF says.
type turn struct {
	ctx         context.Context
	orientation int
}

// transposes says whether width and height change places.
func (t turn) transposes() bool { return t.orientation >= 5 }

// rect returns the bounds of what r becomes, and width its width.
func (t turn) rect(r image.Rectangle) image.Rectangle {
	if t.transposes() {
		return image.Rect(0, 0, r.Dy(), r.Dx())
	}
	return image.Rect(0, 0, r.Dx(), r.Dy())
}

func (t turn) width(r image.Rectangle) int { return t.rect(r).Dx() }

// walk returns where in the source the first sample of the result is, and how far
// from each sample those to its right and below are.
func (t turn) walk(width, height, stride, size int) (first, right, below int) {
	right, below = size, stride
	lastX, lastY := (width-1)*size, (height-1)*stride
	switch t.orientation {
	case 2: // mirrored left to right
		return lastX, -right, below
	case 3: // turned by 180 degrees
		return lastX + lastY, -right, -below
	case 4: // mirrored top to bottom
		return lastY, right, -below
	case 5: // mirrored along the diagonal from the upper left
		return 0, below, right
	case 6: // to be turned clockwise by 90 degrees
		return lastY, -below, right
	case 7: // mirrored along the other diagonal
		return lastX + lastY, -below, -right
	case 8: // to be turned counterclockwise by 90 degrees
		return lastX, below, -right
	}
	return 0, right, below
}

// pixels turns the samples of size bytes that fill r, whose rows are stride apart.
// The result has no gaps between its rows. It is not complete if ctx is done.
func (t turn) pixels(pix []uint8, stride, size int, r image.Rectangle) []uint8 {
	const side = 64 // of blocks that fit in the fastest cache, in samples
	first, right, below := t.walk(r.Dx(), r.Dy(), stride, size)
	to := t.rect(r)
	width, height := to.Dx(), to.Dy()
	turned := make([]uint8, size*width*height)
	gather := gathers[size]
	forBands(height, side, func(top int) {
		if t.ctx.Err() != nil {
			return
		}
		bottom := min(top+side, height)
		for left := 0; left < width; left += side {
			n := min(side, width-left)
			for y := top; y < bottom; y++ {
				gather(turned[(y*width+left)*size:][:n*size], pix, first+left*right+y*below, right)
			}
		}
	})
	return turned
}

// forBands calls do with the top of each band of rows, on all processors. It panics if
// do does.
func forBands(height, rows int, do func(top int)) {
	var g workers.Group
	var next atomic.Int64
	bands := (height + rows - 1) / rows
	for range min(runtime.GOMAXPROCS(0), bands) {
		g.Go(func() {
			for band := int(next.Add(1)) - 1; band < bands && !g.Failed(); band = int(next.Add(1)) - 1 {
				do(band * rows)
			}
		})
	}
	g.Wait()
}

// gathers has functions that fill to with samples of as many bytes as their number,
// each step bytes behind the one before, the first at the offset at.
var gathers = map[int]func(to, from []uint8, at, step int){
	1: func(to, from []uint8, at, step int) {
		for i := range to {
			to[i] = from[at]
			at += step
		}
	},
	2: func(to, from []uint8, at, step int) {
		for ; len(to) >= 2; to = to[2:] {
			binary.NativeEndian.PutUint16(to, binary.NativeEndian.Uint16(from[at:]))
			at += step
		}
	},
	4: func(to, from []uint8, at, step int) {
		for ; len(to) >= 4; to = to[4:] {
			binary.NativeEndian.PutUint32(to, binary.NativeEndian.Uint32(from[at:]))
			at += step
		}
	},
	8: func(to, from []uint8, at, step int) {
		for ; len(to) >= 8; to = to[8:] {
			binary.NativeEndian.PutUint64(to, binary.NativeEndian.Uint64(from[at:]))
			at += step
		}
	},
}
