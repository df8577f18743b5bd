package kmeans

import (
	"math"
	"testing"
)

func TestIsqrt(t *testing.T) {
	check := func(n uint32) {
		if r := uint64(isqrt(n)); r*r > uint64(n) || (r+1)*(r+1) <= uint64(n) {
			t.Fatalf("isqrt(%d) = %d", n, r)
		}
	}
	for n := range uint32(1 << 16) {
		check(n)
		check(math.MaxUint32 - n)
	}
	for root := uint32(1); root < 1<<16; root++ {
		check(root*root - 1)
		check(root * root)
		check(root*root + 1)
	}
}

func TestSampleTarget(t *testing.T) {
	for _, batch := range []int{1, 2, 7, 64, 257, 4096, MaxBatchSize} {
		for _, total := range []uint64{1, 3, 1000, 1<<32 + 5, MaxWeight} {
			m := &Model{BatchSize: batch, Seed: 0xfedcba9876543210, Step: 3}
			last := uint64(0)
			for i := 0; i < batch; i += 1 + batch/5000 {
				target := m.SampleTarget(i, total)
				if target < last || target >= total {
					t.Fatalf("batch %d, total %d: target %d is %d after %d", batch, total, i, target, last)
				}
				// The stratum is [i, i+1) · total / batch, but for what 2⁶⁴ is
				// no multiple of the batch.
				lo, hi := stratum(i, batch, total)
				if f := float64(target); f < lo-1 || f > hi {
					t.Fatalf("batch %d, total %d: target %d is %d, want %v to %v", batch, total, i, target, lo, hi)
				}
				last = target
			}
		}
	}
}

func stratum(i, batch int, total uint64) (lo, hi float64) {
	part := float64(total) / float64(batch)
	return float64(i) * part * (1 - 1e-12), float64(i+1) * part
}

func TestSampleTargetGolden(t *testing.T) {
	m := &Model{BatchSize: 1000, Seed: 0x0123456789abcdef, Step: 1000}
	var got []uint64
	for _, i := range []int{0, 1, 500, 999} {
		got = append(got, m.SampleTarget(i, 1<<33+12345))
	}
	want := []uint64{8183814, 14209094, 4297700308, 8583061266}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("target %d: got %d, want %d", i, got[i], want[i])
		}
	}
}

func TestNewModel(t *testing.T) {
	centroids := splitmix9().points(20, MaxCoordinate+1)
	m := NewModel(centroids, 7, 100, 5)
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	for i, c := range m.Centroids() {
		if c != centroids[i] || m.Count[i] != 7 {
			t.Errorf("centroid %d: got %v seen %d times, want %v seen 7 times", i, c, m.Count[i], centroids[i])
		}
	}
}

func splitmix9() *splitmix { s := splitmix(9); return &s }

func TestModelUpdate(t *testing.T) {
	m := NewModel([]Point{{100}, {200}, {300}}, 8, 4, 1)
	m.Update([]Sum{
		{Total: [4]uint64{110, 8}, Count: 1}, // √9 = 3: (3·100 + 110) / 4 = 102½
		{},
		{Total: [4]uint64{300, 300}, Count: 17}, // √25 = 5: (5·300 + 300) / 22 = 81.8
	})
	want := [][4]uint32{{102<<8 + 128, 2 << 8}, {200 << 8}, {20945, 3491}}
	for i := range want {
		if m.Position[i] != want[i] {
			t.Errorf("position %d: got %v, want %v", i, m.Position[i], want[i])
		}
	}
	if m.Count[0] != 9 || m.Count[1] != 8 || m.Count[2] != 25 || m.Step != 1 {
		t.Errorf("got counts %v and step %d", m.Count, m.Step)
	}
}
