//go:build linux && cgo

package gpu

import (
	"context"
	"image"
	"image/color"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"kompress/quantize"
)

// translucent returns an image of random colours, nearly all of them translucent
// and no two alike.
func translucent(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range width * height {
		v := rng.Uint32()
		copy(m.Pix[4*i:], []uint8{uint8(v), uint8(v >> 8), uint8(v >> 16), uint8(v >> 24)})
	}
	return m
}

// pass counts the image and maps it by a table whose indices depend on the keys.
func pass(t *testing.T, e quantize.Engine, m image.Image) (keys []quantize.Key, counts []uint32, index []uint8) {
	t.Helper()
	p, err := e.Open(m)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	c, err := p.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var entries []uint8
	for k, n := range c.All() {
		keys, counts, entries = append(keys, k), append(counts, n), append(entries, uint8(k*2654435761>>24))
	}
	table, err := quantize.NewTable(c, entries)
	if err != nil {
		t.Fatal(err)
	}
	index = make([]uint8, m.Bounds().Dx()*m.Bounds().Dy())
	if err := p.Map(t.Context(), index, table); err != nil {
		t.Fatal(err)
	}
	return keys, counts, index
}

func checkPass(t *testing.T, e *Engine, m image.Image) {
	t.Helper()
	keys, counts, index := pass(t, e, m)
	wantKeys, wantCounts, wantIndex := pass(t, new(quantize.CPU), m)
	if !slices.Equal(keys, wantKeys) || !slices.Equal(counts, wantCounts) {
		t.Errorf("got %d colours, want %d, or other ones", len(keys), len(wantKeys))
	}
	if !slices.Equal(index, wantIndex) {
		t.Error("got other indices than the CPU's")
	}
}

// The hash of a large image begins small, and grows.
func TestHashGrows(t *testing.T) {
	skipWithRaceDetector(t)
	e := openForTest(t, Options{Debug: true})
	before := e.slotsFor(fewPixels / 2)
	checkPass(t, e, translucent(1100, 1000))
	var size int
	err := e.do(func(*thread) error {
		size = e.tables.slots.size / 4
		return nil
	})
	if err != nil || size <= before {
		t.Errorf("got a hash of %d slots and error %v, want more than %d", size, err, before)
	}
}

// Where no hash is large enough there are many looks, each at a part.
func TestHashInParts(t *testing.T) {
	e := openForTest(t, Options{Debug: true, limits: Limits{BlockBytes: 1 << 16}})
	m := translucent(300, 310)
	checkPass(t, e, m)
	p, err := new(quantize.CPU).Open(m)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	table, err := quantize.NewTable(c, make([]uint8, c.Distinct()))
	if err != nil {
		t.Fatal(err)
	}
	if n := length(e.parts(table, 300*310)); n < 8 {
		t.Errorf("got %d parts of the table, want many", n)
	}
}

func length[T any](s iter.Seq[T]) (n int) {
	for range s {
		n++
	}
	return n
}

// Too many translucent colours for any hash are out of memory, not wrong.
func TestHashTooSmall(t *testing.T) {
	e := openForTest(t, Options{limits: Limits{BlockBytes: 1 << 10}})
	p, err := e.Open(translucent(500, 500))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Count(t.Context()); !isOutOfMemory(err) {
		t.Errorf("got error %v, want %v", err, ErrOutOfMemory)
	}
}

// Counts stop at the largest of 32 bits, those of counters and those of the hash.
func TestCountsStop(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		m.SetNRGBA(i%64, i/64, color.NRGBA{uint8(i % 3), 0, 0, 255})
	}
	e := openForTest(t, Options{Debug: true})
	opened, err := e.Open(m)
	if err != nil {
		t.Fatal(err)
	}
	p := opened.(*pixels)
	const start = math.MaxUint32 - 1000
	for _, test := range []countPass{
		{counted: opaqueKeys, hashFrom: opaqueKeys},
		{slots: 1024, parts: 1},
	} {
		counts := make([]uint32, 3)
		err = e.do(func(thread *thread) error {
			x := &e.tables
			e.clearHash(thread, &x.colorTable, 1024)
			thread.grow(&x.counters, 4*opaqueKeys)
			cells := &x.counters
			if test.slots > 0 {
				cells = &x.values
			}
			full := slices.Repeat([]uint32{start}, 1024)
			thread.writeAll(&e.up, cells, bytesOf(full))
			p.eachBand(context.Background(), thread, func(band view, _, n int) { p.countBand(thread, band, n, test) })
			thread.readAll(&e.down, cells, bytesOf(full))
			thread.finish(&e.down)
			counts = slices.DeleteFunc(full, func(n uint32) bool { return n == start })
			return nil
		})
		if err != nil || !slices.Equal(counts, []uint32{math.MaxUint32, math.MaxUint32, math.MaxUint32}) {
			t.Errorf("got counts %d and error %v, want three of 2³²-1", counts, err)
		}
	}
}

// Two passes send the pixels once.
func TestPixelsStay(t *testing.T) {
	e := openForTest(t, Options{})
	m := &countingImage{Image: translucent(64, 64)}
	pass(t, e, m)
	if m.reads != 64*64 {
		t.Errorf("got %d pixels read, want %d", m.reads, 64*64)
	}
}

type countingImage struct {
	image.Image
	reads int
}

func (m *countingImage) At(x, y int) color.Color {
	m.reads++
	return m.Image.At(x, y)
}

// A panic of the image's methods is the caller's.
func TestPanicIsHandedOn(t *testing.T) {
	e := openForTest(t, Options{})
	defer func() {
		if recover() == nil {
			t.Error("got no panic")
		}
		checkPass(t, e, translucent(20, 20))
	}()
	pass(t, e, panickingImage{translucent(20, 20)})
}

type panickingImage struct{ image.Image }

func (panickingImage) At(x, y int) color.Color { panic("no pixel") }
