//go:build linux && cgo

package gpu

import (
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"kompress/imagefile"
	"kompress/kmeans"
	"kompress/quantize"
)

// Where the benchmarks find photographs, and how large an image they make of them:
// 100 megapixels, or as many as the environment says.
const (
	testdataVariable = "KOMPRESS_TESTDATA"     // a folder; ../testdata if not set
	sizeVariable     = "KOMPRESS_BENCH_MP"     // megapixels
	pointsVariable   = "KOMPRESS_BENCH_POINTS" // a file for the points and centroids of BenchmarkPass
)

// mosaic is a large photographic image with about a million colours: pieces of
// photographs, their channels in all orders.
var mosaic = sync.OnceValues(func() (*image.NRGBA, error) {
	var photos []image.Image
	for _, name := range []string{"dandelions.jpg", "kodim05.png", "kodim23.png"} {
		f, err := imagefile.Decode(context.Background(), filepath.Join(testdata(), name), imagefile.DecodeOptions{})
		if err != nil {
			return nil, err
		}
		photos = append(photos, f.Image)
	}
	megapixels := 100
	if s := os.Getenv(sizeVariable); s != "" {
		if _, err := fmt.Sscan(s, &megapixels); err != nil {
			return nil, err
		}
	}
	m := image.NewNRGBA(image.Rect(0, 0, 10_000, 100*megapixels))
	rng := rand.New(rand.NewPCG(1, 2))
	const side = 500
	for y := 0; y < m.Rect.Max.Y; y += side {
		for x := 0; x < m.Rect.Max.X; x += side {
			place(m.SubImage(image.Rect(x, y, x+side, y+side)).(*image.NRGBA), photos[rng.IntN(len(photos))], rng)
		}
	}
	return m, nil
})

// testdata is the folder of the photographs.
func testdata() string {
	if folder := os.Getenv(testdataVariable); folder != "" {
		return folder
	}
	return filepath.Join("..", "testdata")
}

// place copies a piece of a photograph, with another order of the channels and
// another brightness each time.
func place(dst *image.NRGBA, photo image.Image, rng *rand.Rand) {
	size, room := dst.Rect.Size(), photo.Bounds().Size()
	x0, y0 := rng.IntN(room.X-size.X+1), rng.IntN(room.Y-size.Y+1)
	order, shift := rng.Perm(3), uint8(rng.IntN(12))
	reader := quantize.NewPixelReader(photo)
	row := make([]uint8, 4*size.X)
	for y := range size.Y {
		reader.Read(row, (y0+y)*room.X+x0)
		out := dst.Pix[y*dst.Stride:][:4*size.X]
		for i := 0; i < len(out); i += 4 {
			for c, from := range order {
				out[i+c] = row[i+from] + min(shift, 255-row[i+from])
			}
			out[i+3] = 255
		}
	}
}

