package viewer

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"kompress/quantize"
)

// A slowView paints one pixel of the screen after the other, with floating-point
// numbers.
type slowView struct {
	*view
	entries map[quantize.Key]uint8
}

func newSlowView(v *view) *slowView {
	s := &slowView{v, map[quantize.Key]uint8{}}
	if v.table != nil {
		for key, entry := range v.table.All() {
			s.entries[key] = entry
		}
	}
	return s
}

// straightAt returns a pixel of the picture as it is to be seen, not premultiplied.
func (s *slowView) straightAt(x, y int, result bool) color.NRGBA {
	c := [4]uint8(s.picture.pixels[4*(y*s.picture.size.X+x):])
	key := quantize.MakeKey
	if s.picture.premultiplied {
		key = quantize.PremultipliedKey
	}
	entry := int(s.entries[key(c[0], c[1], c[2], c[3])])
	n := color.NRGBA{c[0], c[1], c[2], c[3]}
	if result {
		n = s.palette[entry]
	} else if s.picture.premultiplied && c[3] != 255 {
		n = quantize.PremultipliedKey(c[0], c[1], c[2], c[3]).NRGBA()
	}
	if s.table != nil && s.lit >= 0 && entry != s.lit {
		add := uint8(0)
		if lit := s.palette[s.lit]; luma(lit) < 110 {
			add = 188
		}
		n.R, n.G, n.B = n.R/5+add, n.G/5+add, n.B/5+add
	}
	return n
}

// luma is that of Rec. 601, over black.
func luma(c color.NRGBA) int {
	return (299*int(c.R) + 587*int(c.G) + 114*int(c.B)) * int(c.A) / 255000
}

// at returns a pixel of the screen, and whether it is to be just that. Where others
// beside it are means, it is made as they are.
func (s *slowView) at(x, y, samples int) (c [4]float64, exact bool) {
	column, row := s.columns[x], s.rows[y]
	across, down := min(samples, int(column.end-column.first)), min(samples, int(row.end-row.first))
	if across == 0 || down == 0 {
		return c, true
	}
	result := s.table != nil && x >= s.split
	var sum [3]float64
	alpha := 0
	for j := range down {
		for i := range across {
			n := s.straightAt(column.sample(i, across), row.sample(j, down), result)
			a := float64(n.A) / 255
			alpha += int(n.A)
			for k, v := range [3]uint8{n.R, n.G, n.B} {
				if across*down == 1 {
					c[k] = math.Round(float64(v) * a)
				}
				sum[k] += toLinear(float64(v)/255) * a
			}
		}
	}
	c[3] = math.Round(float64(alpha) / float64(across*down))
	if across*down == 1 || alpha == 0 {
		return c, alpha == 0 || alpha == 255 || samples == 1 || s.depth() == 1
	}
	for k := range sum {
		c[k] = fromLinear(255*sum[k]/float64(alpha)) * c[3]
	}
	return c, false
}

func toLinear(c float64) float64 {
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}

func fromLinear(c float64) float64 {
	if c <= 0.0031308 {
		return c * 12.92
	}
	return 1.055*math.Pow(c, 1/2.4) - 0.055
}

// painted returns all of a view.
func painted(v *view, samples int) []uint8 {
	dst := make([]uint8, 4*len(v.columns)*len(v.rows))
	for i := range dst {
		dst[i] = 0xa5 // what was there before is to be overwritten
	}
	v.paint(dst, 0, len(v.rows), samples)
	return dst
}

func checkPainted(t *testing.T, v *view, samples int) {
	t.Helper()
	got, slow := painted(v, samples), newSlowView(v)
	for y := range v.rows {
		for x := range v.columns {
			want, exact := slow.at(x, y, samples)
			for k, w := range want {
				g := float64(got[4*(y*len(v.columns)+x)+k])
				if exact && g != w || math.Abs(g-math.Round(w)) > 1 || k == 3 && g != w {
					t.Fatalf("pixel %d, %d, component %d: got %v, want %v (exact %t, %v, %v)", x, y, k, g, w, exact, v.columns[x], v.rows[y])
				}
			}
		}
	}
}

