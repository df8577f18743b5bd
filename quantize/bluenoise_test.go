package quantize

import (
	"bytes"
	"os"
	"testing"
)

// voidAndCluster makes a mask. The filter is a Gaussian with σ = 1.5, as Ulichney has
// it, in integers and around the edges, so that all machines agree.
type voidAndCluster struct {
	set    [MaskSide * MaskSide]bool
	energy [MaskSide * MaskSide]int64
	weight [MaskSide * MaskSide]int64 // of a pixel at 0, 0, at each place
}

func newVoidAndCluster() *voidAndCluster {
	const perSquare = 0.8007374029168081 // exp(-1/(2σ²))
	var power [MaskSide*MaskSide/2 + 1]int64
	p := float64(1 << 40)
	for i := range power {
		power[i] = int64(p)
		p *= perSquare
	}
	v := new(voidAndCluster)
	for i := range v.weight {
		x, y := i%MaskSide, i/MaskSide
		x, y = min(x, MaskSide-x), min(y, MaskSide-y)
		v.weight[i] = power[x*x+y*y]
	}
	return v
}

func (v *voidAndCluster) put(place int, set bool) {
	sign := int64(1)
	if !set {
		sign = -1
	}
	v.set[place] = set
	x, y := place%MaskSide, place/MaskSide
	for i := range v.energy {
		from := (i/MaskSide-y)&(MaskSide-1)*MaskSide + (i-x)&(MaskSide-1)
		v.energy[i] += sign * v.weight[from]
	}
}

// extreme returns the place, of those that are set or not, with the most energy, or
// the least.
func (v *voidAndCluster) extreme(set, most bool) int {
	best := -1
	for i, e := range v.energy {
		if v.set[i] == set && (best < 0 || most && e > v.energy[best] || !most && e < v.energy[best]) {
			best = i
		}
	}
	return best
}

func (v *voidAndCluster) tightest() int { return v.extreme(true, true) }
func (v *voidAndCluster) largest() int  { return v.extreme(false, false) }

// mask ranks all places: those of an even pattern by taking the tightest cluster out
// until nothing is left, the others by filling the largest void until all is full.
func (v *voidAndCluster) mask() *Mask {
	const first = len(v.set) / 10
	state := uint32(1)
	for n := 0; n < first; {
		state = state*1664525 + 1013904223
		if place := int(state>>8) % len(v.set); !v.set[place] {
			v.put(place, true)
			n++
		}
	}
	for {
		from := v.tightest()
		v.put(from, false)
		to := v.largest()
		v.put(to, true)
		if from == to {
			break
		}
	}
	m := new(Mask)
	level := func(rank int) uint8 { return uint8(rank * 256 / len(m)) }
	start := *v
	for rank := first - 1; rank >= 0; rank-- {
		place := v.tightest()
		m[place] = level(rank)
		v.put(place, false)
	}
	*v = start
	for rank := first; rank < len(m); rank++ {
		place := v.largest()
		m[place] = level(rank)
		v.put(place, true)
	}
	return m
}

// go test ./quantize -run BlueNoise -update writes the mask.
func TestBlueNoiseIsVoidAndCluster(t *testing.T) {
	leaveOutWithRace(t)
	m := newVoidAndCluster().mask()
	if *update {
		if err := os.WriteFile("bluenoise.mask", m[:], 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(m[:], blueNoiseLevels) {
		t.Error("the mask is not what the method makes")
	}
}

// At every level, no pixel is alone in a large void, and none is next to another as
// long as there is room: the lowest levels have no neighbours, those of white noise do.
func TestMasksAreEven(t *testing.T) {
	for name, m := range map[string]*Mask{"blue noise": blueNoiseMask, "Bayer": bayerMask} {
		var count [256]int
		for _, v := range m {
			count[v]++
		}
		for v, n := range count {
			if want := len(m) / 256; name == "blue noise" && n != want {
				t.Errorf("%s: got level %d %d times, want %d", name, v, n, want)
			} else if name == "Bayer" && n != map[bool]int{v%4 == 2: len(m) / 64}[true] {
				t.Errorf("%s: got level %d %d times", name, v, n)
			}
		}
		for _, share := range []int{16, 32} { // of 256
			if n := touching(m, share); n > 0 {
				t.Errorf("%s: at %d of 256, %d pixels touch others, want none", name, share, n)
			}
		}
	}
}

// touching returns how many pixels below a level have such a pixel at their right or
// below them.
func touching(m *Mask, level int) (n int) {
	for i, v := range m {
		x, y := i%MaskSide, i/MaskSide
		right, below := m[y*MaskSide+(x+1)%MaskSide], m[(y+1)%MaskSide*MaskSide+x]
		if int(v) < level && (int(right) < level || int(below) < level) {
			n++
		}
	}
	return n
}
