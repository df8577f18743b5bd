//go:build linux && cgo

package gpu

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"kompress/kmeans"
	"kompress/quantize"
)

// opaque returns an image of random opaque colours.
func opaque(width, height int) *image.NRGBA {
	m := translucent(width, height)
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	return m
}

// premultiplied returns an image of random translucent colours that are.
func premultiplied(width, height int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	copy(m.Pix, translucent(width, height).Pix)
	for i := range m.Pix {
		if alpha := m.Pix[i|3]; i%4 < 3 {
			m.Pix[i] = uint8(int(m.Pix[i]) * int(alpha) / 255)
		}
	}
	return m
}

// A picture is an image as an engine has it, with a table, and what to expect.
type picture struct {
	image         image.Image
	pixels        quantize.Pixels
	counts        *quantize.Counts
	data          []uint8 // of the pixels
	premultiplied bool

	table   *quantize.Table
	index   map[quantize.Key]uint8
	palette [256]uint32
}

// newPicture counts an image and gives each of its colours some palette index.
func newPicture(e *Engine, m image.Image) (*picture, error) {
	p, err := e.Open(m)
	if err != nil {
		return nil, err
	}
	c, err := p.Count(context.Background())
	if err != nil {
		return nil, err
	}
	r := quantize.NewPixelReader(m)
	x := &picture{image: m, pixels: p, counts: c, premultiplied: r.Premultiplied()}
	x.data = make([]uint8, 4*c.Pixels())
	r.Read(x.data, 0)
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range x.palette {
		x.palette[i] = rng.Uint32() | uint32(i%2*255)<<24
	}
	return x.mapped(2654435761)
}

// mapped returns the picture with another index for each colour.
func (x *picture) mapped(factor quantize.Key) (*picture, error) {
	other := *x
	other.index = map[quantize.Key]uint8{}
	var entries []uint8
	for k := range x.counts.All() {
		other.index[k] = uint8(k * factor >> 24)
		entries = append(entries, other.index[k])
	}
	var err error
	other.table, err = quantize.NewTable(x.counts, entries)
	return &other, err
}

// color returns the colour of a pixel of the image, or of what becomes of it, faded
// if another entry is lit.
func (x *picture) color(at int, original bool, lit int) (c color.NRGBA) {
	p := x.data[4*at:][:4]
	k := quantize.MakeKey(p[0], p[1], p[2], p[3])
	if x.premultiplied {
		k = quantize.PremultipliedKey(p[0], p[1], p[2], p[3])
	}
	v := x.palette[x.index[k]]
	c = color.NRGBA{uint8(v), uint8(v >> 8), uint8(v >> 16), uint8(v >> 24)}
	if original {
		c = k.NRGBA()
	}
	if lit >= 0 && int(x.index[k]) != lit {
		c.R, c.G, c.B = c.R/5+fadeForTest, c.G/5+fadeForTest, c.B/5+fadeForTest
	}
	return c
}

// places lists where an axis is sampled.
func places(r [2]int32, samples int) (list []int) {
	length := int(r[1] - r[0])
	n := min(length, samples)
	for i := range max(0, n) {
		list = append(list, int(r[0])+(2*i+1)*length/(2*n))
	}
	return list
}

// want returns a pixel of the screen, premultiplied, from 0 to 255, and of how many
// samples it is the mean.
func (x *picture) want(s screen, column, row int) (c [4]float64, n int) {
	for _, iy := range places(s.rows[row], s.samples) {
		for _, ix := range places(s.columns[column], s.samples) {
			v := x.color(iy*x.image.Bounds().Dx()+ix, float32(column) < s.split, s.lit)
			a := float64(v.A) / 255
			for i, component := range []uint8{v.R, v.G, v.B} {
				c[i] += linear(float64(component)/255) * a
			}
			c[3] += a
			n++
		}
	}
	if c[3] == 0 {
		return [4]float64{}, n
	}
	alpha := c[3] / float64(n)
	for i := range 3 {
		c[i] = encoded(c[i]/c[3]) * alpha * 255
	}
	c[3] = alpha * 255
	return c, n
}

