package explore

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	_ "image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"kompress/imagefile"
	"kompress/quantize"
)

var testdata, _ = filepath.Abs(filepath.Join("..", "..", "..", "testdata"))

func decode(t testing.TB, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, _, err := image.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// part returns a part of a photograph.
func part(t testing.TB, w, h int) image.Image {
	return decode(t, filepath.Join(testdata, "kodim23.png")).(*image.RGBA).SubImage(image.Rect(200, 100, 200+w, 100+h))
}

// colorful returns an image of n colours.
func colorful(n int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 40, 30))
	for i := range 40 * 30 {
		c := i % n
		m.SetNRGBA(i%40, i/40, color.NRGBA{uint8(c * 37), uint8(c>>1*11 + 3), uint8(c), 255})
	}
	return m
}

// translucent has all alphas, and many fully transparent pixels.
func translucent() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		m.SetNRGBA(i%64, i/64, color.NRGBA{uint8(i), uint8(i >> 4), uint8(i * 5), uint8(min(255, max(0, i%64*5-40)))})
	}
	return m
}

// gray16 is a ramp of 16-bit greys.
func gray16() *image.Gray16 {
	m := image.NewGray16(image.Rect(0, 0, 80, 50))
	for i := range 80 * 50 {
		m.SetGray16(i%80, i/80, color.Gray16{uint16(i * 16)})
	}
	return m
}

// column is one pixel wide.
func column(h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 1, h))
	for i := range h {
		m.SetNRGBA(0, i, color.NRGBA{uint8(i), uint8(i >> 4), uint8(i >> 8), 255})
	}
	return m
}

// skipRace skips a test that does nothing on several threads that others do not.
func skipRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("with the race detector it takes long, and finds nothing more")
	}
}

// samples are images of many kinds.
func samples(t testing.TB) map[string]image.Image {
	if raceEnabled {
		return map[string]image.Image{"photo": part(t, 30, 20), "five": colorful(5)}
	}
	return map[string]image.Image{
		"photo":       part(t, 120, 90),
		"translucent": translucent(),
		"gray16":      gray16(),
		"pixel":       colorful(1).SubImage(image.Rect(3, 3, 4, 4)),
		"one":         colorful(1),
		"two":         colorful(2),
		"five":        colorful(5),
		"hundred":     colorful(100),
		"transparent": image.NewNRGBA(image.Rect(0, 0, 9, 7)),
		"column":      column(300),
	}
}

