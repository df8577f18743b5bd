package imagefile

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// Whatever the length and the place, filters are what they are byte by byte.
func TestFiltersOfAnyLength(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	rows := [][]byte{make([]byte, 70), make([]byte, 70)}
	for _, row := range rows {
		for i := range row {
			row[i] = uint8(rng.Uint32())
		}
	}
	for _, f := range []filter{filterNone, filterSub, filterUp, filterPaeth} {
		want := filteredPlainly(rows, 1, f)[1:]
		for first := range 20 {
			for n := range len(want) - first {
				got := make([]byte, n)
				if f.applyAt(got, rows[1], rows[0], first); !bytes.Equal(got, want[first:][:n]) {
					t.Fatalf("filter %d, %d bytes from %d: got %v, want %v", f, n, first, got, want[first:][:n])
				}
			}
		}
	}
}
