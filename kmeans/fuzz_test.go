package kmeans

import (
	"context"
	"encoding/binary"
	"slices"
	"testing"
)

// FuzzCluster makes options of the first bytes and points of the others: eight
// bytes each for the coordinates and four for the weight.
func FuzzCluster(f *testing.F) {
	s := splitmix(77)
	for n := range 12 {
		b := make([]byte, 6+12*n*n)
		for i := range b {
			b[i] = byte(s.next())
		}
		f.Add(b)
	}
	f.Add([]byte{255, 2, 1, 1, 1, 1})
	f.Add([]byte{48, 48, 48, 0xec, 48, 48}) // three fixed centroids, no points
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 6 || len(b) > 6+12*2000 {
			return
		}
		o := Options{
			K: 1 + int(b[0]), Effort: Effort(b[1] % 3), Algorithm: Algorithm(b[2] % 2), Init: Init(b[3] % 2),
			BatchSize: 1 + int(b[4]), MaxPasses: int(b[5]) % 8, Seed: uint64(b[5]),
		}
		d := fuzzCloud(b[6:], b[4]&1 == 0)
		if fixed := int(b[3] >> 6); fixed <= o.K { // the first points, or others
			o.Fixed = append(slices.Clone(d.points[:min(fixed, len(d.points))]), Point{7, 7}, Point{1}, Point{0, 5})[:fixed]
		}
		if CheckPoints(d.points, d.weights) != nil {
			return
		}
		fuzzOne(t, d, o)
	})
}

// fuzzCloud makes points, those of small colours if they are coarse, so that
// many are the same.
func fuzzCloud(b []byte, coarse bool) (d cloudData) {
	for ; len(b) >= 12; b = b[12:] {
		var p Point
		for j := range p {
			p[j] = binary.LittleEndian.Uint16(b[2*j:]) & MaxCoordinate
			if coarse {
				p[j] &= 7
			}
		}
		d.points = append(d.points, p)
		d.weights = append(d.weights, binary.LittleEndian.Uint32(b[8:])>>(b[0]%32))
	}
	return d
}

func fuzzOne(t *testing.T, d cloudData, o Options) {
	e := new(CPU)
	cloud, err := NewCloud(e, d.points, d.weights)
	if err != nil {
		t.Fatal(err)
	}
	r, err := cloud.Cluster(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	checkResult(t, d, o, r)
	if n := len(o.Fixed); !slices.Equal(r.Centroids[:n], o.Fixed) {
		t.Fatalf("got %v, want %v fixed", r.Centroids, o.Fixed)
	}
	if len(r.Centroids) == 0 {
		return
	}
	checkSteps(t, e, d, r.Centroids)
	again, err := cloud.Cluster(context.Background(), o)
	if err != nil || !slices.Equal(again.Centroids, r.Centroids) {
		t.Fatalf("a second time: got error %v and %v, want %v", err, again.Centroids, r.Centroids)
	}
}

// checkSteps compares what the engine finds for the centroids with slow loops.
func checkSteps(t *testing.T, e Engine, d cloudData, centroids []Point) {
	t.Helper()
	index := make([]uint8, len(d.points))
	if err := e.Assign(index, centroids); err != nil {
		t.Fatal(err)
	}
	for i, p := range d.points {
		if c, _ := slowNearest(p, centroids); int(index[i]) != c {
			t.Fatalf("point %d: got index %d, want %d", i, index[i], c)
		}
	}
	sums := make([]Sum, len(centroids))
	if err := e.Lloyd(sums, centroids, 1); err != nil {
		t.Fatal(err)
	}
	got := Cost(Norm(d.points, d.weights), sums, centroids)
	want, counts := slowCost(d, centroids)
	if got != want {
		t.Fatalf("got a cost of %d, want %d", got, want)
	}
	for i := range sums {
		if sums[i].Count != counts[i] {
			t.Fatalf("cluster %d: got a count of %d, want %d", i, sums[i].Count, counts[i])
		}
	}
}