// viewOf returns a picture on a screen, and its result in few colours.
func viewOf(t *testing.T, m image.Image, c camera, width, height int) *view {
	p := pictureOf(t, m)
	_, q := reduced(t, m, quantize.Options{Colors: 9})
	v := &view{picture: p, table: q.Table(), split: width / 2, lit: -1}
	for i, entry := range q.Palette {
		v.palette[i] = entry.(color.NRGBA)
	}
	place := c.place(p.size, areaOf(width, height))
	v.columns = spans(nil, place.x, place.step, width, p.size.X)
	v.rows = spans(nil, place.y, place.step, height, p.size.Y)
	return v
}

func TestPaint(t *testing.T) {
	const width, height = 37, 29
	images := map[string]image.Image{
		"opaque":        noise(61, 47, 1),
		"alpha":         faint(61, 47, 2),
		"premultiplied": premultiplied(faint(61, 47, 3)),
	}
	cameras := map[string]camera{
		"fits":          {fit: true},
		"1:1":           {zoom: 1, x: 20, y: 20},
		"enlarged":      {zoom: 3, x: 0, y: 40},
		"partly inside": {zoom: 2.5, x: 61, y: 0},
		"small":         {zoom: 0.1, x: 30, y: 20},
		"half":          {zoom: 0.5, x: 10, y: 47},
	}
	for name, m := range images {
		for how, c := range cameras {
			t.Run(name+"/"+how, func(t *testing.T) {
				v := viewOf(t, m, c, width, height)
				for _, samples := range some(1, 2, 256) {
					for _, split := range some(17, -5, width, width+9, 0) {
						v.split = split
						for _, lit := range some(-1, 0, 4) {
							v.lit = lit
							checkPainted(t, v, samples)
						}
					}
				}
				v.table = nil // all is the original, whatever the rest says
				checkPainted(t, v, 256)
			})
		}
	}
}

// Means are of linear light: of black and white 187.5, not 127.5.
func TestPaintMeansLight(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	copy(m.Pix, []uint8{0, 0, 0, 255, 255, 255, 255, 255})
	v := &view{picture: pictureOf(t, m), columns: []span{{0, 2}}, rows: []span{{0, 1}}, lit: -1}
	if got := painted(v, 2); !bytes.Equal(got, []uint8{187, 187, 187, 255}) {
		t.Errorf("got %v", got)
	}
	// What is transparent has no colour.
	copy(m.Pix, []uint8{200, 100, 50, 255, 0, 255, 0, 0})
	v.picture = pictureOf(t, m)
	if got := painted(v, 2); !bytes.Equal(got, []uint8{multiplied(200, 128), multiplied(100, 128), multiplied(50, 128), 128}) {
		t.Errorf("got %v", got)
	}
}

// The mean of what is alike is that: flat areas look the same however coarsely they
// are painted.
func TestMeanOfOneColor(t *testing.T) {
	for value := range 256 {
		c := color.NRGBA{uint8(value), uint8(255 - value), uint8(value / 2), 255}
		v := &view{picture: pictureOf(t, flat(7, 5, c)), columns: []span{{0, 7}}, rows: []span{{0, 5}}, lit: -1}
		for _, samples := range []int{1, 2, 3, 256} {
			if got := painted(v, samples); !bytes.Equal(got, []uint8{c.R, c.G, c.B, 255}) {
				t.Fatalf("got %v, want %v", got, c)
			}
		}
	}
}

// Sums of as many white samples as there are at most do not overflow.
func TestPaintMostSamples(t *testing.T) {
	for _, side := range []int{256, 700} {
		p := pictureOf(t, flat(side, side, color.NRGBA{255, 255, 255, 255}))
		_, q := reduced(t, p.image(), quantize.Options{})
		v := &view{picture: p, table: q.Table(), columns: []span{{0, int32(side)}, {0, int32(side)}}, rows: []span{{0, int32(side)}}, lit: -1, split: 1}
		v.palette[0] = color.NRGBA{255, 255, 255, 255}
		want := bytes.Repeat([]uint8{255}, 8)
		for _, samples := range []int{256, 1 << 20} {
			if got := painted(v, samples); !bytes.Equal(got, want) {
				t.Errorf("%d: got %v", side, got)
			}
		}
	}
}

