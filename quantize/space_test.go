package quantize

import (
	"math"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"kompress/kmeans"
)

var spaces = []Space{SRGB, Oklab}

func TestSRGBRoundTrip(t *testing.T) {
	eachOpaque(func(r, g, b uint8) {
		k := opaqueKey(r, g, b)
		if got := SRGB.color(SRGB.point(k)); got != k {
			t.Errorf("%v came back as %v", k.NRGBA(), got.NRGBA())
		}
	})
}

// oklabStep is between two values of the grid on which colours go to Oklab and
// back. With a step of 1 the test takes 10 seconds.
const oklabStep = 5

// Points of Oklab are close to each other where colours are dark: not every
// colour comes back.
func TestOklabRoundTrip(t *testing.T) {
	var all, changed atomic.Int64
	parallel(256/oklabStep+1, 4, func(i int) {
		r := i * oklabStep
		for g := 0; g < 256; g += oklabStep {
			for b := 0; b < 256; b += oklabStep {
				k := opaqueKey(uint8(r), uint8(g), uint8(b))
				got := Oklab.color(Oklab.point(k))
				all.Add(1)
				if got != k {
					changed.Add(1)
				}
				if d := distance(got, k); d > 1 {
					t.Errorf("%v came back as %v", k.NRGBA(), got.NRGBA())
				}
			}
		}
	})
	t.Logf("%d of %d changed", changed.Load(), all.Load())
	if 1000*changed.Load() > all.Load() {
		t.Errorf("%d of %d colours came back as others, want at most one in a thousand", changed.Load(), all.Load())
	}
}

// distance returns the greatest difference of two components.
func distance(k, l Key) int {
	p, q := k.NRGBA(), l.NRGBA()
	d := 0
	for _, v := range [][2]uint8{{p.R, q.R}, {p.G, q.G}, {p.B, q.B}, {p.A, q.A}} {
		d = max(d, int(v[0])-int(v[1]), int(v[1])-int(v[0]))
	}
	return d
}

// A colour that shows at a share of a, of 255, is known to that share only.
func TestTranslucentRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, s := range spaces {
		for a := 1; a < 256; a++ {
			for range 500 {
				k := MakeKey(uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(a))
				got := s.color(s.point(k))
				if got.NRGBA().A != uint8(a) {
					t.Fatalf("%v: %v came back as %v", s, k.NRGBA(), got.NRGBA())
				}
				p, q := s.point(k), s.point(got)
				for i := range p {
					// Half an 8-bit level, at that share; Oklab's are up to 60 units wide.
					if d := int(p[i]) - int(q[i]); s == SRGB && (d > 33 || d < -33) || d > 66 || d < -66 {
						t.Fatalf("%v: %v came back as %v: points %v and %v", s, k.NRGBA(), got.NRGBA(), p, q)
					}
				}
				if s == SRGB && a > 128 && got != k {
					t.Fatalf("%v: %v came back as %v", s, k.NRGBA(), got.NRGBA())
				}
			}
		}
		if got := s.color(s.point(transparent)); got != transparent {
			t.Errorf("%v: transparent came back as %v", s, got.NRGBA())
		}
	}
}

// composed returns a colour over black and over white, in units of a point.
func composed(s Space, k Key) (black, white [3]float64) {
	r, g, b, a := k.rgba()
	alpha := float64(a) / 255
	v := [3]float64{float64(r) * 64, float64(g) * 64, float64(b) * 64}
	full := [3]float64{255 * 64, 255 * 64, 255 * 64}
	if s == Oklab {
		for i, w := range oklab(r, g, b) {
			v[i] = w * oklabUnit
		}
		full = [3]float64{oklabUnit, 0, 0}
	}
	for i := range v {
		black[i] = v[i] * alpha
		white[i] = v[i]*alpha + full[i]*(1-alpha)
	}
	return black, white
}

// The squared distance of points is the mean of that over black and over white.
// Coordinates are rounded: each may be ½ off, a difference 1, all four 2.
func TestPointDistance(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	random := func() Key {
		a := uint8(rng.Uint32())
		if rng.IntN(3) == 0 {
			a = uint8(-rng.IntN(2))
		}
		return MakeKey(uint8(rng.Uint32()), uint8(rng.Uint32()), uint8(rng.Uint32()), a)
	}
	for _, s := range spaces {
		for range 50_000 {
			k, l := random(), random()
			want := 0.0
			b1, w1 := composed(s, k)
			b2, w2 := composed(s, l)
			for i := range b1 {
				want += ((b1[i]-b2[i])*(b1[i]-b2[i]) + (w1[i]-w2[i])*(w1[i]-w2[i])) / 2
			}
			got := squaredDistance(s.point(k), s.point(l))
			if math.Abs(math.Sqrt(float64(got))-math.Sqrt(want)) > 2.01 {
				t.Fatalf("%v: %v and %v: got a squared distance of %d, want %.1f", s, k.NRGBA(), l.NRGBA(), got, want)
			}
		}
	}
}

func squaredDistance(p, q kmeans.Point) (sum int) {
	for i := range p {
		d := int(p[i]) - int(q[i])
		sum += d * d
	}
	return sum
}

func TestPointsAreInRange(t *testing.T) {
	for _, s := range spaces {
		for i := range 16 * 16 * 16 * 16 {
			k := MakeKey(uint8(i&15*17), uint8(i>>4&15*17), uint8(i>>8&15*17), uint8(i>>12*17))
			for _, v := range s.point(k) {
				if v > kmeans.MaxCoordinate {
					t.Fatalf("%v: %v is at %v, beyond %d", s, k.NRGBA(), s.point(k), kmeans.MaxCoordinate)
				}
			}
			if p := s.point(k); k < OpaqueKeys && p[3] != 0 {
				t.Fatalf("%v: %v is at %v, want 0 for what is opaque", s, k.NRGBA(), p)
			}
		}
	}
}

// Points that are no colour have a nearest one all the same.
func TestColorOfAnyPoint(t *testing.T) {
	const top = kmeans.MaxCoordinate
	for _, s := range spaces {
		for i := range 81 {
			p := kmeans.Point{}
			for j, n := 0, i; j < 4; j, n = j+1, n/3 {
				p[j] = []uint16{0, top / 2, top}[n%3]
			}
			k := s.color(p)
			if k > transparent {
				t.Errorf("%v: got key %#x for %v", s, k, p)
			}
			if p[3] == 0 && k >= OpaqueKeys {
				t.Errorf("%v: got %v for %v, want what is opaque", s, k.NRGBA(), p)
			}
			if p[3] == top && k != transparent {
				t.Errorf("%v: got %v for %v, want what is transparent", s, k.NRGBA(), p)
			}
		}
	}
	if got, want := SRGB.color(kmeans.Point{64*200 + 31, 64*100 - 32, 64*7 + 32}), opaqueKey(200, 100, 8); got != want {
		t.Errorf("got %v, want %v", got.NRGBA(), want.NRGBA())
	}
}

func TestSpaceString(t *testing.T) {
	for s, want := range map[Space]string{SRGB: "srgb", Oklab: "oklab", 7: "Space(7)"} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
