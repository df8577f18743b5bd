//go:build linux && cgo

package gpu

import (
	"image/color"
	"path/filepath"
	"slices"
	"testing"

	"kompress/imagefile"
	"kompress/quantize"
)

// What is clustered around locked colours, with weights, and a given palette are the
// same on both engines.
func TestLockedAndWeighed(t *testing.T) {
	skipWithRaceDetector(t)
	e := openForTest(t, Options{})
	f, err := imagefile.Decode(t.Context(), filepath.Join(testdata(), "cdwriter.png"), imagefile.DecodeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	find := func(engine quantize.Engine, o quantize.Options) []*quantize.Quantized {
		s, err := quantize.NewSession(t.Context(), engine, f.Image)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Weigh(t.Context(), &quantize.Importance{Mask: f.Image}); err != nil {
			t.Fatal(err)
		}
		q, err := s.Cluster(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		given, err := s.Assign(t.Context(), q.Palette[:3], o)
		if err != nil {
			t.Fatal(err)
		}
		return []*quantize.Quantized{q, given}
	}
	o := quantize.Options{Colors: 14, Locked: []color.NRGBA{{255, 0, 0, 255}, {0, 170, 238, 100}}, Posterize: 1}
	for _, o.Space = range []quantize.Space{quantize.SRGB, quantize.Oklab} {
		want, got := find(new(quantize.CPU), o), find(e, o)
		for i := range got {
			if !slices.Equal(got[i].Palette, want[i].Palette) || !slices.Equal(got[i].Counts, want[i].Counts) || got[i].MSE != want[i].MSE {
				t.Errorf("%v: got %v, want %v as the CPU finds", o.Space, got[i].Palette, want[i].Palette)
			}
		}
		if !slices.Contains(got[0].Palette, color.Color(o.Locked[0])) {
			t.Errorf("%v: %v is missing", o.Space, o.Locked[0])
		}
	}
}