// Rows are the same whether they are painted one by one or all at once.
func TestPaintInPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	v := viewOf(t, faint(300, 200, 4), camera{zoom: 0.4, x: 140, y: 90}, 101, 77)
	v.lit = 2
	want := painted(v, 256)
	got := make([]uint8, len(want))
	for from := 0; from < len(v.rows); {
		to := min(len(v.rows), from+1+r.IntN(12))
		v.paint(got[4*101*from:4*101*to], from, to, 256)
		from = to
	}
	if !bytes.Equal(got, want) {
		t.Error("the pieces differ from the whole")
	}
}

// Nothing is shown, and nothing fails, where there is no picture.
func TestPaintBeside(t *testing.T) {
	v := viewOf(t, noise(10, 10, 5), camera{zoom: 1, x: 5, y: 5}, 30, 20)
	for i := range v.columns {
		v.columns[i] = span{}
	}
	if got := painted(v, 4); !bytes.Equal(got, make([]uint8, len(got))) {
		t.Error("got pixels of nothing")
	}
	v.paint(nil, 5, 5, 4)
}

func TestEncodedIsInverseOfLinear(t *testing.T) {
	for v, l := range linear {
		if got := encoded[l>>4]; int(got) != v {
			t.Errorf("%d comes back as %d", v, got)
		}
		if want := math.Round(65535 * toLinear(float64(v)/255)); float64(l) != want {
			t.Errorf("%d: got light %d, want %v", v, l, want)
		}
	}
}

func TestMultiplied(t *testing.T) {
	for v := range 256 {
		for a := range 256 {
			want := math.Round(float64(v) * float64(a) / 255)
			if got := multiplied(uint8(v), uint8(a)); float64(got) != want {
				t.Fatalf("%d × %d: got %d, want %v", v, a, got, want)
			}
		}
	}
}

// A layer paints coarsely first and then all rows with all samples.
func TestLayerRefines(t *testing.T) {
	m := noise(900, 700, 6)
	for i := range m.Pix {
		m.Pix[i] |= 0x3f // so that the colours are few, and soon counted
	}
	v := viewOf(t, m, camera{fit: true}, 90, 70)
	a := appearance{picture: v.picture, table: v.table, place: (&camera{fit: true}).place(v.picture.size, areaOf(90, 70)), width: 90, height: 70, split: 45, lit: -1, palette: v.palette}
	p := &slowPainter{width: 90, rows: make([]uint8, 4*90*70), most: 90 * 70 * 4}
	var l layer
	if painted, err := l.show(a, p); !painted || err != nil || fmt.Sprint(p.calls) != "[0-70 2]" {
		t.Fatalf("got %t, error %v, calls %v", painted, err, p.calls)
	}
	if painted, _ := l.show(a, p); painted {
		t.Error("it was painted though it looks the same")
	}
	for left := true; left; {
		var err error
		if left, err = l.refine(); err != nil {
			t.Fatal(err)
		}
	}
	if want := painted(v, maxSamples); !bytes.Equal(p.rows, want) {
		t.Error("it is not what all samples give")
	}
	if n := len(p.calls); n < 10 {
		t.Errorf("it was refined in %d pieces", n)
	}
	a.split = 10
	if painted, _ := l.show(a, p); !painted || l.fine != 0 {
		t.Error("it was not painted anew")
	}
}

// A slowPainter can paint so many samples at a time.
type slowPainter struct {
	width, most int
	rows        []uint8
	calls       []string
}

func (p *slowPainter) budget() int { return p.most }

func (p *slowPainter) paint(v *view, from, to, samples int) error {
	p.calls = append(p.calls, fmt.Sprintf("%d-%d %d", from, to, samples))
	v.paint(p.rows[4*p.width*from:4*p.width*to], from, to, samples)
	return nil
}
