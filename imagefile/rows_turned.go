package imagefile

import (
	"context"
	"fmt"
	"image"
	"io"

	"kompress/imagefile/bands"
)

// A turnedBands is an image in a temporary file, from which it is read in the bands of
// what it is when it is turned. It takes its rows in records of some rows, and writes
// each as tiles of some of the columns, which are turned already. If columns become
// rows, each band has one tile of every record; else it has one record, which is one
// tile. The tiles are as long as they can be with records and bands that are as large.
type turnedBands struct {
	ctx    context.Context
	turn   turn
	size   image.Point // of the image before it is turned
	file   *spooled
	pixel  bands.Raster // the type
	rows   int          // of a record
	across int          // columns of a tile

	record []uint8 // being filled
	tiles  []uint8 // of a record, as they are written
	top    int     // of the record
	filled int     // rows of it
}

// turnedBytes is about how large a record is, and a band.
const turnedBytes = 6 << 20

func newTurnedBands(ctx context.Context, orientation int, size image.Point) (*turnedBands, error) {
	file, err := newSpooled()
	if err != nil {
		return nil, err
	}
	return &turnedBands{ctx: ctx, turn: turn{ctx: ctx, orientation: orientation}, size: size, file: file}, nil
}

func (t *turnedBands) close() { t.file.Close() }

// begin decides the layout when the first band says how large pixels are.
func (t *turnedBands) begin(pixel bands.Raster) {
	t.pixel = pixel
	t.rows = max(1, min(turnedBytes/(t.size.X*pixel.Size), t.size.Y))
	t.across = t.size.X
	if t.turn.transposes() {
		t.across = max(1, min(turnedBytes/(t.size.Y*pixel.Size), t.size.X))
	}
	t.record = make([]uint8, t.rows*t.stride())
	t.tiles = make([]uint8, len(t.record))
}

func (t *turnedBands) stride() int { return t.size.X * t.pixel.Size }

// add takes the next band. Kinds that have no room for each pixel become RGBA.
func (t *turnedBands) add(band image.Image) error {
	from, ok := bands.RasterOf(band)
	if !ok {
		from, _ = bands.RasterOf(redrawn(band))
	}
	if t.record == nil {
		t.begin(from)
	}
	t.pixel = from // the palette of the last band is the longest
	for y := from.Rect.Min.Y; y < from.Rect.Max.Y; y++ {
		copy(t.record[t.filled*t.stride():], from.Row(y))
		if t.filled++; t.filled == t.rows {
			if err := t.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush writes the record.
func (t *turnedBands) flush() error {
	forBands(t.columns(), 1, func(i int) { t.turnTile(i) })
	n := t.filled * t.stride()
	if _, err := (&spoolWriter{t.ctx, t.file.file}).Write(t.tiles[:n]); err != nil {
		return err
	}
	t.top, t.filled = t.top+t.filled, 0
	return nil
}

// columns is how many tiles a record has.
func (t *turnedBands) columns() int { return int(ceilDiv(int64(t.size.X), int64(t.across))) }

// turnTile turns the pixels of a tile.
func (t *turnedBands) turnTile(i int) {
	left := i * t.across
	width := min(t.across, t.size.X-left)
	size := t.pixel.Size
	tile := t.tiles[left*t.filled*size:][:width*t.filled*size]
	t.turn.block(tile, t.record[left*size:], t.stride(), size, image.Pt(width, t.filled))
}

// finish writes what is left.
func (t *turnedBands) finish() error {
	if t.filled > 0 {
		if err := t.flush(); err != nil {
			return err
		}
	}
	t.record, t.tiles = nil, nil
	return nil
}

// each calls do with the bands of the turned image.
func (t *turnedBands) each(ctx context.Context, do func(band image.Image) error) error {
	size := t.turn.rect(image.Rectangle{Max: t.size}).Size()
	rows, count := t.rows, int(ceilDiv(int64(t.size.Y), int64(t.rows)))
	if t.turn.transposes() {
		rows, count = t.across, t.columns()
	}
	m := bands.Maker{
		Size: size, Rows: rows, Count: count, Jobs: 1, Workers: 2,
		New: func(r image.Rectangle) image.Image {
			return t.pixel.With(make([]uint8, t.pixel.Size*r.Dx()*r.Dy()), r).Image()
		},
		Band: func(i int) (top, bottom int) { return t.band(i, rows, size.Y) },
		Paint: func(_, _ int, band bands.Raster) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return t.read(band)
		},
	}
	_, err := m.Each(false, do)
	return err
}

// band returns the rows of band i. Where the last ones come first, the incomplete band
// does.
func (t *turnedBands) band(i, rows, height int) (top, bottom int) {
	if !t.turn.reversesRows() {
		return i * rows, min((i+1)*rows, height)
	}
	first := height - (height-1)/rows*rows
	if i == 0 {
		return 0, first
	}
	return first + (i-1)*rows, first + i*rows
}

// read reads a band.
func (t *turnedBands) read(band bands.Raster) error {
	top, bottom := band.Rect.Min.Y, band.Rect.Max.Y
	if t.turn.reversesRows() {
		height := t.turn.rect(image.Rectangle{Max: t.size}).Dy()
		top, bottom = height-bottom, height-top
	}
	if !t.turn.transposes() {
		return t.readAt(band.Pix, top*t.stride())
	}
	size := t.pixel.Size
	var tile []uint8
	for y := 0; y < t.size.Y; y += t.rows {
		n := min(t.rows, t.size.Y-y)
		tile = resized(tile, n*(bottom-top)*size)
		if err := t.readAt(tile, y*t.stride()+top*n*size); err != nil {
			return err
		}
		left := y
		if t.turn.reversesColumns() {
			left = t.size.Y - y - n
		}
		for row := range bottom - top {
			copy(band.At(left, band.Rect.Min.Y+row, n), tile[row*n*size:][:n*size])
		}
	}
	return nil
}

func (t *turnedBands) readAt(to []uint8, at int) error {
	_, err := t.file.file.ReadAt(to, int64(at))
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("cannot be read back from a temporary file: %w", reason(err))
	}
	return nil
}
