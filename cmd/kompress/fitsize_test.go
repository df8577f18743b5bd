package main

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"kompress/quantize"
)

// A sizeModel has files of known lengths, and counts how many are made.
type sizeModel struct {
	whole, part      func(k int) float64 // part nil: there is none
	encodes, samples int
}

func (m *sizeModel) fitting(limit int64, most int) *fitting {
	f := &fitting{limit: limit, least: 1, most: most}
	f.cluster = func(_ context.Context, k int) (*quantize.Quantized, error) {
		return &quantize.Quantized{Palette: make(color.Palette, k)}, nil
	}
	f.encode = func(_ context.Context, q *quantize.Quantized) (*fileOfSize, error) {
		m.encodes++
		w := &bounded{left: limit}
		_, err := w.Write(make([]byte, int(m.whole(len(q.Palette)))))
		return w.file(), err
	}
	if m.part != nil {
		f.ratio = 8
		f.sample = func(_ context.Context, q *quantize.Quantized) (int64, error) {
			m.samples++
			return int64(m.part(len(q.Palette))), nil
		}
	}
	return f
}

// curve is about how files grow with the number of colors.
func curve(k int) float64 { return 300 + 3*float64(k) + 4000*math.Log2(float64(k)) }

func TestFitFindsTheMost(t *testing.T) {
	m := &sizeModel{whole: curve}
	for _, most := range []int{1, 2, 3, 16, 255, 256} {
		for k := 0; k < most; k += 1 + k/20 {
			for _, limit := range []int64{int64(curve(k + 1)), int64(curve(k+2)) - 1} {
				m.encodes = 0
				f, err := m.fitting(limit, most).find(t.Context())
				if err != nil || f.colors != k+1 || f.length != int64(curve(k+1)) || len(f.data) != int(f.length) {
					t.Fatalf("%d of %d, limit %d: got %+v, %v", k+1, most, limit, f, err)
				}
				if m.encodes > 12 {
					t.Errorf("%d of %d: %d files were made", k+1, most, m.encodes)
				}
			}
		}
	}
}

func TestFitRefuses(t *testing.T) {
	for _, m := range []*sizeModel{{whole: curve}, {whole: curve, part: func(k int) float64 { return curve(k) / 8 }}} {
		_, err := m.fitting(302, 256).find(t.Context())
		if err == nil || !strings.Contains(err.Error(), "--max-bytes: with 1 color the file has 303 B, want at most 302 B") {
			t.Errorf("got %v", err)
		}
	}
	f := (&sizeModel{whole: curve}).fitting(5000, 256)
	failure := errors.New("no")
	f.encode = func(context.Context, *quantize.Quantized) (*fileOfSize, error) { return nil, failure }
	if _, err := f.find(t.Context()); !errors.Is(err, failure) {
		t.Errorf("got %v, want the error of encoding", err)
	}
}

// The part of an image is not quite what the whole is, but leads to it with few files.
func TestFitByParts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	encodes := 0
	const rounds = 200
	for range rounds {
		tilt, noise, limit := 0.02*(r.Float64()-0.5), 0.004*r.Float64(), int64(500+r.IntN(45000))
		bumps := r.Perm(300)
		m := &sizeModel{whole: curve, part: func(k int) float64 {
			return (1 + tilt*math.Log2(float64(k)) + noise*float64(bumps[k])/300) * curve(k) / 8
		}}
		f, err := m.fitting(limit, 256).find(t.Context())
		if err != nil {
			t.Fatalf("limit %d: %v", limit, err)
		}
		if f.length > limit || int64(len(f.data)) != f.length {
			t.Errorf("limit %d: got %d bytes, %d of them", limit, f.length, len(f.data))
		}
		// Next to nothing is given away.
		if f.colors < 256 && float64(f.length) < 0.975*float64(limit) && curve(f.colors+2) <= float64(limit) {
			t.Errorf("limit %d: got %d colors, %d bytes, but two more would have %v", limit, f.colors, f.length, curve(f.colors+2))
		}
		encodes += m.encodes
	}
	if encodes > 3*rounds {
		t.Errorf("%d files were made for each", encodes/rounds)
	}
}

func TestRowsOf(t *testing.T) {
	m := image.NewGray(image.Rect(5, 7, 8, 7+1000))
	for i := range m.Pix {
		m.Pix[i] = uint8(i / 3 / 4)
	}
	got := rowsOf(m)
	if got.Rect != image.Rect(0, 0, 3, 16*7) {
		t.Fatalf("got %v", got.Rect)
	}
	for y, want := range map[int]uint8{0: 0, 6: 6 / 4, 7: uint8((1000 - 7) / 15 / 4), 111: 999 / 4} {
		if c := got.NRGBAAt(2, y); c != (color.NRGBA{want, want, want, 255}) {
			t.Errorf("row %d: got %v, want %d", y, c, want)
		}
	}
}