func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func encoded(v float64) float64 {
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// compare returns an error at the first pixel that is not as it should be: to the
// bit where it is a sample, off by one where it is a mean.
func (x *picture) compare(pix []uint8, s screen) error {
	for i := range len(pix) / 4 {
		column, row := i%len(s.columns), i/len(s.columns)
		want, n := x.want(s, column, row)
		for c := range want {
			v := float64(pix[4*i+c])
			if n <= 1 && v != math.Round(want[c]) || math.Abs(v-want[c]) > 1 {
				return fmt.Errorf("column %d, row %d, %d samples: got %d, want %.3f", column, row, n, pix[4*i:][:4], want)
			}
		}
	}
	return nil
}

// screenAt returns a screen that begins at a place in the image, with so many of its
// pixels to one of the screen's.
func screenAt(size image.Point, x, y, step float64, samples int, split float32) screen {
	const width, height = 61, 47
	return screen{ranges(x, step, width, size.X), ranges(y, step, height, size.Y), samples, split, -1}
}

func ranges(origin, step float64, n, size int) (list [][2]int32) {
	for i := range n {
		first := math.Floor(origin + float64(i)*step)
		last := max(first+1, math.Floor(origin+float64(i+1)*step))
		list = append(list, [2]int32{int32(max(0, first)), int32(min(float64(size), last))})
	}
	return list
}

// screens are zoomed in and out, at and beyond the image's edges, at each split.
func screens(size image.Point) []screen {
	w, h := float64(size.X), float64(size.Y)
	lit := screenAt(size, w/4, 0, 1.3, 2, 31)
	lit.lit = 77
	return []screen{
		lit,
		screenAt(size, 0, 0, 1, 1, 61),
		screenAt(size, w-30.25, h-20.5, 1, 16, 0),
		screenAt(size, w/2, h/2, 0.3, 2, 30),
		screenAt(size, -7, -5, 2.7, 16, 30.5),
		screenAt(size, w/3, 0, 2.7, 2, 31),
		screenAt(size, -0.1*w, -0.1*h, 1.2*w/61, 2, 20),
		screenAt(size, 0, h/4, 16.5, 16, 40),
		screenAt(size, 0, 0, w/61, 1, 0),
	}
}

// drawnImages have their colours in the hash, in the dense table and in both; that
// in both is large.
func drawnImages(large bool) map[string]image.Image {
	images := map[string]image.Image{
		"opaque":                         opaque(101, 67),
		"opaque, of many colours":        opaque(251, 190),
		"translucent":                    translucent(120, 83),
		"premultiplied":                  premultiplied(140, 81),
		"premultiplied, of many colours": premultiplied(251, 190),
		"a line":                         opaque(9000, 1),
	}
	if large {
		images["opaque, large"] = opaque(1100, 1000)
		images["translucent, large"] = translucent(1100, 1000)
	}
	return images
}

// checkDrawing looks at an image from everywhere and returns the first error.
func checkDrawing(e *Engine, m image.Image, p *painter) error {
	x, err := newPicture(e, m)
	if err != nil {
		return err
	}
	defer x.pixels.Close()
	d, err := e.Draw(x.pixels, x.table)
	if err != nil {
		return err
	}
	defer e.Retire(d)
	for i, s := range screens(m.Bounds().Size()) {
		if err := x.check(p, d, s); err != nil {
			return fmt.Errorf("screen %d: %w", i, err)
		}
	}
	return nil
}

func (x *picture) check(p *painter, d *Drawing, s screen) error {
	pix, err := p.draw(d, s, &x.palette)
	if err != nil {
		return err
	}
	return x.compare(pix, s)
}

func TestDraw(t *testing.T) {
	skipWithRaceDetector(t)
	for _, band := range []int{1 << 22, 5000} {
		t.Run(fmt.Sprintf("bands of %d pixels", band), func(t *testing.T) {
			e := openForTest(t, Options{Debug: true})
			e.sizes.pixels = band
			p := &painter{engine: e}
			for name, m := range drawnImages(band > 5000) {
				if err := checkDrawing(e, m, p); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

// Every 8-bit value comes back, whatever the alpha.
func TestDrawKeepsEveryValue(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 256, 256))
	for i := range 256 * 256 {
		v := uint8(i)
		copy(m.Pix[4*i:], []uint8{v, v, v, 255 - uint8(i>>8)})
	}
	e := openForTest(t, Options{Debug: true})
	x, err := newPicture(e, m)
	if err != nil {
		t.Fatal(err)
	}
	d, err := e.Draw(x.pixels, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d.Lookup != (Lookup{}) {
		t.Errorf("got %+v without a table, want none", d.Lookup)
	}
	s := screen{ranges(0, 1, 256, 256), ranges(0, 1, 256, 256), 1, 256, -1}
	pix, err := (&painter{engine: e}).draw(d, s, &x.palette)
	if err != nil {
		t.Fatal(err)
	}
	for v := range 256 {
		if got := pix[4*v]; int(got) != v || pix[4*v+3] != 255 {
			t.Errorf("got %d with alpha %d, want %d with 255", got, pix[4*v+3], v)
		}
	}
	if err := x.compare(pix, s); err != nil {
		t.Error(err)
	}
}

// A window may go on drawing with what it has while the next is made, and the buffers
// of what is retired are used again.
func TestDrawingsDoNotDisturbEachOther(t *testing.T) {
	e := openForTest(t, Options{Debug: true})
	p := &painter{engine: e}
	type pair struct {
		*picture
		*Drawing
	}
	var alive []pair
	draw := func(x *picture) {
		t.Helper()
		d, err := e.Draw(x.pixels, x.table)
		if err != nil {
			t.Fatal(err)
		}
		alive = append(alive, pair{x, d})
	}
	for _, m := range []image.Image{opaque(251, 190), translucent(251, 190), premultiplied(100, 40)} {
		x, err := newPicture(e, m)
		if err != nil {
			t.Fatal(err)
		}
		draw(x)
	}
	for round := range 6 {
		x, err := alive[0].mapped(quantize.Key(2*round + 12345))
		if err != nil {
			t.Fatal(err)
		}
		draw(x)
		checkPass(t, e, translucent(90, 80)) // the engine's own tables are others
		for i, a := range alive {
			if err := a.check(p, a.Drawing, screenAt(image.Pt(100, 40), 0, 0, 1.5, 16, 5)); err != nil {
				t.Errorf("round %d, drawing %d: %v", round, i, err)
			}
		}
		e.Retire(alive[0].Drawing)
		alive = alive[1:]
	}
}

// There are buffers for as many drawings as are alive, and for one more.
func TestRetire(t *testing.T) {
	e := openForTest(t, Options{})
	x, err := newPicture(e, translucent(40, 30))
	if err != nil {
		t.Fatal(err)
	}
	before, _ := e.Memory()
	draw := func() *Drawing {
		t.Helper()
		d, err := e.Draw(x.pixels, x.table)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	const each = 3 // buffers
	wantMore := func(want int) {
		t.Helper()
		if buffers, _ := e.Memory(); buffers != before+want {
			t.Errorf("got %d more buffers, want %d", buffers-before, want)
		}
	}
	a, b, c := draw(), draw(), draw()
	e.Retire(a)
	e.Retire(a)
	e.Retire(nil)
	e.Retire(new(Drawing))
	wantMore(each*3 + 2) // and, for a first time, lists of keys and indices
	e.Retire(b)
	wantMore(each*2 + 2)
	if d := draw(); d.Dense != a.Dense {
		t.Errorf("got buffer %d, want that of the first again, %d", d.Dense, a.Dense)
	}
	e.Retire(c)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e.Retire(c)
}

func TestNotResident(t *testing.T) {
	open := func(e *Engine, m image.Image) quantize.Pixels {
		t.Helper()
		p, err := e.Open(m)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	m := translucent(50, 40)
	e, other, small := openForTest(t, Options{}), openForTest(t, Options{}), openForTest(t, Options{Memory: 1})
	parts := openForTest(t, Options{limits: Limits{BlockBytes: 1 << 12}})
	x, err := newPicture(e, m)
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() (*Drawing, error){
		"no room":          func() (*Drawing, error) { return small.Draw(open(small, m), nil) },
		"another engine's": func() (*Drawing, error) { return e.Draw(open(other, m), nil) },
		"the CPU's": func() (*Drawing, error) {
			p, err := new(quantize.CPU).Open(m)
			if err != nil {
				return nil, err
			}
			return e.Draw(p, nil)
		},
		"none":              func() (*Drawing, error) { return e.Draw(nil, nil) },
		"a table too large": func() (*Drawing, error) { return parts.Draw(open(parts, m), x.table) },
	} {
		if d, err := try(); d != nil || !errors.Is(err, ErrNotResident) {
			t.Errorf("%s: got %v and error %v, want %v", name, d, err, ErrNotResident)
		}
	}
}

// Pixels that no one has counted are sent.
func TestDrawSendsPixels(t *testing.T) {
	e := openForTest(t, Options{Debug: true})
	e.sizes.pixels = 8192
	x, err := newPicture(e, translucent(201, 190))
	if err != nil {
		t.Fatal(err)
	}
	if x.pixels, err = e.Open(x.image); err != nil {
		t.Fatal(err)
	}
	d, err := e.Draw(x.pixels, x.table)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Bands) != 5 || d.BandPixels != 8192 || d.Width != 201 || d.Height != 190 || d.Premultiplied {
		t.Errorf("got %+v", d)
	}
	if err := x.check(&painter{engine: e}, d, screenAt(image.Pt(201, 190), 0, 0, 4, 16, 30)); err != nil {
		t.Error(err)
	}
}

// Another context need not wait: the device is done with all that Draw asked of it.
func TestDrawWaits(t *testing.T) {
	e := openForTest(t, Options{})
	x, err := newPicture(e, translucent(30, 20))
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []*quantize.Table{nil, x.table} {
		p, err := e.Open(x.image)
		if err != nil {
			t.Fatal(err)
		}
		asked, done := false, false
		e.thread.fail = func(call string) error {
			switch call {
			case "glCopyBufferSubData", "glClearBufferSubData", "glDispatchCompute":
				asked, done = true, false
			case "glClientWaitSync":
				done = true
			}
			return nil
		}
		if _, err := e.Draw(p, table); err != nil || !asked || !done {
			t.Errorf("table %v: got error %v; asked: %t, waited after the last time: %t", table != nil, err, asked, done)
		}
	}
}

func TestDrawNothing(t *testing.T) {
	e := openForTest(t, Options{Debug: true})
	x, err := newPicture(e, opaque(0, 7))
	if err != nil {
		t.Fatal(err)
	}
	d, err := e.Draw(x.pixels, x.table)
	if err != nil || len(d.Bands) > 0 || d.Dense == 0 {
		t.Fatalf("got %+v and error %v", d, err)
	}
	if err := x.check(&painter{engine: e}, d, screenAt(image.Pt(0, 7), 0, 0, 1, 2, 30)); err != nil {
		t.Error(err)
	}
}

func TestDrawOfWhatIsClosed(t *testing.T) {
	e := openForTest(t, Options{})
	x, err := newPicture(e, opaque(30, 20))
	if err != nil {
		t.Fatal(err)
	}
	if err := x.pixels.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Draw(x.pixels, nil); !errors.Is(err, kmeans.ErrClosed) {
		t.Errorf("closed pixels: got error %v, want %v", err, kmeans.ErrClosed)
	}
	p, err := e.Open(x.image)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Draw(p, nil); !errors.Is(err, kmeans.ErrClosed) {
		t.Errorf("closed engine: got error %v, want %v", err, kmeans.ErrClosed)
	}
}

// failOnce has the engine's next call of that name fail.
func failOnce(e *Engine, call string, err error) {
	e.thread.fail = func(c string) error {
		if c != call {
			return nil
		}
		e.thread.fail = nil
		return err
	}
}

// Out of memory for pixels is no room for them.
func TestDrawWithoutMemoryForPixels(t *testing.T) {
	e := openForTest(t, Options{})
	for _, call := range []string{"glBufferData", "glCopyBufferSubData"} {
		p, err := e.Open(translucent(100, 90))
		if err != nil {
			t.Fatal(err)
		}
		failOnce(e, call, ErrOutOfMemory)
		if _, err := e.Draw(p, nil); !errors.Is(err, ErrNotResident) || p.(*pixels).bands != nil {
			t.Errorf("%s: got error %v, want %v and no bands", call, err, ErrNotResident)
		}
	}
}

// Out of memory for tables is an error that leaves nothing behind.
func TestDrawWithoutMemoryForTables(t *testing.T) {
	e := openForTest(t, Options{})
	x, err := newPicture(e, translucent(100, 90))
	if err != nil {
		t.Fatal(err)
	}
	var held [8]int // buffers after each attempt
	for i := range held {
		failOnce(e, "glClearBufferSubData", ErrOutOfMemory)
		if _, err := e.Draw(x.pixels, x.table); !isOutOfMemory(err) {
			t.Errorf("got error %v, want %v", err, ErrOutOfMemory)
		}
		held[i], _ = e.Memory()
	}
	if held[7] > held[3] { // the first ones fill the ring
		t.Errorf("got %d buffers after errors, want no more each time", held)
	}
}

// Pixels do not make way for other things while a window draws them.
func TestDrawnPixelsStay(t *testing.T) {
	e := openForTest(t, Options{})
	x, err := newPicture(e, translucent(100, 90))
	if err != nil {
		t.Fatal(err)
	}
	d, err := e.Draw(x.pixels, x.table)
	if err != nil {
		t.Fatal(err)
	}
	failOnce(e, "glDispatchCompute", ErrOutOfMemory)
	if _, err := x.pixels.Count(t.Context()); !isOutOfMemory(err) {
		t.Errorf("got error %v, want %v", err, ErrOutOfMemory)
	}
	if err := x.check(&painter{engine: e}, d, screenAt(image.Pt(100, 90), 0, 0, 1, 1, 30)); err != nil {
		t.Error(err)
	}
	e.Retire(d)
	failOnce(e, "glDispatchCompute", ErrOutOfMemory)
	if _, err := x.pixels.Count(t.Context()); err != nil || x.pixels.(*pixels).bands != nil {
		t.Errorf("no longer drawn: got error %v, want none and no bands", err)
	}
}

// That the device is lost is not that it has no room.
func TestDrawOnALostDevice(t *testing.T) {
	e := openForTest(t, Options{})
	x, err := newPicture(e, opaque(30, 20))
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range []string{"glBufferData", "glClientWaitSync"} {
		p, err := e.Open(x.image)
		if err != nil {
			t.Fatal(err)
		}
		failOnce(e, call, ErrLost)
		if _, err := e.Draw(p, x.table); !errors.Is(err, ErrLost) || errors.Is(err, ErrNotResident) {
			t.Errorf("%s: got error %v, want %v alone", call, err, ErrLost)
		}
	}
}

// Contexts that share objects with the engine's see what Draw has readied.
func TestDrawFromAnotherContext(t *testing.T) {
	skipWithRaceDetector(t)
	e := openForTest(t, Options{})
	e.sizes.pixels = 300_000
	var context uintptr
	err := e.do(func(t *thread) error {
		attributes := []int32{
			eglContextMajorVersion, 4, eglContextMinorVersion, 3, eglContextProfileMask, eglContextCoreProfile,
			eglContextResetStrategy, eglLoseContextOnReset, eglNone, // as the engine's, or they cannot share
		}
		d := t.display
		if context = d.egl.createContext(d.handle, 0, t.context, &attributes[0]); context == 0 {
			return d.egl.failed("eglCreateContext")
		}
		return nil
	})
	if err != nil {
		t.Skip(err)
	}
	defer e.do(func(t *thread) error {
		t.display.egl.destroyContext(t.display.handle, context)
		return nil
	})
	for name, m := range drawnImages(true) {
		if err := checkDrawing(e, m, &painter{engine: e, context: context}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSoftwareRenderer(t *testing.T) {
	for renderer, want := range map[string]bool{
		"llvmpipe (LLVM 15.0.6, 256 bits)": true, "Software Rasterizer": true, "SwiftShader": true,
		"NVIDIA H200/PCIe/SSE2": false, "AMD Radeon Graphics (radeonsi)": false, "": false,
	} {
		if got := SoftwareRenderer(renderer); got != want {
			t.Errorf("%q: got %t, want %t", renderer, got, want)
		}
	}
}
