//go:build linux

package main

import (
	"image"
	"strings"
	"testing"

	"kompress/cmd/kompress/bench"
)

func TestRenderLarge(t *testing.T) {
	r := &largeReport{Date: "1970-01-01", Machine: bench.Machine{Processor: "p", Cores: 2}, Photos: []string{"a.jpg", "b.png"}, Rows: []largeRow{
		{Image: "24 MP", What: "**kompress**", Pixels: 24, Wall: bench.Summary{Min: 1, Median: 2, Max: 3}, CPU: 3, Memory: 99, Bytes: 2e6, Cores: 2},
		{Image: "24 MP", What: "a folder", Pixels: 48, Wall: bench.Summary{Median: 2}, CPU: 4, Cores: 2},
	}}
	text, err := r.render()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"on 1970-01-01", "a.jpg, b.png",
		"| 24 MP | **kompress** | 2.00 s | 1.00 … 3.00 | 3.00 s | 75 % | 12 | 99 MB | 2.00 MB |\n",
		"| 24 MP | a folder | 2.00 s | 0.00 … 0.00 | 4.00 s | 100 % | 24 | 0 MB |  |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in:\n%s", want, text)
		}
	}
}

// The tables are exchanged, and kept when the rest of the page is made anew.
func TestWithLarge(t *testing.T) {
	old, fresh := largeBegin+"old\n"+largeEnd, largeBegin+"new\n"+largeEnd
	for _, test := range []struct{ page, changed, had string }{
		{"a\n", "a\n\n" + fresh, ""},
		{"a\n\n" + old, "a\n\n" + fresh, old},
		{"a\n" + old + "b\n", "a\n" + fresh + "b\n", old},
	} {
		if changed, had := withLarge(test.page, fresh); changed != test.changed || had != test.had {
			t.Errorf("%q: got %q and %q", test.page, changed, had)
		}
	}
}

// Cells that come again are mirrored, then have their channels exchanged.
func TestFillCell(t *testing.T) {
	cell := image.NewRGBA(image.Rect(0, 0, cellWidth, cellHeight))
	copy(cell.Pix[cell.Stride:], []uint8{1, 2, 3, 255})
	row := make([]byte, 3*cellWidth)
	for times, want := range []struct {
		x    int
		pix  [3]byte
		zero int
	}{{0, [3]byte{1, 2, 3}, 1}, {cellWidth - 1, [3]byte{1, 2, 3}, 0}, {0, [3]byte{2, 3, 1}, 1}, {cellWidth - 1, [3]byte{2, 3, 1}, 0}, {0, [3]byte{3, 1, 2}, 1}} {
		fillCell(row, cell, 1, times)
		if got := [3]byte(row[3*want.x:]); got != want.pix || row[3*want.zero+1] != 0 {
			t.Errorf("%d times: got %v at %d, want %v", times, got, want.x, want.pix)
		}
	}
}
