package quantize

import (
	"math"
	"testing"
)

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

func TestCubeRoot(t *testing.T) {
	if got := cubeRoot(0); got != 0 {
		t.Errorf("cubeRoot(0): got %v", got)
	}
	for i := range 100_000 {
		v := math.Exp2(-30 + 31*float64(i)/99_999)
		if got, want := cubeRoot(v), math.Cbrt(v); !near(got, want, 1e-12) {
			t.Fatalf("cubeRoot(%v): got %v, want %v", v, got, want)
		}
	}
}

func TestFifthRoot(t *testing.T) {
	for i := range 10_000 {
		v := 0.001 + 0.999*float64(i)/9_999
		if got, want := fifthRoot(v), math.Pow(v, 0.2); !near(got, want, 1e-15) {
			t.Fatalf("fifthRoot(%v): got %v, want %v", v, got, want)
		}
	}
}

func TestLinear(t *testing.T) {
	for v, got := range linear {
		c := float64(v) / 255
		want := c / 12.92
		if c > 0.04045 {
			want = math.Pow((c+0.055)/1.055, 2.4)
		}
		if !near(got, want, 1e-15) {
			t.Errorf("linear[%d]: got %v, want %v", v, got, want)
		}
		if back := companded(got); int(back) != v {
			t.Errorf("companded(linear[%d]): got %d", v, back)
		}
	}
	for v, want := range map[float64]uint8{-1: 0, 0: 0, 1: 255, 1.5: 255, 0.003: 10, 0.0032: 11, 0.5: 188} {
		if got := companded(v); got != want {
			t.Errorf("companded(%v): got %d, want %d", v, got, want)
		}
	}
}

// The values are those of the reference implementation in double precision.
func TestOklab(t *testing.T) {
	for rgb, want := range map[[3]uint8][3]float64{
		{255, 255, 255}: {1, 0, 0},
		{0, 0, 0}:       {0, 0, 0},
		{255, 0, 0}:     {0.6279554, 0.2248631, 0.1258463},
		{0, 255, 0}:     {0.8664396, -0.2338874, 0.1794985},
		{0, 0, 255}:     {0.4520137, -0.0324570, -0.3115281},
	} {
		got := oklab(rgb[0], rgb[1], rgb[2])
		for i := range got {
			if !near(got[i], want[i], 2e-7) {
				t.Errorf("oklab%v: got %v, want %v", rgb, got, want)
				break
			}
		}
	}
}