func mosaicFor(b *testing.B) *image.NRGBA {
	b.Helper()
	m, err := mosaic()
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

// steps are count, cluster and map.
var steps = []string{"count", "cluster", "map"}

// deviceTimes adds up the device time of each step, all stages, clears and copies
// included.
type deviceTimes struct {
	engine *Engine // nil takes no times
	last   map[string]time.Duration
	sums   map[string]time.Duration
}

func newDeviceTimes(e *Engine) *deviceTimes {
	d := &deviceTimes{engine: e, sums: map[string]time.Duration{}}
	if e != nil {
		d.last = e.Times()
	}
	return d
}

func (d *deviceTimes) lap(step string) {
	if d.engine == nil {
		return
	}
	now := d.engine.Times()
	for stage, t := range now {
		d.sums[step] += t - d.last[stage]
	}
	d.last = now
}

func (d *deviceTimes) report(b *testing.B) {
	total := time.Duration(0)
	for _, step := range steps {
		total += d.sums[step]
		b.ReportMetric(milliseconds(d.sums[step])/float64(b.N), "device-"+step+"-ms")
	}
	b.ReportMetric(milliseconds(total)/float64(b.N), "device-ms")
}

// run counts, clusters and maps.
func run(b *testing.B, e quantize.Engine, pixels quantize.Pixels, m image.Image, k int, d *deviceTimes) {
	b.Helper()
	s, err := quantize.NewSession(b.Context(), shared{e, pixels}, m)
	if err != nil {
		b.Fatal(err)
	}
	d.lap("count")
	q, err := s.Cluster(b.Context(), quantize.Options{Colors: k})
	if err != nil {
		b.Fatal(err)
	}
	d.lap("cluster")
	if _, err := s.Map(b.Context(), q); err != nil {
		b.Fatal(err)
	}
	d.lap("map")
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

// shared has an image open already, if pixels is not nil, and keeps it.
type shared struct {
	quantize.Engine
	pixels quantize.Pixels
}

func (s shared) Open(m image.Image) (quantize.Pixels, error) {
	if s.pixels == nil {
		return s.Engine.Open(m)
	}
	return kept{s.pixels}, nil
}

type kept struct{ quantize.Pixels }

func (kept) Close() error { return nil }

// BenchmarkImage is all of count, cluster and map: on the CPU; on the GPU; on the GPU
// with the pixels there already; and once more so, with the device time.
func BenchmarkImage(b *testing.B) {
	e := openForTest(b, Options{})
	m := mosaicFor(b)
	resident := openPixels(b, e, m)
	for _, k := range []int{16, 256} {
		for _, test := range []struct {
			name   string
			engine quantize.Engine
			pixels quantize.Pixels
		}{
			{"cpu", new(quantize.CPU), nil},
			{"gpu", e, nil},
			{"gpu-resident", e, resident},
		} {
			b.Run(fmt.Sprintf("k=%d/engine=%s", k, test.name), func(b *testing.B) {
				run(b, test.engine, test.pixels, m, k, newDeviceTimes(nil)) // sends the pixels, compiles the stages
				for b.Loop() {
					run(b, test.engine, test.pixels, m, k, newDeviceTimes(nil))
				}
			})
		}
	}
}

func BenchmarkDeviceTime(b *testing.B) {
	e := openForTest(b, Options{Timed: true})
	m := mosaicFor(b)
	resident := openPixels(b, e, m)
	for _, k := range []int{16, 256} {
		b.Run(fmt.Sprintf("k=%d", k), func(b *testing.B) {
			run(b, e, resident, m, k, newDeviceTimes(nil))
			d := newDeviceTimes(e)
			for b.Loop() {
				run(b, e, resident, m, k, d)
			}
			d.report(b)
		})
	}
}

func openPixels(b *testing.B, e *Engine, m image.Image) quantize.Pixels {
	b.Helper()
	p, err := e.Open(m)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { p.Close() })
	return p
}

// BenchmarkPass is a full pass over a million colours.
func BenchmarkPass(b *testing.B) {
	e := openForTest(b, Options{Timed: true})
	points, weights := million()
	centroids := make([]kmeans.Point, kmeans.MaxCentroids)
	for i := range centroids {
		centroids[i] = points[i*len(points)/len(centroids)]
	}
	if err := e.Load(points, weights); err != nil {
		b.Fatal(err)
	}
	sums := make([]kmeans.Sum, len(centroids))
	if err := e.Lloyd(sums, centroids, 1); err != nil {
		b.Fatal(err)
	}
	if err := dump(points, weights, centroids, sums); err != nil {
		b.Fatal(err)
	}
	b.Run("k=256", func(b *testing.B) {
		before := e.Times()
		for b.Loop() {
			if err := e.Lloyd(sums, centroids, 1); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(milliseconds(e.Times()["accumulate"]-before["accumulate"])/float64(b.N), "device-ms")
	})
}

// million returns a million colours, as an image has them: near each other, in the
// order of their keys.
func million() ([]kmeans.Point, []uint32) {
	rng := rand.New(rand.NewPCG(3, 4))
	seen := make([]bool, opaqueKeys)
	for n := 0; n < 1_000_000; {
		var c [3]float64
		for i, mean := range []float64{90, 110, 130} {
			c[i] = min(max(mean+40*rng.NormFloat64(), 0), 255)
		}
		if k := quantize.MakeKey(uint8(c[0]), uint8(c[1]), uint8(c[2]), 255); !seen[k] {
			seen[k] = true
			n++
		}
	}
	var points []kmeans.Point
	var weights []uint32
	for k, there := range seen {
		if there {
			c := quantize.Key(k).NRGBA()
			points = append(points, kmeans.Point{uint16(c.R) << 6, uint16(c.G) << 6, uint16(c.B) << 6})
			weights = append(weights, 1+rng.Uint32N(200))
		}
	}
	return points, weights
}

// dump writes the points for another program to use: their number and that of the
// centroids, then points, weights, centroids and what a pass has to find.
func dump(points []kmeans.Point, weights []uint32, centroids []kmeans.Point, sums []kmeans.Sum) error {
	name := os.Getenv(pointsVariable)
	if name == "" {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	for _, data := range []any{[]uint32{uint32(len(points)), uint32(len(centroids))}, points, weights, centroids, sums} {
		if err := binary.Write(f, binary.LittleEndian, data); err != nil {
			return err
		}
	}
	return f.Close()
}

// BenchmarkUpload is sending the pixels, and a plain copy of as many bytes from
// memory that is mapped for the device.
func BenchmarkUpload(b *testing.B) {
	e := openForTest(b, Options{Memory: 1})
	m := mosaicFor(b)
	opened, err := e.Open(m)
	if err != nil {
		b.Fatal(err)
	}
	p := opened.(*pixels)
	if _, err := p.Count(b.Context()); err != nil { // makes the slots
		b.Fatal(err)
	}
	b.Run("of=image", func(b *testing.B) {
		b.SetBytes(int64(len(m.Pix)))
		for b.Loop() {
			err := e.do(func(t *thread) error {
				err := p.eachBand(b.Context(), t, func(view, int, int) {})
				t.wait(t.fence())
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("of=pinned", func(b *testing.B) {
		b.SetBytes(int64(len(m.Pix)))
		for b.Loop() {
			err := e.do(func(t *thread) error {
				source := &e.up.slots[0].buffer
				for n := len(m.Pix); n > 0; n -= source.size {
					t.copy(&e.bands[0], 0, source, 0, min(n, source.size))
				}
				t.wait(t.fence())
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkStart is what an engine costs before its first result: making a context
// and compiling all stages.
func BenchmarkStart(b *testing.B) {
	d := openForTest(b, Options{}).Device()
	b.Logf("device %d: %s, %s, %s", d.Number, d.Renderer, d.Vendor, d.Version)
	m := translucent(32, 32)
	for b.Loop() {
		e, err := Open(Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := everyMethod(e, m); err != nil {
			b.Fatal(err)
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDraw is readying a window to draw with another palette: to list the colours
// and enter the index of each on the device.
func BenchmarkDraw(b *testing.B) {
	e := openForTest(b, Options{Timed: true})
	s, err := quantize.NewSession(b.Context(), e, mosaicFor(b))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	q, err := s.Cluster(b.Context(), quantize.Options{Colors: 64, Effort: kmeans.Fast})
	if err != nil {
		b.Fatal(err)
	}
	d := newDeviceTimes(e)
	for b.Loop() {
		drawing, err := e.Draw(s.Pixels(), q.Table())
		if err != nil {
			b.Fatal(err)
		}
		e.Retire(drawing)
	}
	d.lap("enter")
	b.ReportMetric(milliseconds(d.sums["enter"])/float64(b.N), "device-ms")
	b.ReportMetric(float64(s.Counts().Distinct()), "colors")
}