func mustExplore(t testing.TB, m image.Image, o Options) *Image {
	t.Helper()
	x, err := Explore(t.Context(), nil, Input{Name: "x.png", Image: m, Format: "png", Bytes: 1000}, o)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

var explored sync.Map // *Image by the name of a sample

// exploreSample explores each of the samples once, with k = 4, for all tests.
func exploreSample(t testing.TB, name string, m image.Image) *Image {
	t.Helper()
	if x, done := explored.Load(name); done {
		return x.(*Image)
	}
	x := mustExplore(t, m, Options{Quantize: quantize.Options{Colors: 4}})
	explored.Store(name, x)
	return x
}

// compressed returns what the compress command makes.
func compressed(t testing.TB, m image.Image, o quantize.Options) (*image.Paletted, *quantize.Quantized, []byte) {
	t.Helper()
	p, q, err := quantize.Quantize(t.Context(), m, o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := imagefile.EncodePNG(t.Context(), &b, p); err != nil {
		t.Fatal(err)
	}
	return p, q, b.Bytes()
}

// Each row of the sweep is what a run of compress with that k is, byte for byte.
func TestSweepIsCompress(t *testing.T) {
	for name, m := range samples(t) {
		t.Run(name, func(t *testing.T) {
			x := exploreSample(t, name, m)
			if len(x.Sweep) != len(sweepKs) {
				t.Fatalf("got %d rows, want %d", len(x.Sweep), len(sweepKs))
			}
			for i, r := range x.Sweep {
				_, q, file := compressed(t, m, quantize.Options{Colors: sweepKs[i]})
				if r.K != sweepKs[i] || r.Colors != len(q.Palette) || r.MSE != q.MSE || r.Exact() != q.Lossless || r.Lossless != (q.Lossless && !x.Deep) || r.Bytes != int64(len(file)) {
					t.Errorf("got %+v, want %d colors, MSE %v, lossless %v, %d bytes", r, len(q.Palette), q.MSE, q.Lossless, len(file))
				}
				if (r.PSNR == nil) != (q.MSE == 0) || r.PSNR != nil && *r.PSNR != quantize.PSNR(q.MSE) {
					t.Errorf("k = %d: got PSNR %v for MSE %v", r.K, r.PSNR, q.MSE)
				}
			}
		})
	}
}

func TestResultIsCompress(t *testing.T) {
	skipRace(t)
	for _, o := range []quantize.Options{{}, {Colors: 64, Seed: 7, Space: quantize.Oklab}} {
		m := part(t, 30, 20)
		x := mustExplore(t, m, Options{Quantize: o})
		_, q, file := compressed(t, m, o)
		r := x.Result
		if r.Colors != len(q.Palette) || r.MSE != q.MSE || r.Bytes != int64(len(file)) || r.Steps != q.Steps || r.Passes != q.Passes || r.Converged != q.Converged {
			t.Errorf("got %+v, want %+v of %d bytes", r, q, len(file))
		}
		for i, c := range q.Palette {
			if e := x.Palette[i]; e.Hex != hexOf(c.(color.NRGBA)) || e.Pixels != q.Counts[i] {
				t.Errorf("entry %d: got %+v, want %v of %d pixels", i, e, c, q.Counts[i])
			}
		}
		if !bytes.Equal(x.figures.after.png, file) {
			t.Error("the picture after is not the file")
		}
	}
}

// The least k of a target is, of the ks between its neighbours in the sweep, one at
// which the PSNR is reached and before which it is not.
func TestTargets(t *testing.T) {
	for name, m := range samples(t) {
		x := exploreSample(t, name, m)
		for _, g := range x.Targets {
			last := x.Sweep[len(x.Sweep)-1]
			if g.K == nil {
				if reaches(last.MSE, g.Want) || g.Reason == "" {
					t.Errorf("%s: got no k for %v dB and reason %q, but %d colors reach it", name, g.Want, g.Reason, last.K)
				}
				continue
			}
			_, q, file := compressed(t, m, quantize.Options{Colors: *g.K})
			if !reaches(q.MSE, g.Want) || *g.MSE != q.MSE || *g.Bytes != int64(len(file)) || g.Colors != len(q.Palette) {
				t.Errorf("%s, %v dB: got %+v, want MSE %v and %d bytes", name, g.Want, g, q.MSE, len(file))
			}
			if *g.K == 1 {
				continue
			}
			if _, q, _ := compressed(t, m, quantize.Options{Colors: *g.K - 1}); reaches(q.MSE, g.Want) {
				t.Errorf("%s: got k = %d for %v dB, but one less reaches it", name, *g.K, g.Want)
			}
		}
	}
}

func TestElbow(t *testing.T) {
	points := func(mse ...float64) (list []curvePoint) {
		for i, v := range mse {
			list = append(list, curvePoint{k: 2 << i, mse: v})
		}
		return list
	}
	for _, test := range []struct {
		name   string
		points []curvePoint
		want   int // 0 for none
	}{
		{"none", nil, 0},
		{"two points", points(9, 1), 0},
		{"straight", points(8, 6, 4, 2, 0), 0},
		{"nearly straight", points(8, 5.9, 3.8, 1.9, 0), 0},
		{"bulging", points(8, 7.9, 7.5, 6, 0), 0},
		{"rising", points(1, 2, 3), 0},
		{"level", points(3, 3, 3), 0},
		{"corner", points(100, 10, 5, 2, 0), 4},
		{"later corner", points(100, 60, 10, 5, 0), 8},
		{"hyperbola", points(64, 32, 16, 8, 4, 2, 1), 8}, // 1/x: where the slope is the chord's
		{"first of equals", points(8, 2, 0, 0, 0), 4},
	} {
		got := findElbow(test.points)
		if test.want == 0 {
			if got.K != nil || got.Reason == "" {
				t.Errorf("%s: got %+v, want none, with a reason", test.name, got)
			}
		} else if got.K == nil || *got.K != test.want {
			t.Errorf("%s: got %+v, want k = %d", test.name, got, test.want)
		}
	}
}

// Numbers of the distinct colours, from the pixels one by one.
func TestCounts(t *testing.T) {
	for name, m := range samples(t) {
		t.Run(name, func(t *testing.T) {
			x := exploreSample(t, name, m)
			after, q, _ := compressed(t, m, quantize.Options{Colors: 4})
			var want Histogram
			counts := map[color.NRGBA]int{}
			var transparent uint64
			var squares []float64
			sum := 0.0
			for y := range x.Height {
				for x := range x.Width {
					c := pixel(m, x, y)
					counts[c]++
					if c.A == 0 {
						transparent++
					} else {
						want.Red[c.R]++
						want.Green[c.G]++
						want.Blue[c.B]++
					}
					s := slowSquare(c, after.At(x, y).(color.NRGBA))
					squares = append(squares, s)
					sum += s
				}
			}
			if x.Histogram != want || x.Transparent != transparent || x.Distinct != len(counts) {
				t.Errorf("got %d distinct colors, %d transparent pixels; want %d, %d; or the histograms differ", x.Distinct, x.Transparent, len(counts), transparent)
			}
			checkCoverage(t, x, counts, len(squares))
			checkErrors(t, x.Error, squares)
			if mse := sum / float64(len(squares)); math.Abs(mse-q.MSE) > 1e-9*(1+mse) {
				t.Errorf("this test finds MSE %v, want %v", mse, q.MSE)
			}
			checkEntries(t, x)
		})
	}
}

// pixel returns the colour at 8 bits; all fully transparent ones are one.
func pixel(m image.Image, x, y int) color.NRGBA {
	b := m.Bounds()
	n := color.NRGBA64Model.Convert(m.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA64)
	if c, ok := m.At(b.Min.X+x, b.Min.Y+y).(color.NRGBA); ok {
		n = color.NRGBA64{uint16(c.R) * 257, uint16(c.G) * 257, uint16(c.B) * 257, uint16(c.A) * 257}
	}
	round := func(v uint16) uint8 { return uint8(math.Round(float64(v) / 257)) }
	c := color.NRGBA{round(n.R), round(n.G), round(n.B), round(n.A)}
	if c.A == 0 {
		return color.NRGBA{}
	}
	return c
}

// slowSquare is the mean of the squared distances over black and over white.
func slowSquare(c, d color.NRGBA) (sum float64) {
	over := func(v, a uint8, ground float64) float64 {
		return float64(v)*float64(a)/255 + ground*(1-float64(a)/255)
	}
	for _, ground := range []float64{0, 255} {
		for _, v := range [][2]uint8{{c.R, d.R}, {c.G, d.G}, {c.B, d.B}} {
			e := over(v[0], c.A, ground) - over(v[1], d.A, ground)
			sum += e * e / 2
		}
	}
	return sum
}

func checkCoverage(t *testing.T, x *Image, counts map[color.NRGBA]int, pixels int) {
	t.Helper()
	var sorted []int
	for _, n := range counts {
		sorted = append(sorted, n)
	}
	slices.Sort(sorted)
	slices.Reverse(sorted)
	for _, c := range x.Coverage {
		sum, colors := 0, 0
		for float64(sum) < c.Share*float64(pixels) {
			sum += sorted[colors]
			colors++
		}
		if c.Colors != colors {
			t.Errorf("got %d colors for %v of the pixels, want %d", c.Colors, c.Share, colors)
		}
	}
	for _, c := range x.CoverageCurve {
		sum := 0
		for _, n := range sorted[:c.Colors] {
			sum += n
		}
		if got, want := c.Share, float64(sum)/float64(pixels); math.Abs(got-want) > 1e-12 {
			t.Errorf("got %v of the pixels for %d colors, want %v", got, c.Colors, want)
		}
	}
}

func checkErrors(t *testing.T, s ErrorStats, squares []float64) {
	t.Helper()
	slices.Sort(squares)
	n := len(squares)
	near := func(what string, got, want float64) {
		t.Helper()
		// Squares are told to whole levels².
		if math.Abs(3*got*got-3*want*want) > 0.5+1e-9 {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	at := func(share float64) float64 { return level(squares[max(0, int(math.Ceil(share*float64(n)))-1)]) }
	near("median", s.Median, at(0.5))
	near("90 %", s.P90, at(0.9))
	near("99 %", s.P99, at(0.99))
	near("99.9 %", s.P999, at(0.999))
	if want := level(squares[n-1]); math.Abs(s.Max-want) > 1e-9 {
		t.Errorf("got at most %v, want %v", s.Max, want)
	}
	for _, l := range s.Levels {
		above := 0
		for _, v := range squares {
			if math.Round(v) > float64(3*l.Level*l.Level) {
				above++
			}
		}
		if want := float64(above) / float64(n); math.Abs(l.Above-want) > 1e-12 {
			t.Errorf("above %d: got %v, want %v", l.Level, l.Above, want)
		}
	}
	if last := s.Levels[len(s.Levels)-1]; float64(last.Level) > s.Max || float64(last.Level+1) <= s.Max {
		t.Errorf("levels end with %d, want the last below %v", last.Level, s.Max)
	}
}

// checkEntries wants the shares to sum to one.
func checkEntries(t *testing.T, x *Image) {
	t.Helper()
	var shares, errors float64
	for _, e := range x.Palette {
		shares += e.Share
		errors += e.ErrorShare
		if (e.Worst == "") != (e.ErrorShare == 0) || e.WorstShare > e.ErrorShare {
			t.Errorf("got %+v", e)
		}
	}
	if math.Abs(shares-1) > 1e-9 || x.Result.MSE > 0 && math.Abs(errors-1) > 1e-9 {
		t.Errorf("shares sum to %v, those of the error to %v, want 1", shares, errors)
	}
}

// Points of the planes have the means of the pixels that fall there and, after, the
// entry that most of them get; nothing shines through them.
func TestPlanes(t *testing.T) {
	for name, m := range samples(t) {
		x := exploreSample(t, name, m)
		after, _, _ := compressed(t, m, quantize.Options{Colors: 4})
		type pixels struct {
			sum     [3]int
			entries [4]int
			n       int
		}
		for _, v := range []struct {
			up   func(color.NRGBA) uint8
			view planeView
		}{{green, x.figures.green}, {blue, x.figures.blue}} {
			want := map[int]*pixels{}
			for i := range x.Width * x.Height {
				c := pixel(m, i%x.Width, i/x.Width)
				if c.A == 0 {
					continue
				}
				at := (255-int(v.up(c)))*256 + int(c.R)
				if want[at] == nil {
					want[at] = new(pixels)
				}
				w := want[at]
				for i, v := range []uint8{c.R, c.G, c.B} {
					w.sum[i] += int(v)
				}
				w.entries[after.ColorIndexAt(i%x.Width, i/x.Width)]++
				w.n++
			}
			for at, w := range want {
				mean := func(i int) uint8 { return uint8((w.sum[i] + w.n/2) / w.n) }
				if got, want := v.view.before.NRGBAAt(at&255, at>>8), (color.NRGBA{mean(0), mean(1), mean(2), 255}); got != want {
					t.Fatalf("%s: at %d: %v is shown, want %v", name, at, got, want)
				}
				most := slices.Index(w.entries[:], slices.Max(w.entries[:]))
				entry := after.Palette[most].(color.NRGBA)
				entry.A = 255
				if got := v.view.after.NRGBAAt(at&255, at>>8); got != entry {
					t.Fatalf("%s: at %d: %v is shown after, want %v", name, at, got, entry)
				}
			}
			for i := 3; i < len(v.view.before.Pix); i += 4 {
				if a, b := v.view.before.Pix[i], v.view.after.Pix[i]; a != b || a != 0 && a != 255 {
					t.Fatalf("%s: got alphas %d and %d, want 0 or 255", name, a, b)
				}
			}
		}
	}
}

// The points of the cube stand for all pixels, and few enough are made of any image.
func TestPoints(t *testing.T) {
	many := &colors{palette: []color.NRGBA{{0, 0, 0, 255}}}
	step := 1
	if raceEnabled {
		step = 61
	}
	for v := 0; v < 1<<24; v += step {
		many.colors = append(many.colors, color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255})
	}
	many.counts = slices.Repeat([]uint32{3}, len(many.colors))
	many.index = make([]uint8, len(many.colors))
	many.pixels = 3 * uint64(len(many.colors))
	for name, l := range map[string]*colors{"all colors": many, "photo": colorsOf(t, part(t, 300, 120)), "translucent": colorsOf(t, translucent())} {
		points := l.points()
		if len(points) > maxPoints || len(points) < min(len(l.colors)/2, 10000) {
			t.Errorf("%s: got %d points for %d colors, want at most %d", name, len(points), len(l.colors), maxPoints)
		}
		sum, visible := uint64(0), uint64(0)
		for _, p := range points {
			sum += p.pixels
		}
		for i, c := range l.colors {
			if c.A > 0 {
				visible += uint64(l.counts[i])
			}
		}
		if sum != visible {
			t.Errorf("%s: points stand for %d pixels, want %d", name, sum, visible)
		}
	}
}

func colorsOf(t testing.TB, m image.Image) *colors {
	t.Helper()
	s, err := quantize.NewSession(t.Context(), nil, m)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	q, err := s.Cluster(t.Context(), quantize.Options{Colors: 16})
	if err != nil {
		t.Fatal(err)
	}
	return listColors(s.Counts(), q)
}

// Images that are shown as they are have the very pixels, and larger ones the means of
// blocks in linear light.
func TestReduce(t *testing.T) {
	for name, m := range samples(t) {
		for _, side := range []int{1000, 17, 1} {
			mapped, _, _ := compressed(t, m, quantize.Options{Colors: 4})
			r, err := reduce(t.Context(), m, mapped, side)
			if err != nil {
				t.Fatal(err)
			}
			w, h := fitted(m.Bounds().Size(), side)
			if r.size != image.Pt(w, h) || max(w, h) > max(side, 1) {
				t.Fatalf("%s: got size %v for side %d", name, r.size, side)
			}
			for y := range h {
				for x := range w {
					checkBlock(t, name, m, mapped, r, x, y)
				}
			}
		}
	}
}

func checkBlock(t *testing.T, name string, m image.Image, mapped *image.Paletted, r *reduction, x, y int) {
	t.Helper()
	size := mapped.Rect.Size()
	var before, after [4]float64
	var square, n float64
	for v := y * size.Y / r.size.Y; v < (y+1)*size.Y/r.size.Y; v++ {
		for u := x * size.X / r.size.X; u < (x+1)*size.X/r.size.X; u++ {
			c, d := pixel(m, u, v), mapped.At(u, v).(color.NRGBA)
			addSlow(&before, c)
			addSlow(&after, d)
			square += slowSquare(c, d)
			n++
		}
	}
	if got := r.squares[y*r.size.X+x]; math.Abs(got-square/n) > 1e-6*(1+square/n) {
		t.Fatalf("%s: block %d, %d: got squared error %v, want %v", name, x, y, got, square/n)
	}
	tolerance := 1
	if n == 1 {
		tolerance = 0
	}
	checkMean(t, name, r.before.NRGBAAt(x, y), before, n, tolerance)
	checkMean(t, name, r.after.NRGBAAt(x, y), after, n, tolerance)
}

func addSlow(sum *[4]float64, c color.NRGBA) {
	for i, v := range []uint8{c.R, c.G, c.B} {
		l := float64(v) / 255
		if l <= 0.04045 {
			l /= 12.92
		} else {
			l = math.Pow((l+0.055)/1.055, 2.4)
		}
		sum[i] += l * float64(c.A)
	}
	sum[3] += float64(c.A)
}

func checkMean(t *testing.T, name string, got color.NRGBA, sum [4]float64, n float64, tolerance int) {
	t.Helper()
	if sum[3] == 0 {
		if got != (color.NRGBA{}) {
			t.Fatalf("%s: got %v for what is transparent", name, got)
		}
		return
	}
	encode := func(l float64) float64 {
		if l <= 0.0031308 {
			return 255 * 12.92 * l
		}
		return 255 * (1.055*math.Pow(l, 1/2.4) - 0.055)
	}
	want := [4]float64{encode(sum[0] / sum[3]), encode(sum[1] / sum[3]), encode(sum[2] / sum[3]), sum[3] / n}
	for i, v := range []uint8{got.R, got.G, got.B, got.A} {
		if math.Abs(float64(v)-math.Round(want[i])) > float64(tolerance) {
			t.Fatalf("%s: got %v, want %v", name, got, want)
		}
	}
}

// A large image is shown in parts, too, where its error is the largest.
func TestCrops(t *testing.T) {
	skipRace(t)
	m := image.NewNRGBA(image.Rect(0, 0, 2000, 900))
	for i := range 2000 * 900 {
		m.Pix[4*i+3] = 255
	}
	seed := uint32(1)
	noise := func(r image.Rectangle, strength uint32) {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				seed = seed*1664525 + 1013904223
				m.SetNRGBA(x, y, color.NRGBA{uint8(seed >> 24 % strength), uint8(seed >> 16 % strength), uint8(seed >> 8), 255})
			}
		}
	}
	noise(image.Rect(1500, 500, 1700, 700), 255)
	noise(image.Rect(300, 100, 400, 200), 255)
	x := mustExplore(t, m, Options{Quantize: quantize.Options{Colors: 3}})
	if x.figures.exact || len(x.figures.crops) != 2 {
		t.Fatalf("got %d crops, want 2", len(x.figures.crops))
	}
	for i, hot := range []image.Rectangle{image.Rect(1500, 500, 1700, 700), image.Rect(300, 100, 400, 200)} {
		c := x.figures.crops[i]
		r := image.Rectangle{c.at, c.at.Add(image.Pt(cropSide, cropSide))}
		if got := r.Intersect(hot).Size(); got.X < hot.Dx()-4 || got.Y < hot.Dy()-4 {
			t.Errorf("crop %d is at %v, want %v in it", i, r, hot)
		}
		before, err := png.Decode(bytes.NewReader(c.before.png))
		if err != nil {
			t.Fatal(err)
		}
		after, err := png.Decode(bytes.NewReader(c.after.png))
		if err != nil {
			t.Fatal(err)
		}
		whole, _, _ := compressed(t, m, quantize.Options{Colors: 3})
		for y := range cropSide {
			for x := range cropSide {
				if pixel(before, x, y) != pixel(m, r.Min.X+x, r.Min.Y+y) || pixel(after, x, y) != pixel(whole, r.Min.X+x, r.Min.Y+y) {
					t.Fatalf("crop %d differs from the image at %d, %d", i, x, y)
				}
			}
		}
	}
}

func TestPreviewsHaveThePalette(t *testing.T) {
	skipRace(t)
	x := mustExplore(t, column(2500), Options{})
	for i, p := range x.figures.previews {
		m, err := png.Decode(bytes.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		whole, _, _ := compressed(t, column(2500), quantize.Options{Colors: x.Sweep[i].K})
		if m.Bounds().Dy() != 625 {
			t.Fatalf("got %v, want every 4th pixel", m.Bounds())
		}
		for y := range 625 {
			if pixel(m, 0, y) != pixel(whole, 0, 4*y+2) {
				t.Fatalf("k = %d: at %d: got %v, want %v", x.Sweep[i].K, y, m.At(0, y), whole.At(0, 4*y+2))
			}
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Explore(ctx, nil, Input{Image: part(t, 50, 50)}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want it to be cancelled", err)
	}
	m := part(t, 30, 20)
	for _, after := range []float64{0.01, 0.79, 0.9} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := Explore(ctx, nil, Input{Image: m}, Options{Progress: func(share float64) {
			if share >= after {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("at %v: got %v, want it to be cancelled", after, err)
		}
		cancel()
	}
}

func TestWrongInput(t *testing.T) {
	if _, err := Explore(t.Context(), nil, Input{}, Options{}); err == nil {
		t.Error("got no error for no image")
	}
	if _, err := Explore(t.Context(), nil, Input{Image: image.NewGray(image.Rect(0, 0, 0, 5))}, Options{}); err == nil {
		t.Error("got no error for no pixels")
	}
	if _, err := Explore(t.Context(), nil, Input{Image: colorful(9)}, Options{Quantize: quantize.Options{Colors: 257}}); err == nil {
		t.Error("got no error for 257 colors")
	}
}

func TestProgress(t *testing.T) {
	skipRace(t)
	last := 0.0
	mustExplore(t, part(t, 30, 20), Options{Progress: func(share float64) {
		if share < last || share > 1 {
			t.Errorf("got %v after %v", share, last)
		}
		last = share
	}})
	if last < 0.9 {
		t.Errorf("it ended at %v", last)
	}
}

// reaches says whether an error is as low as a PSNR wants.
func reaches(mse, want float64) bool { return mse == 0 || quantize.PSNR(mse) >= want }
