package quantize

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"testing"
)

// What pngquant printed of its palettes (testdata/pngquant.sh) is what is measured of
// them, but for 1 or 2 %, as it is of entries that are not rounded to 8 bits yet. With
// alpha it is some other mean.
func TestQualityOfPngquant(t *testing.T) {
	f, err := os.Open("testdata/pngquant.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := 0
	for in := bufio.NewScanner(f); in.Scan(); lines++ {
		var name, digits string
		var k, quality int
		var mse float64
		if _, err := fmt.Sscan(in.Text(), &name, &k, &mse, &quality, &digits); err != nil {
			t.Fatal(err)
		}
		if raceEnabled && k != 64 {
			continue
		}
		b, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		var p color.Palette
		for ; len(b) > 0; b = b[4:] {
			p = append(p, color.NRGBA{b[0], b[1], b[2], b[3]})
		}
		q := mustAssign(t, sessionOf(t, load(t, name)), p, Options{})
		got := q.QualityError()
		if k == 16 {
			if own := leastQualityError(q, p); own > got || own < 0.97*got {
				t.Errorf("%s, %d colors: got an error of %v, but %v at best", name, k, got, own)
			}
		}
		opaque, slack := q.session.Counts().Opaque(), 3
		if opaque {
			slack = 1
		}
		if ratio := got / mse; opaque && (ratio < 1 || ratio > 1.03) {
			t.Errorf("%s, %d colors: got an error of %.3f, pngquant %.3f", name, k, got, mse)
		}
		if g := q.Quality(); g < quality-slack || g > quality+slack {
			t.Errorf("%s, %d colors: got quality %d, pngquant %d", name, k, g, quality)
		}
	}
	if lines != 16 {
		t.Errorf("got %d lines", lines)
	}
}

// leastQualityError gives every colour the entry that is best by the measure itself,
// and computes it in floats.
func leastQualityError(q *Quantized, p color.Palette) float64 {
	component := func(v, a uint8) float64 { return math.Pow(float64(v)/255, 0.5499/0.45455) * float64(a) / 255 }
	var sum float64
	var visible uint32
	for k, n := range q.session.counts.All() {
		c := k.NRGBA()
		best := int64(math.MaxInt64)
		var e color.NRGBA
		for _, f := range p { // powers are slow: those of the best one do
			if d := qualitySquare(k, keyOf(f.(color.NRGBA))); d < best {
				best, e = d, f.(color.NRGBA)
			}
		}
		alpha := (float64(e.A) - float64(c.A)) / 255
		for _, v := range [3][2]uint8{{c.R, e.R}, {c.G, e.G}, {c.B, e.B}} {
			black := component(v[0], c.A) - component(v[1], e.A)
			white := black + alpha
			sum += float64(n) * max(black*black, white*white)
		}
		if c.A > 0 {
			visible += n
		}
	}
	return sum / float64(visible) * 65536 / 6
}

func TestQualityLimits(t *testing.T) {
	last := math.Inf(1)
	for quality := range 101 {
		limit := QualityLimit(quality)
		if quality > 0 && !(limit < last) {
			t.Errorf("quality %d: got a limit of %v, %v for one less", quality, limit, last)
		}
		last = limit
		if got := QualityOf(limit); got != quality {
			t.Errorf("got %d for the limit of %d", got, quality)
		}
		if got := QualityOf(limit + 0.02); quality > 0 && quality < 100 && got != quality-1 {
			t.Errorf("got %d above the limit of %d", got, quality)
		}
	}
	// As pngquant prints for --quality 80: 6.1 is too much, 6.08 not.
	if l := QualityLimit(80); l < 6.08 || l > 6.1 {
		t.Errorf("got a limit of %v for 80", l)
	}
	if QualityLimit(-1) != math.Inf(1) || QualityLimit(101) != 0 || QualityOf(math.NaN()) != 0 {
		t.Error("what is out of range is not cut off")
	}
}

func TestQualityOfLossless(t *testing.T) {
	for _, m := range []*image.NRGBA{patches(3, color.NRGBA{1, 2, 3, 4}, color.NRGBA{}), patches(0), patches(2, color.NRGBA{})} {
		if q := mustCluster(t, sessionOf(t, m), Options{Colors: 2}); q.Quality() != 100 || q.QualityError() != 0 {
			t.Errorf("got quality %d and an error of %v", q.Quality(), q.QualityError())
		}
	}
}
