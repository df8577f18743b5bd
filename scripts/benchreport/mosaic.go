//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/draw"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kompress/imagefile"
)

// Cells of a mosaic have the size of the Kodak photographs.
const cellWidth, cellHeight = 768, 512

// mosaic writes a PNM of that size, made of parts of the photographs at the full
// resolution: side by side and, where there are too few, mirrored and with their
// channels exchanged. An enlargement would be smoother than what a camera sees.
func mosaic(ctx context.Context, output, width, height string, photos []string) error {
	w, err := strconv.Atoi(width)
	if err != nil {
		return err
	}
	h, err := strconv.Atoi(height)
	if err != nil {
		return err
	}
	cells, err := cut(ctx, photos)
	if err != nil {
		return err
	}
	f, err := os.Create(output)
	if err != nil {
		return err
	}
	defer f.Close()
	to := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintf(to, "P6\n%d %d\n255\n", w, h)
	across := (w + cellWidth - 1) / cellWidth
	row := make([]byte, 3*across*cellWidth)
	for y := range h {
		for x := range across {
			n := y/cellHeight*across + x
			fillCell(row[3*x*cellWidth:][:3*cellWidth], cells[n%len(cells)], y%cellHeight, n/len(cells))
		}
		if _, err := to.Write(row[:3*w]); err != nil {
			return err
		}
	}
	if err := to.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// cut returns the parts of the photographs that are a whole cell.
func cut(ctx context.Context, photos []string) (cells []*image.RGBA, err error) {
	for _, name := range photos {
		f, err := imagefile.Decode(ctx, name, imagefile.DecodeOptions{})
		if err != nil {
			return nil, err
		}
		b := f.Image.Bounds()
		for y := b.Min.Y; y+cellHeight <= b.Max.Y; y += cellHeight {
			for x := b.Min.X; x+cellWidth <= b.Max.X; x += cellWidth {
				cell := image.NewRGBA(image.Rect(0, 0, cellWidth, cellHeight))
				draw.Draw(cell, cell.Rect, f.Image, image.Pt(x, y), draw.Src)
				cells = append(cells, cell)
			}
		}
	}
	if len(cells) == 0 {
		return nil, fmt.Errorf("got no photograph of at least %d x %d pixels", cellWidth, cellHeight)
	}
	return cells, nil
}

// fillCell makes a row of a cell when the cells come for that time, from 0 on.
func fillCell(row []byte, cell *image.RGBA, y, times int) {
	pix := cell.Pix[y*cell.Stride:]
	for x := range cellWidth {
		at := x
		if times%2 == 1 {
			at = cellWidth - 1 - x
		}
		for c := range 3 {
			row[3*x+c] = pix[4*at+(c+times/2)%3]
		}
	}
}

// large are the files that the table of large images is made of.
type large struct {
	name          string
	width, height int
	endings       []string // with what vips is to know of them
}

var larges = []large{
	{"24 MP", 6000, 4000, []string{".png", ".jpg[Q=90]"}},
	{"108 MP", 12000, 9000, []string{".png"}},
	{"1 gigapixel", 32768, 32768, []string{".png", ".tif[bigtiff]"}},
}

// mosaics writes the mosaic in its formats, by other processes, and returns the files'
// names, by their endings.
func (j *job) mosaics(ctx context.Context, l large, photos []string) (map[string]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	stem := filepath.Join(j.folder, fmt.Sprintf("mosaic-%dx%d", l.width, l.height))
	fmt.Fprintf(os.Stderr, "==> making a mosaic of %s\n", l.name)
	pnm := stem + ".ppm"
	args := append([]string{self, "mosaic", pnm, strconv.Itoa(l.width), strconv.Itoa(l.height)}, photos...)
	if _, _, _, err := process(ctx, args); err != nil {
		return nil, err
	}
	defer os.Remove(pnm)
	files := map[string]string{}
	for _, ending := range l.endings {
		bare, _, _ := strings.Cut(ending, "[")
		files[bare] = stem + bare
		if _, _, _, err := process(ctx, []string{"vips", "copy", pnm, stem + ending}); err != nil {
			return nil, err
		}
	}
	return files, nil
}
