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

// reversesRows says whether what is last in the source, of the rows or columns that
// become rows, is the first row of the result; reversesColumns is the same of columns.
func (t turn) reversesRows() bool {
	return t.orientation == 3 || t.orientation == 4 || t.orientation == 7 || t.orientation == 8
}

func (t turn) reversesColumns() bool {
	return t.orientation == 2 || t.orientation == 3 || t.orientation == 6 || t.orientation == 7
}

// pixels turns the samples of size bytes that fill r, whose rows are stride apart.
// The result has no gaps between its rows. It is not complete if ctx is done.
func (t turn) pixels(pix []uint8, stride, size int, r image.Rectangle) []uint8 {
	first, right, below := t.walk(r.Dx(), r.Dy(), stride, size)
	to := t.rect(r)
	turned := make([]uint8, size*to.Dx()*to.Dy())
	forBands(to.Dy(), blockSide, func(top int) {
		if t.ctx.Err() == nil {
			bottom := min(top+blockSide, to.Dy())
			gatherRows(turned[top*to.Dx()*size:bottom*to.Dx()*size], pix, size, to.Dx(), first+top*below, right, below)
		}
	})
	return turned
}

// block turns a block of samples of that many columns and rows, which begins pix, to
// fill turned.
func (t turn) block(turned, pix []uint8, stride, size int, of image.Point) {
	first, right, below := t.walk(of.X, of.Y, stride, size)
	gatherRows(turned, pix, size, t.width(image.Rectangle{Max: of}), first, right, below)
}

// blockSide is that of blocks that fit in the fastest cache, in samples.
const blockSide = 64

// gatherRows fills rows of width samples with those that a walk finds in pix.
func gatherRows(turned, pix []uint8, size, width, first, right, below int) {
	gather := gathers[size]
	height := len(turned) / (size * width)
	for top := 0; top < height; top += blockSide {
		for left := 0; left < width; left += blockSide {
			n := min(blockSide, width-left)
			for y := top; y < min(top+blockSide, height); y++ {
				gather(turned[(y*width+left)*size:][:n*size], pix, first+left*right+y*below, right)
			}
		}
	}
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
